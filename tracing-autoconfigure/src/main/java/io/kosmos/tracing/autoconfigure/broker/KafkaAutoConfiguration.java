package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.OpenTelemetry;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Switches on the observation of Spring Kafka's templates and listeners, and makes what
 * is observed spans in the semantic conventions for messages, in the place of those that
 * Micrometer would make. An application's own handler of such an observation wins if it
 * is ordered before {@value KafkaAutoConfiguration#HANDLER_ORDER}.
 * <p>
 * Nothing is done when OpenTelemetry's own {@code KafkaTelemetry} is a bean or its Java
 * agent is attached.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ KafkaTemplate.class, ObservationRegistry.class, OtelSpan.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnBean(Tracer.class)
@ConditionalOnMissingBean(type = "io.opentelemetry.instrumentation.kafkaclients.v2_6.KafkaTelemetry")
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.kafka.enabled", matchIfMissing = true)
@EnableConfigurationProperties(KafkaProperties.class)
@ImportRuntimeHints(KafkaAutoConfiguration.ClientHints.class)
public final class KafkaAutoConfiguration {

	/**
	 * {@code @Order} of the handlers of Spring Kafka's observations.
	 */
	public static final int HANDLER_ORDER = MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER
			- 100;

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static KafkaServers kafkaServers() {
		return new KafkaServers();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static KafkaTracingBeanPostProcessor kafkaTracingBeanPostProcessor(Environment environment, KafkaServers servers,
			ObjectProvider<KafkaTracing> tracing) {
		return new KafkaTracingBeanPostProcessor(environment, servers, () -> tracing.getObject().messages());
	}

	@Bean
	KafkaTracing kafkaMessageTracing(KafkaProperties properties, ObjectProvider<OpenTelemetry> openTelemetry,
			TracingFailures failures) {
		return new KafkaTracing(new MessageTracing("kafka", properties.consumer(), openTelemetry::getObject, failures));
	}

	@Bean
	@Order(HANDLER_ORDER)
	KafkaSenderHandler kafkaSenderHandler(KafkaTracing tracing, Tracer tracer, KafkaServers servers) {
		return new KafkaSenderHandler(tracing.messages(), tracer, servers);
	}

	@Bean
	@Order(HANDLER_ORDER)
	KafkaReceiverHandler kafkaReceiverHandler(KafkaTracing tracing, Tracer tracer, KafkaServers servers) {
		return new KafkaReceiverHandler(tracing.messages(), tracer, servers);
	}

	/**
	 * What a native image needs to watch a producer and to see the factory of a
	 * container.
	 */
	static final class ClientHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.proxies().registerJdkProxy(Producer.class);
			hints.reflection()
				.registerType(AbstractMessageListenerContainer.class,
						(type) -> type.withField(KafkaTracingBeanPostProcessor.CONSUMER_FACTORY));
		}

	}

	/**
	 * The tracing of KafkaMQ messages, apart from that of other systems.
	 *
	 * @param messages makes the spans
	 */
	record KafkaTracing(MessageTracing messages) {

	}

}
