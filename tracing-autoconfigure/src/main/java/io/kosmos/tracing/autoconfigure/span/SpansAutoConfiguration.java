package io.kosmos.tracing.autoconfigure.span;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.span.Operations.Collaborators;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link Spans} and
 * {@link AgentSpans}, which are there even when tracing is off, so that code which
 * injects them keeps running.
 */
@AutoConfiguration
@ConditionalOnClass(OpenTelemetry.class)
@EnableConfigurationProperties({ ConventionsProperties.class, MetricsProperties.class })
public final class SpansAutoConfiguration {

	private static final Pattern PARENT_BASED = Pattern
		.compile("(UntracedContext\\{)?ParentBased\\{.*localParentNotSampled:AlwaysOffSampler}+");

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Failures kosmosTracingFailures() {
		return new Failures();
	}

	// Needed by the aspect, so made before other beans; all that it needs itself waits.
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static SpanLifecycle kosmosSpanLifecycle(Environment environment, ObjectProvider<OpenTelemetry> openTelemetry,
			ObjectProvider<SdkTracerProvider> tracerProvider, Operations operations, Failures failures) {
		boolean enabled = environment.getProperty("kosmos.tracing.enabled", Boolean.class, true)
				&& environment.getProperty("management.opentelemetry.enabled", Boolean.class, true);
		Supplier<OpenTelemetry> source = (enabled) ? () -> openTelemetry.getIfAvailable(OpenTelemetry::noop)
				: OpenTelemetry::noop;
		Supplier<Tracer> tracer = () -> source.get().getTracer("io.kosmos.tracing");
		return new SpanLifecycle(tracer, () -> dropsBelowUnsampledParent(tracerProvider.getIfUnique()), operations,
				failures);
	}

	/**
	 * The sampler in use, not the bean, tells it: by the description that the SDK's
	 * parent-based sampler gives of itself, alone or inside ours.
	 */
	private static boolean dropsBelowUnsampledParent(@Nullable SdkTracerProvider tracerProvider) {
		return tracerProvider != null && PARENT_BASED.matcher(tracerProvider.getSampler().getDescription()).matches();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Operations kosmosOperations(ObjectProvider<ConventionsProperties> properties,
			ObjectProvider<ModelPrices> prices, ObjectProvider<ResultMapper> mappers,
			ObjectProvider<OperationMeters> meters, Failures failures) {
		return new Operations(() -> new Collaborators(properties.getObject().conventions(), ContentCapture.NONE,
				prices.getIfAvailable(), mappers.orderedStream().toList(),
				meters.getIfAvailable(() -> OperationMeters.NONE)), failures);
	}

	@Bean
	@ConditionalOnMissingBean
	Spans kosmosSpans(SpanLifecycle lifecycle) {
		return new DefaultSpans(lifecycle);
	}

	@Bean
	@ConditionalOnMissingBean
	AgentSpans kosmosAgentSpans(SpanLifecycle lifecycle) {
		return new DefaultAgentSpans(new DefaultSpans(lifecycle));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.metrics.enabled", matchIfMissing = true)
	static class OperationMeterConfiguration {

		@Bean
		OperationMeters kosmosOperationMeters(ObjectProvider<MeterRegistry> registry, MetricsProperties properties) {
			MeterRegistry unique = registry.getIfUnique();
			return (unique != null) ? new MicrometerOperationMeters(unique, properties) : OperationMeters.NONE;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MeterConfiguration {

		@Bean
		MeterBinder kosmosTracingFailureMeter(Failures failures) {
			return (registry) -> FunctionCounter.builder("kosmos.tracing.failures", failures, Failures::count)
				.description("Failures inside tracing that business code was spared")
				.register(registry);
		}

	}

}
