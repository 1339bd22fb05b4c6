package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.Redaction;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.span.OpenAiResultMapper.TreeReader;
import io.kosmos.tracing.autoconfigure.span.Operations.Collaborators;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

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
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link Spans} and
 * {@link AgentSpans}, which are there even when tracing is off, so that code which
 * injects them keeps running.
 */
@AutoConfiguration
@ConditionalOnClass(OpenTelemetry.class)
@EnableConfigurationProperties({ ConventionsProperties.class, ContentProperties.class, MetricsProperties.class })
public final class SpansAutoConfiguration {

	private static final Pattern PARENT_BASED = Pattern
		.compile("(UntracedContext\\{)?ParentBased\\{.*localParentNotSampled:AlwaysOffSampler}+");

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Failures kosmosTracingFailures(ObjectProvider<Redaction> redaction) {
		return new Failures((text) -> {
			Redaction available = redaction.getIfAvailable();
			return (available != null) ? available.redact(text) : text;
		});
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
			ObjectProvider<ContentProperties> content, ObjectProvider<JsonLibrary> json,
			ObjectProvider<SdkTracerProvider> tracerProvider, ObjectProvider<ModelPrices> prices,
			ObjectProvider<ResultMapper> mappers, ObjectProvider<OperationMeters> meters, Failures failures) {
		return new Operations(() -> new Collaborators(properties.getObject().conventions(),
				ContentCapture.of(content.getObject(), maxValueLength(tracerProvider.getIfUnique()),
						() -> json.getIfAvailable(() -> JsonLibrary.NONE)),
				prices.getIfAvailable(), mappers(mappers), meters.getIfAvailable(() -> OperationMeters.NONE)),
				failures);
	}

	private static int maxValueLength(@Nullable SdkTracerProvider tracerProvider) {
		return (tracerProvider != null) ? tracerProvider.getSpanLimits().getMaxAttributeValueLength()
				: Integer.MAX_VALUE;
	}

	/**
	 * The last one first, since what is told last wins.
	 */
	private static List<ResultMapper> mappers(ObjectProvider<ResultMapper> mappers) {
		List<ResultMapper> ordered = new ArrayList<>(mappers.orderedStream().toList());
		Collections.reverse(ordered);
		return List.copyOf(ordered);
	}

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	@ConditionalOnMissingBean(name = "kosmosOpenAiResultMapper")
	ResultMapper kosmosOpenAiResultMapper(ObjectProvider<TreeReader> readers) {
		return new OpenAiResultMapper(readers.orderedStream().toList());
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
	@ConditionalOnClass(JsonMapper.class)
	static class Jackson3Configuration {

		@Bean
		@Lazy
		JsonLibrary kosmosContentJson(ObjectProvider<JsonMapper> mapper) {
			return new JacksonJson(mapper.getIfUnique(JsonMapper::shared));
		}

		@Bean
		TreeReader kosmosJackson3TreeReader() {
			return new Jackson3TreeReader();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObjectMapper.class)
	static class Jackson2Configuration {

		@Bean
		TreeReader kosmosJackson2TreeReader() {
			return new Jackson2TreeReader();
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
