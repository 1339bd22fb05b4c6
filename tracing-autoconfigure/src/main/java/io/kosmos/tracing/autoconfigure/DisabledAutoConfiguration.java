package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of a tracer that makes no spans, for
 * when tracing or OpenTelemetry is off. All beans of Boot stay in place, what it does
 * with OpenTelemetry besides traces among them.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ SdkTracerProvider.class, OpenTelemetryTracingAutoConfiguration.class })
@Conditional(DisabledAutoConfiguration.OnTracingDisabled.class)
public final class DisabledAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Tracer kosmosDisabledTracer() {
		return TracerProvider.noop().get("io.kosmos.tracing");
	}

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	SdkTracerProviderBuilderCustomizer kosmosDisabledSampling() {
		return (builder) -> builder.setSampler(Sampler.alwaysOff());
	}

	static final class OnTracingDisabled extends AnyNestedCondition {

		OnTracingDisabled() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", havingValue = false)
		static class OnDisabled {

		}

		// Boot then builds an SDK that exports nothing but still records every span.
		@ConditionalOnBooleanProperty(name = "management.opentelemetry.enabled", havingValue = false)
		static class OnOpenTelemetryDisabled {

		}

	}

}
