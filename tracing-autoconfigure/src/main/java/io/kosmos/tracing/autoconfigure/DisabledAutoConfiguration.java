package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.ContextPropagators;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of an OpenTelemetry that makes no
 * spans, for when tracing or OpenTelemetry is off. Boot then builds an SDK that exports
 * nothing but still records every span.
 */
@AutoConfiguration(before = OpenTelemetrySdkAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetry.class, OpenTelemetrySdkAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "management.opentelemetry.enabled", havingValue = false)
public final class DisabledAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OpenTelemetry kosmosDisabledOpenTelemetry(ObjectProvider<ContextPropagators> propagators) {
		return OpenTelemetry.propagating(propagators.getIfAvailable(ContextPropagators::noop));
	}

}
