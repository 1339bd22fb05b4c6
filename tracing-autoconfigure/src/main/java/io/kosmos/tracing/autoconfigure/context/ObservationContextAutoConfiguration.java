package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.support.ScheduledTaskObservationContext;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the handlers that make the spans
 * of observations.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ OtelTracer.class, Observation.class, MicrometerTracingAutoConfiguration.class })
@ConditionalOnBean({ Tracer.class, Propagator.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ContextProperties.class)
public final class ObservationContextAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(DefaultTracingObservationHandler.class)
	@Order(MicrometerTracingAutoConfiguration.DEFAULT_TRACING_OBSERVATION_HANDLER_ORDER)
	CurrentContextObservationHandler currentContextObservationHandler(Tracer tracer) {
		return new CurrentContextObservationHandler(tracer);
	}

	@Bean
	@ConditionalOnMissingBean(PropagatingSenderTracingObservationHandler.class)
	@Order(MicrometerTracingAutoConfiguration.SENDER_TRACING_OBSERVATION_HANDLER_ORDER)
	CurrentContextSenderObservationHandler currentContextSenderObservationHandler(Tracer tracer,
			Propagator propagator) {
		return new CurrentContextSenderObservationHandler(tracer, propagator);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ScheduledTaskObservationContext.class)
	static class ScheduledTaskConfiguration {

		@Bean
		@Order(MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER)
		ScheduledTaskObservationHandler kosmosScheduledTaskObservationHandler(Tracer tracer,
				ContextProperties properties) {
			return new ScheduledTaskObservationHandler(tracer, properties.scheduledTasks());
		}

	}

}
