package io.kosmos.tracing.autoconfigure.sampling;

import java.util.function.UnaryOperator;

import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the sampler.
 * <p>
 * An application that chose a sampler by OTEL_TRACES_SAMPLER or by
 * {@code management.opentelemetry.tracing.sampler}, and sets no
 * {@code kosmos.tracing.sampling.*}, keeps that one.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ Sampler.class, OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ SamplingProperties.class, OpenTelemetryTracingProperties.class })
public final class SamplingAutoConfiguration {

	private static final String BOOT_PROBABILITY = "management.tracing.sampling.probability";

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledOpenTelemetry
	Sampler kosmosSampler(SamplingProperties properties, OpenTelemetryTracingProperties boot, Environment environment) {
		if (!properties.enabled()) {
			return Sampler.alwaysOff();
		}
		if (properties.probability() != null) {
			return parentBased(properties.probability());
		}
		return switch (boot.getSampler()) {
			case ALWAYS_ON -> Sampler.alwaysOn();
			case ALWAYS_OFF -> Sampler.alwaysOff();
			case TRACE_ID_RATIO -> Sampler.traceIdRatioBased(bootProbability(environment));
			case PARENT_BASED_ALWAYS_ON -> parentBased(1.0);
			case PARENT_BASED_ALWAYS_OFF -> Sampler.parentBased(Sampler.alwaysOff());
			case PARENT_BASED_TRACE_ID_RATIO -> parentBased(bootProbability(environment));
		};
	}

	/**
	 * Puts what other features have to say around the sampler, the first one innermost.
	 */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	SdkTracerProviderBuilderCustomizer kosmosSamplerCustomizer(ObjectProvider<Sampler> sampler,
			ObjectProvider<UnaryOperator<Sampler>> wrappers) {
		return (builder) -> sampler.ifUnique((inner) -> {
			Sampler outer = inner;
			for (UnaryOperator<Sampler> wrapper : wrappers.orderedStream().toList()) {
				outer = wrapper.apply(outer);
			}
			builder.setSampler(outer);
		});
	}

	private static double bootProbability(Environment environment) {
		double probability = Binder.get(environment).bind(BOOT_PROBABILITY, Double.class).orElse(1.0);
		if (!SamplingProperties.isProbability(probability)) {
			throw new InvalidConfigurationPropertyValueException(BOOT_PROBABILITY, probability,
					"It must be from 0.0 to 1.0.");
		}
		return probability;
	}

	private static Sampler parentBased(double probability) {
		return Sampler.parentBased((probability == 1.0) ? Sampler.alwaysOn() : Sampler.traceIdRatioBased(probability));
	}

}
