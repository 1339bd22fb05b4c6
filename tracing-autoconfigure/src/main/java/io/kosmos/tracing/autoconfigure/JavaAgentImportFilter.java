package io.kosmos.tracing.autoconfigure;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves to the OpenTelemetry Java agent, where it is attached, all that it does itself:
 * HTTP, databases, messages, threads, sampling, propagation and export, by Boot and by
 * us. What stays is what the agent does not know: {@code @Traced}, agents and models,
 * whose spans then are part of its traces.
 */
final class JavaAgentImportFilter implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final String OURS = "io.kosmos.tracing.autoconfigure.";

	private static final List<String> KEPT = List.of(OURS + "JavaAgentAutoConfiguration", OURS + "actuate.",
			OURS + "span.", OURS + "context.CurrentContextAutoConfiguration", OURS + "cost.", OURS + "event.",
			OURS + "grpc.", OURS + "messaging.", OURS + "request.", OURS + "springai.", OURS + "langchain4j.");

	private static final Set<String> DROPPED_OF_BOOT = Set.of(
			"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
			"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
			"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration");

	private boolean active = JavaAgent.isAttached();

	@Override
	public void setEnvironment(Environment environment) {
		this.active = this.active && environment.getProperty("kosmos.tracing.enabled", Boolean.class, true);
	}

	@Override
	public boolean[] match(@Nullable String[] autoConfigurationClasses, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[autoConfigurationClasses.length];
		for (int i = 0; i < matches.length; i++) {
			String candidate = autoConfigurationClasses[i];
			matches[i] = !this.active || candidate == null || isKept(candidate);
		}
		return matches;
	}

	static boolean isKept(String autoConfiguration) {
		return (autoConfiguration.startsWith(OURS)) ? KEPT.stream().anyMatch(autoConfiguration::startsWith)
				: !DROPPED_OF_BOOT.contains(autoConfiguration);
	}

}
