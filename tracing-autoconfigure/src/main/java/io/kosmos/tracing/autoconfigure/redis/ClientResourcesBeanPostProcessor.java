package io.kosmos.tracing.autoconfigure.redis;

import java.lang.reflect.Modifier;

import io.kosmos.tracing.TracingFailures;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.MicrometerTracing;
import io.lettuce.core.tracing.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.log.LogMessage;

/**
 * Gives clients a {@link CommandTracing} with the resources that they share. The bean
 * becomes a proxy of its own class: a copy would not shut down what it shares.
 */
final class ClientResourcesBeanPostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(ClientResourcesBeanPostProcessor.class);

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final ObjectProvider<TracingFailures> failures;

	ClientResourcesBeanPostProcessor(ObjectProvider<OpenTelemetry> openTelemetry,
			ObjectProvider<TracingFailures> failures) {
		this.openTelemetry = openTelemetry;
		this.failures = failures;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ClientResources resources && isOurs(resources.tracing())) {
			try {
				return trace(resources);
			}
			catch (AopConfigException ex) {
				logger.warn(LogMessage.format("Commands of clients with '%s' are not traced", beanName), ex);
			}
		}
		return bean;
	}

	private static boolean isOurs(Tracing tracing) {
		return !tracing.isEnabled() || tracing instanceof MicrometerTracing;
	}

	private Object trace(ClientResources resources) {
		Tracing tracing = new CommandTracing(this.openTelemetry::getIfUnique, resources.tracing(),
				this.failures::getIfAvailable);
		SelectedDatabase.Customizer customizer = new SelectedDatabase.Customizer(resources.nettyCustomizer());
		ProxyFactory proxyFactory = new ProxyFactory(resources);
		proxyFactory.setProxyTargetClass(!Modifier.isFinal(resources.getClass().getModifiers()));
		proxyFactory.addAdvice((MethodInterceptor) (invocation) -> switch (invocation.getMethod().getName()) {
			case "tracing" -> tracing;
			case "nettyCustomizer" -> customizer;
			default -> invocation.proceed();
		});
		return proxyFactory.getProxy(resources.getClass().getClassLoader());
	}

}
