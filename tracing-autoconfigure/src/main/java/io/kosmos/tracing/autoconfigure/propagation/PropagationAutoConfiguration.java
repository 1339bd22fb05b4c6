package io.kosmos.tracing.autoconfigure.propagation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Type;
import io.micrometer.tracing.otel.bridge.OtelBaggageManager;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.propagation.BaggageTextMapPropagator;
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
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
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

	private static final List<Type> DEFAULT = List.of(Type.W3C, Type.B3_MULTI);

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledTracingExport
	ContextPropagators kosmosContextPropagators(PropagationProperties properties, Environment environment,
			TracingProperties boot, BaggageProperties allowed, OtelCurrentTraceContext currentTraceContext,
			ObjectProvider<TextMapPropagator> others) {
		List<TextMapPropagator> propagators = new ArrayList<>();
		propagators.add(new TracePropagator(types(properties, environment, "produce"),
				types(properties, environment, "consume")));
		TracingProperties.Baggage baggage = boot.getBaggage();
		if (baggage.isEnabled()) {
			TextMapPropagator remoteFields = new BaggageTextMapPropagator(baggage.getRemoteFields(),
					new OtelBaggageManager(currentTraceContext, baggage.getRemoteFields(), baggage.getTagFields()));
			propagators.add(new AllowedBaggagePropagator(remoteFields, allowed));
		}
		others.orderedStream()
			.filter((other) -> !ClassUtils.getPackageName(other.getClass()).startsWith("org.springframework.boot."))
			.forEach(propagators::add);
		return ContextPropagators.create(TextMapPropagator.composite(propagators));
	}

	@Bean
	CallerAgentSpanProcessor kosmosCallerAgentSpanProcessor() {
		return new CallerAgentSpanProcessor();
	}

	@Bean
	@Order(0)
	UnaryOperator<Sampler> kosmosCallingAgentSampler() {
		return CallingAgentSampler::new;
	}

	private static List<Type> types(PropagationProperties properties, Environment environment, String direction) {
		if (properties.type() != null) {
			return properties.type();
		}
		Binder binder = Binder.get(environment);
		Bindable<List<Type>> types = Bindable.listOf(Type.class);
		return binder.bind("management.tracing.propagation.type", types)
			.orElseGet(() -> binder.bind("management.tracing.propagation." + direction, types).orElse(DEFAULT));
	}

}
