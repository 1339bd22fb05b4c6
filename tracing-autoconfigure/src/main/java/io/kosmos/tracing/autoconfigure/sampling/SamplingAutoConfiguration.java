package io.kosmos.tracing.autoconfigure.sampling;

import java.util.function.UnaryOperator;

import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Base;
import io.kosmos.tracing.autoconfigure.sampling.SwitchableSampler.Fallback;
import io.kosmos.tracing.autoconfigure.sampling.SwitchableSampler.Sources;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

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

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private static final String BOOT_PROBABILITY = "management.tracing.sampling.probability";

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledOpenTelemetry
	Sampler kosmosSampler(SamplingProperties properties, OpenTelemetryTracingProperties boot, Environment environment,
			ObjectProvider<Resource> resource, TracingFailures failures) {
		if (!properties.enabled()) {
			return Sampler.alwaysOff();
		}
		String serviceName = serviceName(resource.getIfUnique());
		Sources sources = new Sources(() -> new StrategiesFile(properties.strategies(), serviceName),
				(initial) -> new RemoteStrategies(properties.remote(), serviceName, initial));
		return new SwitchableSampler(properties, fallback(boot.getSampler(), environment), serviceName, sources,
				failures, System::nanoTime);
	}

	private static String serviceName(@Nullable Resource resource) {
		String name = (resource != null) ? resource.getAttribute(SERVICE_NAME) : null;
		return (name != null) ? name : "unknown_service";
	}

	private static Fallback fallback(OpenTelemetryTracingProperties.Sampler sampler, Environment environment) {
		return switch (sampler) {
			case ALWAYS_ON -> new Fallback(Base.ALWAYS, Rates.NONE, false);
			case ALWAYS_OFF -> new Fallback(Base.NEVER, Rates.NONE, false);
			case TRACE_ID_RATIO -> ratio(environment, false);
			case PARENT_BASED_ALWAYS_ON -> new Fallback(Base.ALWAYS, Rates.NONE, true);
			case PARENT_BASED_ALWAYS_OFF -> new Fallback(Base.NEVER, Rates.NONE, true);
			case PARENT_BASED_TRACE_ID_RATIO -> ratio(environment, true);
		};
	}

	private static Fallback ratio(Environment environment, boolean parentBased) {
		return new Fallback(Base.PROBABILITY, new Rates(bootProbability(environment), null), parentBased);
	}

	@Bean
	SamplingSection kosmosSamplingSection(ObjectProvider<Sampler> sampler) {
		return new SamplingSection(sampler);
	}

	@Bean
	SamplerOperation kosmosSamplerOperation(ObjectProvider<Sampler> sampler) {
		return new SamplerOperation(sampler);
	}

	@Bean
	SamplingRuleOperation kosmosSamplingRuleOperation(ObjectProvider<Sampler> sampler) {
		return new SamplingRuleOperation(sampler);
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

}
