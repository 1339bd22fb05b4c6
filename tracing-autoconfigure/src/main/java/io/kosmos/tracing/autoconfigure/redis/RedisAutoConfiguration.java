package io.kosmos.tracing.autoconfigure.redis;

import io.kosmos.tracing.TracingFailures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Makes each command that goes through the connections of a {@link ClientResources} bean
 * of Lettuce a client span, in the stable semantic conventions for databases and below
 * the span that was current when the command was given. Arguments are never recorded. A
 * command outside any trace, as those of a new connection are, is not traced.
 * <p>
 * The observations that Boot makes of commands stay for their metrics. Resources with a
 * {@link io.lettuce.core.tracing.Tracing} of another kind stay as they are, and nothing
 * is done when the OpenTelemetry Java agent is attached.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetry.class, RedisClient.class, Mono.class, Observation.class, OtelTracer.class,
		ProxyFactory.class, MicrometerTracingAutoConfiguration.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.redis.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RedisProperties.class)
public final class RedisAutoConfiguration {

	@Bean
	static ClientResourcesBeanPostProcessor clientResourcesBeanPostProcessor(
			ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<TracingFailures> failures) {
		return new ClientResourcesBeanPostProcessor(openTelemetry, failures);
	}

	@Bean
	@ConditionalOnBean(Tracer.class)
	@Order(MicrometerTracingAutoConfiguration.SENDER_TRACING_OBSERVATION_HANDLER_ORDER - 1)
	TracingObservationHandler<Observation.Context> tracedCommandObservationHandler(Tracer tracer) {
		return new TracedCommandObservationHandler(tracer);
	}

}
