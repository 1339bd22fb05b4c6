package io.kosmos.tracing.autoconfigure.console;

import java.util.function.UnaryOperator;

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
		return new LineSpanProcessor(new ConsoleOutput(System.out, operators.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnProperty(name = "kosmos.tracing.console.format", havingValue = "tree")
	TreeSpanProcessor kosmosConsoleTreeSpanProcessor(ObjectProvider<UnaryOperator<SpanData>> operators) {
		return new TreeSpanProcessor(new ConsoleOutput(System.out, operators.orderedStream().toList()));
	}

}
