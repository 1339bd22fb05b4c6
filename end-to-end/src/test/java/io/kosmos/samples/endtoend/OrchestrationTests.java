package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;

import io.kosmos.samples.demo.SampleProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both samples as processes, their traces read back from a real Jaeger, once for each
 * protocol that traces can be sent by.
 */
@ParameterizedClass(name = "OTLP over {0}")
@ValueSource(strings = { "grpc", "http" })
class OrchestrationTests {

	private static final String QUESTION = """
			{"message": "Why does the pump vibrate?", "session_id": "session-7"}""";

	private static final String OUTLINE = """
			orchestrator SERVER POST /api/v1/orchestrate
			  orchestrator INTERNAL invoke_agent zeus
			    orchestrator CLIENT POST
			      llm-gateway SERVER POST /v1/chat/completions
			        llm-gateway CLIENT chat kosmos-mini
			    orchestrator INTERNAL athena.semantic_search
			      orchestrator CLIENT SELECT orchestrator.knowledge
			""";

	@TempDir
	static Path directory;

	private static JaegerServer jaeger;

	private static SampleProcess gateway;

	private static SampleProcess orchestrator;

	@Parameter
	String protocol;

	@BeforeParameterizedClassInvocation
	static void start(String protocol) throws Exception {
		jaeger = JaegerServer.start(directory);
		Samples samples = Samples.exportingTo(jaeger, protocol, directory);
		gateway = samples.gateway();
		orchestrator = samples.orchestrator(gateway.uri(""));
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		for (AutoCloseable server : new AutoCloseable[] { orchestrator, gateway, jaeger }) {
			if (server != null) {
				server.close();
			}
		}
	}

	@Test
	void shouldRecordOneTraceOfBothServices() throws Exception {
		Instant start = Instant.now();
		Samples.Answer answer = Samples.orchestrate(orchestrator, QUESTION, Map.of());
		assertThat(answer.status()).isEqualTo(200);
		Trace trace = jaeger.awaitOnlyTrace(Samples.ORCHESTRATOR, start, complete(OUTLINE));
		assertThat(trace.id()).isEqualTo(answer.traceId());
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("");
		assertThat(jaeger.traces(Samples.GATEWAY, start)).extracting(Trace::id).containsExactly(trace.id());
	}

	static Predicate<Trace> complete(String outline) {
		return (trace) -> trace.outline().equals(outline);
	}

}
