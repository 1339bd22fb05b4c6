package io.kosmos.tracing.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it does in an application that the agent is really attached to is shown by the
 * integration tests.
 */
class JavaAgentImportFilterTests {

	@Test
	void withAgentShouldKeepOnlyWhatTheAgentDoesNotKnow() {
		List<String> kept = ours().stream()
			.filter(JavaAgentImportFilter::isKept)
			.map(JavaAgentImportFilterTests::feature)
			.distinct()
			.toList();
		assertThat(kept).containsExactlyInAnyOrder("JavaAgentAutoConfiguration", "actuate", "context", "cost", "event",
				"grpc", "messaging", "request", "span", "springai", "langchain4j");
	}

	@Test
	void withAgentShouldNotTraceThreads() {
		assertThat(ours()).filteredOn((name) -> feature(name).equals("context"))
			.filteredOn(JavaAgentImportFilter::isKept)
			.containsExactly("io.kosmos.tracing.autoconfigure.context.CurrentContextAutoConfiguration");
	}

	@Test
	void withAgentShouldKeepTheRestOfBoot() {
		assertThat(List.of(OpenTelemetrySdkAutoConfiguration.class, NoopTracerAutoConfiguration.class))
			.allMatch((type) -> JavaAgentImportFilter.isKept(type.getName()));
		assertThat(List.of(MicrometerTracingAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				OtlpTracingAutoConfiguration.class))
			.noneMatch((type) -> JavaAgentImportFilter.isKept(type.getName()));
	}

	@Test
	void withoutAgentShouldKeepEverything() {
		String[] candidates = ours().toArray(String[]::new);
		assertThat(new JavaAgentImportFilter().match(candidates, null)).doesNotContain(false);
	}

	private static List<String> ours() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.kosmos."))
			.toList();
	}

	private static String feature(String autoConfiguration) {
		String name = autoConfiguration.substring("io.kosmos.tracing.autoconfigure.".length());
		return (name.contains(".")) ? name.substring(0, name.indexOf('.')) : name;
	}

}
