package io.kosmos.tracing.autoconfigure.nats;

import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.nats.client.Connection;
import io.opentelemetry.api.OpenTelemetry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the spans of NATS: every
 * {@code Connection} bean of jnats sends the context along and takes it over.
 */
@AutoConfiguration
@ConditionalOnClass({ OpenTelemetry.class, Connection.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.nats.enabled", matchIfMissing = true)
@EnableConfigurationProperties(NatsProperties.class)
@ImportRuntimeHints(TracedObject.Hints.class)
public final class NatsAutoConfiguration {

	@Bean
	static ConnectionTracingBeanPostProcessor kosmosNatsConnectionTracing(ObjectProvider<Spans> spans,
			ObjectProvider<MessageSpans> messages, ObjectProvider<NatsProperties> properties,
			ObjectProvider<TracingFailures> failures) {
		return new ConnectionTracingBeanPostProcessor((connection) -> new NatsSpans(connection, spans.getObject(),
				messages.getObject(), properties.getObject().consumer(), failures.getObject()));
	}

}
