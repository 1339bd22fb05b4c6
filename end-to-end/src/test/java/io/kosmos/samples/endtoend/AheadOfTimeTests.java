package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The samples processed ahead of time, as for a native image, on the JVM.
 */
class AheadOfTimeTests {

	private static final String OFF = "--kosmos.tracing.enabled=false";

	@Test
	void shouldMakeTheSameTrace(@TempDir Path directory) throws Exception {
		try (JaegerServer jaeger = JaegerServer.start(directory)) {
			Samples samples = Samples.exportingTo(jaeger, "grpc", directory).processedAheadOfTime();
			try (SampleProcess gateway = samples.gateway();
					SampleProcess orchestrator = samples.orchestrator(gateway.uri("/"))) {
				assertThat(orchestrator.log()).contains("Starting AOT-processed OrchestratorApplication");
				Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
				Trace trace = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED);
				assertThat(trace.span(Samples.GATEWAY, "chat kosmos-mini").attributes()).containsKey("kosmos.llm.cost");
			}
		}
	}

	@Test
	void shouldStillBeSwitchedOffWhenItRuns(@TempDir Path directory) throws Exception {
		Instant start = Instant.now();
		try (JaegerServer jaeger = JaegerServer.start(directory)) {
			Samples samples = Samples.exportingTo(jaeger, "grpc", directory).processedAheadOfTime();
			try (SampleProcess gateway = samples.gateway();
					SampleProcess orchestrator = samples.orchestrator(gateway.uri("/"), OFF)) {
				Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
				assertThat(answer.status()).isEqualTo(200);
				assertThat(orchestrator.log()).contains("There are no traces, because kosmos.tracing.enabled is false")
					.doesNotContain("Traces of service");
				// The gateway begins a trace of its own, since nothing reached it, and
				// whole.
				Trace trace = jaeger.awaitOnlyTrace(Samples.GATEWAY, start, (found) -> found.spans().size() == 2);
				assertThat(trace.outline()).isEqualTo("""
						llm-gateway SERVER http post /v1/chat/completions
						  llm-gateway CLIENT chat kosmos-mini
						""");
				assertThat(trace.roots().get(0).parentId()).isEmpty();
			}
		}
	}

}
