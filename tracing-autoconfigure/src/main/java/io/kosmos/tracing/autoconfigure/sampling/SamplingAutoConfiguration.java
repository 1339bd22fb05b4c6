package io.kosmos.tracing.autoconfigure.sampling;

import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
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
@EnableConfigurationProperties(SamplingProperties.class)
public final class SamplingAutoConfiguration {

	private static final String BOOT_SAMPLER = "management.opentelemetry.tracing.sampler";

	private static final String BOOT_PROBABILITY = "management.tracing.sampling.probability";

	@Bean
	@ConditionalOnMissingBean
	Sampler kosmosSampler(SamplingProperties properties, Environment environment) {
		if (!properties.enabled()) {
			return Sampler.alwaysOff();
		}
		if (properties.probability() != null) {
			return parentBased(properties.probability());
		}
		double probability = environment.getProperty(BOOT_PROBABILITY, Double.class, 1.0);
		return switch (environment.getProperty(BOOT_SAMPLER, "").replaceAll("[^A-Za-z]", "").toLowerCase()) {
			case "alwayson" -> Sampler.alwaysOn();
			case "alwaysoff" -> Sampler.alwaysOff();
			case "traceidratio" -> Sampler.traceIdRatioBased(probability);
			case "parentbasedalwayson" -> parentBased(1.0);
			case "parentbasedalwaysoff" -> Sampler.parentBased(Sampler.alwaysOff());
			default -> parentBased(probability);
		};
	}

	private static Sampler parentBased(double probability) {
		return Sampler.parentBased((probability == 1.0) ? Sampler.alwaysOn() : Sampler.traceIdRatioBased(probability));
	}

}
