package io.kosmos.tracing.autoconfigure.propagation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Trust;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.ConditionalOnEnabledTracingExport;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the propagators.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ OtelTracer.class, B3Propagator.class, OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ PropagationProperties.class, BaggageProperties.class, TracingProperties.class })
public final class PropagationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledTracingExport
	ContextPropagators kosmosContextPropagators(PropagationProperties properties, Environment environment,
			TracingProperties boot, BaggageProperties allowed, ObjectProvider<TextMapPropagator> others,
			ObjectProvider<TracingFailures> failures) {
		Formats formats = Formats.of(properties, environment);
		List<TextMapPropagator> propagators = new ArrayList<>();
		propagators.add(new TracePropagator(formats));
		if (boot.getBaggage().isEnabled()) {
			propagators.add(new AllowedBaggagePropagator(allowed, boot.getBaggage().getRemoteFields(), formats));
		}
		others.orderedStream()
			.filter((other) -> !ClassUtils.getPackageName(other.getClass()).startsWith("org.springframework.boot."))
			.forEach(propagators::add);
		TextMapPropagator all = TextMapPropagator.composite(propagators.stream()
			.<TextMapPropagator>map((propagator) -> new FailSafePropagator(propagator,
					(site, failure) -> failures.ifUnique((unique) -> unique.record(site, failure))))
			.toList());
		Trust trust = properties.trust();
		return ContextPropagators
			.create(trust.isEverybody() ? all : new TrustingPropagator(all, new CallerTrust(trust)));
	}

	@Bean
	CallerSpanProcessor kosmosCallerSpanProcessor() {
		return new CallerSpanProcessor();
	}

	@Bean
	@Order(0)
	UnaryOperator<Sampler> kosmosCallingAgentSampler() {
		return CallingAgentSampler::new;
	}

}
