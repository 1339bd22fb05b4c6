package io.kosmos.tracing.autoconfigure.redaction;

import java.util.ArrayList;
import java.util.List;

import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.sdk.trace.data.SpanData;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what takes secrets and personal
 * data out of spans before they leave the process.
 */
@AutoConfiguration
@ConditionalOnClass(SpanData.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RedactionProperties.class)
public final class RedactionAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.redaction.enabled", matchIfMissing = true)
	static class RedactionConfiguration {

		@Bean
		Counts kosmosRedactionCounts(RedactionProperties properties) {
			List<String> rules = new ArrayList<>();
			properties.rules().forEach((rule) -> rules.add(String.valueOf(rule.name())));
			for (BuiltIn rule : BuiltIn.values()) {
				rules.add(rule.ruleName());
			}
			rules.addAll(List.of(Counts.EXCEPTION_MESSAGE, Counts.TOO_LONG, Counts.FAILED));
			return new Counts(rules);
		}

		@Bean
		Redactor kosmosRedactor(RedactionProperties properties, Counts counts,
				ObjectProvider<TracingFailures> failures) {
			return new Redactor(properties, new TextRules(properties.disabledRules(), counts), counts,
					(site, failure) -> failures.ifAvailable((sink) -> sink.record(site, failure)));
		}

		@Bean
		RedactionSection kosmosRedactionSection(RedactionProperties properties, Counts counts) {
			return new RedactionSection(properties, counts);
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(MeterBinder.class)
		static class MeterConfiguration {

			@Bean
			MeterBinder kosmosRedactionMeters(Counts counts) {
				return (registry) -> counts.forEach(
						(rule, count) -> FunctionCounter.builder("kosmos.tracing.redacted", counts, count::applyAsLong)
							.description("Values that were taken out of spans before they left")
							.tag("rule", rule)
							.register(registry));
			}

		}

	}

}
