package io.kosmos.tracing.autoconfigure.r2dbc;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.proxy.callback.ProxyConfigHolder;
import io.r2dbc.proxy.listener.ProxyExecutionListener;
import io.r2dbc.proxy.observation.ObservationProxyExecutionListener;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.log.LogMessage;
import org.springframework.util.ClassUtils;

/**
 * Lets {@link QuerySpans} listen to the queries of every connection factory: at the proxy
 * of r2dbc-proxy that Boot or the application put around the driver, in the place of the
 * observations there, or else at one put around the bean, which remains injectable as its
 * own class. A final class becomes a proxy of its interfaces where the bean is declared
 * by an interface, and is left alone elsewhere.
 */
final class ConnectionFactoryBeanPostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(ConnectionFactoryBeanPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final ObjectProvider<TracingFailures> failures;

	ConnectionFactoryBeanPostProcessor(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<TracingFailures> failures) {
		this.beanFactory = beanFactory;
		this.openTelemetry = openTelemetry;
		this.failures = failures;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ConnectionFactory connectionFactory && !(bean instanceof AopInfrastructureBean)) {
			try {
				return trace(connectionFactory, beanName);
			}
			catch (AopConfigException ex) {
				logger.warn(LogMessage.format("Queries of the connection factory '%s' are not traced", beanName), ex);
			}
		}
		return bean;
	}

	private ConnectionFactory trace(ConnectionFactory connectionFactory, String name) {
		ProxyConfigHolder proxy = find(connectionFactory, ProxyConfigHolder.class);
		if (proxy != null) {
			listen(proxy, connectionFactory);
			return connectionFactory;
		}
		boolean byInterfaces = isFinal(connectionFactory);
		if (byInterfaces && !Proxy.isProxyClass(connectionFactory.getClass()) && !isDeclaredByInterface(name)) {
			logger.warn(LogMessage.format(
					"Queries of the connection factory '%s' are not traced: its class %s is "
							+ "final. Declare the bean as ConnectionFactory",
					name, connectionFactory.getClass().getName()));
			return connectionFactory;
		}
		ConnectionFactory traced = ProxyConnectionFactory.builder(connectionFactory)
			.listener(querySpans(connectionFactory, List.of()))
			.build();
		ProxyFactory proxyFactory = new ProxyFactory(connectionFactory);
		proxyFactory.setProxyTargetClass(!byInterfaces);
		proxyFactory.addAdvice((MethodInterceptor) (invocation) -> isCreate(invocation.getMethod()) ? traced.create()
				: invocation.proceed());
		return (ConnectionFactory) proxyFactory.getProxy(connectionFactory.getClass().getClassLoader());
	}

	private static boolean isFinal(ConnectionFactory connectionFactory) {
		return Modifier.isFinal(connectionFactory.getClass().getModifiers());
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

	private static boolean isCreate(Method method) {
		return method.getName().equals("create") && method.getParameterCount() == 0;
	}

	private void listen(ProxyConfigHolder proxy, ConnectionFactory connectionFactory) {
		List<ProxyExecutionListener> listeners = proxy.getProxyConfig().getListeners().getListeners();
		if (isTraced(proxy)) {
			return;
		}
		List<ProxyExecutionListener> observing = new ArrayList<>(listeners);
		observing.removeIf((listener) -> !(listener instanceof ObservationProxyExecutionListener));
		listeners.removeAll(observing);
		listeners.add(querySpans(connectionFactory, observing));
	}

	private QuerySpans querySpans(ConnectionFactory connectionFactory, List<ProxyExecutionListener> observing) {
		return new QuerySpans(Database.of(connectionFactory), this.openTelemetry::getIfUnique, observing,
				this.failures::getIfAvailable);
	}

	/**
	 * Whether {@link QuerySpans} listen to what a proxy stands for.
	 */
	static boolean isTraced(ProxyConfigHolder proxy) {
		return proxy.getProxyConfig().getListeners().getListeners().stream().anyMatch(QuerySpans.class::isInstance);
	}

	/**
	 * The first of a type on the way from a connection factory or connection to the
	 * driver's.
	 */
	static <T> @Nullable T find(@Nullable Object outermost, Class<T> type) {
		Object next = outermost;
		while (next != null && !type.isInstance(next)) {
			next = (next instanceof Wrapped<?> wrapped) ? wrapped.unwrap() : null;
		}
		return type.cast(next);
	}

	static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ConnectionFactoryBeanPostProcessor.class.getClassLoader());
	}

}
