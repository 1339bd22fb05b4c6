package io.kosmos.tracing.autoconfigure.console;

import java.util.Comparator;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.Redaction;
import io.opentelemetry.sdk.trace.data.SpanData;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration that prints spans to standard output, beside whatever else exports
 * them.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ConsoleProperties.class)
public final class ConsoleAutoConfiguration {

	@Bean
	@ConditionalOnProperty(name = "kosmos.tracing.console.format", havingValue = "line")
	LineSpanProcessor kosmosConsoleLineSpanProcessor(ObjectProvider<UnaryOperator<SpanData>> operators) {
		return new LineSpanProcessor(output(operators));
	}

	@Bean
	@ConditionalOnProperty(name = "kosmos.tracing.console.format", havingValue = "tree")
	TreeSpanProcessor kosmosConsoleTreeSpanProcessor(ObjectProvider<UnaryOperator<SpanData>> operators) {
		return new TreeSpanProcessor(output(operators));
	}

	// An operator without an order that is registered after the redaction would follow
	// it.
	private static ConsoleOutput output(ObjectProvider<UnaryOperator<SpanData>> operators) {
		return new ConsoleOutput(System.out,
				operators.orderedStream().sorted(Comparator.comparing(Redaction.class::isInstance)).toList());
	}

}
