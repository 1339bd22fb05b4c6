package io.kosmos.tracing.autoconfigure.jdbc;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;

import javax.sql.DataSource;

import io.opentelemetry.instrumentation.jdbc.datasource.OpenTelemetryDataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.log.LogMessage;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Puts tracing around every data source that connections really come from.
 * <p>
 * The bean becomes a proxy of its own class, so that it can still be injected, inspected
 * and configured as what it is. A final class becomes a proxy of its interfaces where the
 * bean is declared by an interface, and is left alone elsewhere. A bean that only hands
 * on to another data source is not touched, that other one is.
 */
final class DataSourceTracingBeanPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(DataSourceTracingBeanPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final StatementTelemetry telemetry;

	DataSourceTracingBeanPostProcessor(ConfigurableListableBeanFactory beanFactory, StatementTelemetry telemetry) {
		this.beanFactory = beanFactory;
		this.telemetry = telemetry;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource dataSource) {
			try {
				if (isFinal(dataSource) && !isTraced(dataSource) && !Proxy.isProxyClass(dataSource.getClass())
						&& !(dataSource instanceof DelegatingDataSource) && !isDeclaredByInterface(beanName)) {
					logger.warn(LogMessage.format(
							"Statements of the data source '%s' are not traced: its class %s is "
									+ "final. Declare the bean as DataSource",
							beanName, dataSource.getClass().getName()));
					return bean;
				}
				return trace(dataSource, beanName);
			}
			catch (AopConfigException ex) {
				logger.warn(LogMessage.format("Statements of the data source '%s' are not traced", beanName), ex);
			}
		}
		return bean;
	}

	private DataSource trace(DataSource dataSource, String name) {
		if (isTraced(dataSource)) {
			return dataSource;
		}
		if (dataSource instanceof DelegatingDataSource delegating) {
			DataSource target = delegating.getTargetDataSource();
			if (target != null) {
				DataSource traced = trace(target, name);
				if (traced != target) {
					delegating.setTargetDataSource(traced);
				}
			}
			return dataSource;
		}
		ProxyFactory proxyFactory = new ProxyFactory(dataSource);
		proxyFactory.setProxyTargetClass(!isFinal(dataSource));
		proxyFactory.addAdvice(new ConnectionInterceptor(name, dataSource, this.telemetry));
		return (DataSource) proxyFactory.getProxy(dataSource.getClass().getClassLoader());
	}

	private static boolean isFinal(DataSource dataSource) {
		return Modifier.isFinal(dataSource.getClass().getModifiers());
	}

	/*
	 * A proxy of interfaces cannot be injected as the class that the bean is declared by.
	 */
	private boolean isDeclaredByInterface(String name) {
		if (!this.beanFactory.containsBeanDefinition(name)) {
			return false;
		}
		Class<?> type = this.beanFactory.getMergedBeanDefinition(name).getResolvableType().resolve();
		if (type != null && FactoryBean.class.isAssignableFrom(type)) {
			type = this.beanFactory.getType(name);
		}
		return type != null && type.isInterface();
	}

	private static boolean isTraced(DataSource dataSource) {
		if (dataSource instanceof OpenTelemetryDataSource || dataSource instanceof AopInfrastructureBean) {
			return true;
		}
		if (isProxy(dataSource)) {
			return true;
		}
		String type = AopUtils.getTargetClass(dataSource).getName();
		return type.startsWith("net.ttddyy.dsproxy.") || type.startsWith("com.p6spy.");
	}

	private static boolean isProxy(DataSource dataSource) {
		return dataSource instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.anyMatch((advisor) -> advisor.getAdvice() instanceof ConnectionInterceptor);
	}

	/**
	 * The data source that a proxy made here stands for.
	 * @param dataSource any data source, also one that hands on to the proxy
	 * @return the data source, or {@code null} if there is no such proxy
	 */
	static @Nullable DataSource target(DataSource dataSource) {
		if (dataSource instanceof DelegatingDataSource delegating) {
			DataSource next = delegating.getTargetDataSource();
			return (next != null) ? target(next) : null;
		}
		return isProxy(dataSource) ? (DataSource) AopProxyUtils.getSingletonTarget(dataSource) : null;
	}

}
