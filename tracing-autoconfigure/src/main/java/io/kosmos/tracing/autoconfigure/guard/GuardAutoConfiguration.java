package io.kosmos.tracing.autoconfigure.guard;

import java.util.function.UnaryOperator;

import io.kosmos.tracing.Redaction;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.slf4j.MDC;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the bounds of names, sizes and
 * numbers of spans, and of what baggage puts into logs.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ SdkTracerProvider.class, OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
public final class GuardAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.guard.enabled", matchIfMissing = true)
	@EnableConfigurationProperties(GuardProperties.class)
	static class SpanConfiguration {

		@Bean
		OpenSpans kosmosOpenSpans(GuardProperties properties, ObjectProvider<Redaction> redaction) {
			return new OpenSpans(properties.maxOpenSpans(), properties.openSpanTimeout(), System::nanoTime,
					shown(redaction));
		}

		// Next to the sampler, which is not asked, and so spends nothing, while it is
		// over.
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE + 100)
		UnaryOperator<Sampler> kosmosOpenSpanSampler(OpenSpans open) {
			return (sampler) -> new OpenSpanSampler(sampler, open);
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE + 100)
		SpanNames kosmosSpanNames(GuardProperties properties, ObjectProvider<Redaction> redaction) {
			return new SpanNames(properties.maxNamesPerTemplate(), properties.maxNamesPerScope(), System::nanoTime,
					shown(redaction));
		}

		private static UnaryOperator<String> shown(ObjectProvider<Redaction> redaction) {
			return redaction.getIfAvailable(() -> (text) -> text)::redact;
		}

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE + 200)
		SpanSize kosmosSpanSize(GuardProperties properties) {
			return new SpanSize(properties.maxSpanSize().toBytes());
		}

		@Bean
		GuardSection kosmosGuardSection(GuardProperties properties, OpenSpans open, SpanNames names, SpanSize size) {
			return new GuardSection(properties, open, names, size);
		}

		@Bean
		GuardSection.CollapsedNames kosmosCollapsedNamesSection(SpanNames names) {
			return new GuardSection.CollapsedNames(names);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.guard.enabled", matchIfMissing = true)
	static class MeterConfiguration {

		@Bean
		GuardMeters kosmosGuardMeters(OpenSpans open, SpanNames names, SpanSize size) {
			return new GuardMeters(open, names, size);
		}

	}

	/**
	 * Not switched off with the bounds: there is no reason to want a forged line.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ MDC.class, Slf4JBaggageEventListener.class })
	@ConditionalOnBooleanProperty(
			name = { "management.tracing.baggage.enabled", "management.tracing.baggage.correlation.enabled" },
			matchIfMissing = true)
	@EnableConfigurationProperties(TracingProperties.class)
	static class BaggageConfiguration {

		@Bean
		@ConditionalOnMissingBean(Slf4JBaggageEventListener.class)
		PlainBaggageListener kosmosPlainBaggageListener(TracingProperties properties) {
			return new PlainBaggageListener(properties.getBaggage().getCorrelation().getFields());
		}

	}

}
