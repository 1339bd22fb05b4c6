package io.kosmos.tracing.autoconfigure.nats;

import java.lang.reflect.Proxy;
import java.util.function.Function;

import io.nats.client.Connection;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Puts tracing around each connection to NATS. The bean becomes a proxy of the interface,
 * since the classes of jnats are not public. A connection of somebody else's class stays
 * as it is, as it may be injected by that class.
 */
final class ConnectionTracingBeanPostProcessor implements BeanPostProcessor {

	private final Function<Connection, NatsSpans> spans;

	ConnectionTracingBeanPostProcessor(Function<Connection, NatsSpans> spans) {
		this.spans = spans;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Connection connection && isKnown(bean.getClass()) && !TracedObject.isTraced(bean)) {
			return TracedObject.connection(connection, this.spans.apply(connection));
		}
		return bean;
	}

	private static boolean isKnown(Class<?> type) {
		return type.getName().startsWith("io.nats.") || Proxy.isProxyClass(type);
	}

}
