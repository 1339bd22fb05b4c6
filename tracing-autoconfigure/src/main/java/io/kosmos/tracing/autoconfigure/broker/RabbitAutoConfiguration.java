package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.OpenTelemetry;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Switches on the observation of Spring AMQP's templates and listeners, and makes what is
 * observed spans in the semantic conventions for messages, in the place of those that
 * Micrometer would make. An application's own handler of such an observation wins if it
 * is ordered before {@value RabbitAutoConfiguration#HANDLER_ORDER}.
 * <p>
 * Nothing is done when the OpenTelemetry Java agent is attached.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ RabbitTemplate.class, ObservationRegistry.class, OtelSpan.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnBean(Tracer.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.rabbit.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RabbitProperties.class)
public final class RabbitAutoConfiguration {

	/**
	 * {@code @Order} of the handlers of Spring AMQP's observations.
	 */
	public static final int HANDLER_ORDER = MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER
			- 100;

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RabbitServers rabbitServers() {
		return new RabbitServers();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RabbitTracingBeanPostProcessor rabbitTracingBeanPostProcessor(Environment environment, RabbitServers servers,
			ObjectProvider<RabbitTracing> tracing, ObjectProvider<RabbitListenerEndpointRegistry> endpoints) {
		return new RabbitTracingBeanPostProcessor(environment, servers, () -> tracing.getObject().messages(),
				endpoints);
	}

	@Bean
	RabbitTracing rabbitMessageTracing(RabbitProperties properties, ObjectProvider<OpenTelemetry> openTelemetry,
			TracingFailures failures) {
		return new RabbitTracing(
				new MessageTracing("rabbitmq", properties.consumer(), openTelemetry::getObject, failures));
	}

	@Bean
	@Order(HANDLER_ORDER)
	RabbitSenderHandler rabbitSenderHandler(RabbitTracing tracing, Tracer tracer, RabbitServers servers) {
		return new RabbitSenderHandler(tracing.messages(), tracer, servers);
	}

	@Bean
	@Order(HANDLER_ORDER)
	RabbitReceiverHandler rabbitReceiverHandler(RabbitTracing tracing, Tracer tracer, RabbitServers servers) {
		return new RabbitReceiverHandler(tracing.messages(), tracer, servers);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	static class MeterConfiguration {

		@Bean
		RoutingKeyMeterFilter rabbitRoutingKeyMeterFilter() {
			return new RoutingKeyMeterFilter();
		}

	}

	/**
	 * The tracing of RabbitMQ messages, apart from that of other systems.
	 *
	 * @param messages makes the spans
	 */
	record RabbitTracing(MessageTracing messages) {

	}

}
