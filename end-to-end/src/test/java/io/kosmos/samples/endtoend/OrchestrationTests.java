package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.samples.endtoend.RecordedSpan.Status;
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
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		assertThat(answer.status()).isEqualTo(200);
		Trace trace = jaeger.awaitOnlyTrace(Samples.ORCHESTRATOR, start,
				(found) -> found.outline().equals(Samples.ANSWERED));
		assertThat(trace.id()).isEqualTo(answer.traceId());
		assertThat(trace.services()).containsExactlyInAnyOrder(Samples.ORCHESTRATOR, Samples.GATEWAY);
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("");
		assertThat(jaeger.traces(Samples.GATEWAY, start)).extracting(Trace::id).containsExactly(trace.id());
	}

	@Test
	void shouldSayWhoMadeTheSpans() throws Exception {
		Trace trace = answered();
		assertThat(trace.spans())
			.allSatisfy((span) -> assertThat(span.resource()).containsEntry("service.namespace", "kosmos")
				.containsEntry("deployment.environment.name", "development")
				.containsEntry("service.version", Samples.VERSION));
	}

	@Test
	void shouldRecordWhatTheAgentDecided() throws Exception {
		RecordedSpan agent = answered().span(Samples.ORCHESTRATOR, "invoke_agent zeus");
		assertThat(agent.status()).isEqualTo(Status.OK);
		assertThat(agent.attributes()).containsEntry("gen_ai.operation.name", "invoke_agent")
			.containsEntry("gen_ai.agent.name", "zeus")
			.containsEntry("kosmos.agent.name", "zeus")
			.containsEntry("kosmos.agent.operation", "route")
			.containsEntry("kosmos.conversation.id", "session-7")
			.containsEntry("kosmos.route.decision", "knowledge")
			.containsEntry("kosmos.route.confidence", 0.67);
	}

	@Test
	void shouldRecordTheSearchWithNumbersAndWithoutLiterals() throws Exception {
		Trace trace = answered();
		RecordedSpan search = trace.span(Samples.ORCHESTRATOR, "athena.semantic_search");
		assertThat(search.status()).isEqualTo(Status.OK);
		assertThat(search.attributes()).containsEntry("search.top_k", 3L)
			.containsEntry("search.query_length", 26L)
			.hasEntrySatisfying("search.result_count", (count) -> assertThat((Long) count).isBetween(1L, 3L));
		RecordedSpan select = trace.children(search).get(0);
		assertThat(select.attributes()).containsEntry("db.system.name", "h2database");
		assertThat((String) select.attributes().get("db.query.text")).contains("k.status = ?", "from knowledge k")
			.doesNotContain("published", "'", "pump");
	}

	@Test
	void shouldRecordTheCallOfTheModel() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		RecordedSpan chat = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED)
			.span(Samples.GATEWAY, "chat kosmos-mini");
		long promptTokens = answer.body().path("usage").path("prompt_tokens").asLong();
		long completionTokens = answer.body().path("usage").path("completion_tokens").asLong();
		assertThat(promptTokens).isPositive();
		assertThat(completionTokens).isPositive();
		assertThat(chat.status()).isEqualTo(Status.OK);
		assertThat(chat.attributes()).containsEntry("gen_ai.operation.name", "chat")
			.containsEntry("gen_ai.provider.name", "kosmos")
			.containsEntry("gen_ai.request.model", "kosmos-mini")
			.containsEntry("gen_ai.response.model", "kosmos-mini")
			.containsEntry("gen_ai.usage.input_tokens", promptTokens)
			.containsEntry("gen_ai.usage.output_tokens", completionTokens)
			.containsEntry("gen_ai.response.finish_reasons", List.of("stop"))
			.containsEntry("kosmos.llm.provider", "kosmos")
			.containsEntry("kosmos.llm.model", "kosmos-mini")
			.containsEntry("kosmos.llm.prompt_tokens", promptTokens)
			.containsEntry("kosmos.llm.completion_tokens", completionTokens)
			.containsEntry("kosmos.llm.total_tokens", promptTokens + completionTokens)
			.containsEntry("kosmos.llm.finish_reason", "stop")
			.containsEntry("kosmos.llm.streaming", false);
		assertThat(chat.event("llm.completion").attributes()).containsEntry("kosmos.llm.finish_reason", "stop");
	}

	@Test
	void shouldWriteTheTraceIdIntoTheLogsOfBothServices() throws Exception {
		Trace trace = answered();
		assertThat(orchestrator.log().lines()).filteredOn((line) -> line.contains("Zeus"))
			.last()
			.asString()
			.contains(trace.id() + "-" + trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus").id());
		assertThat(gateway.log().lines()).filteredOn((line) -> line.contains("ChatService"))
			.last()
			.asString()
			.contains(trace.id() + "-" + trace.span(Samples.GATEWAY, "chat kosmos-mini").id());
	}

	@Test
	void whenCallerSendsW3cHeaderShouldContinueItsTrace() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION,
				Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
		assertThat(answer.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
		Trace trace = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED);
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("00f067aa0ba902b7");
	}

	@Test
	void whenCallerSendsB3HeadersShouldContinueItsTrace() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of("X-B3-TraceId",
				"463ac35c9f6413ad48485a3953bb6124", "X-B3-SpanId", "a2fb4a1d1a96d312", "X-B3-Sampled", "1"));
		assertThat(answer.traceId()).isEqualTo("463ac35c9f6413ad48485a3953bb6124");
		Trace trace = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED);
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("a2fb4a1d1a96d312");
	}

	@Test
	void whenModelIsUnknownShouldFailTheTraceOfBothServices() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, """
				{"message": "Why does the pump vibrate?", "model": "gpt-0"}""", Map.of());
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.contentType()).isEqualTo("application/problem+json");
		Trace trace = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED.replace("chat kosmos-mini", "chat"));
		assertThat(trace.span(Samples.GATEWAY, "chat")).satisfies((chat) -> {
			assertThat(chat.status()).isEqualTo(Status.ERROR);
			assertThat(chat.attributes()).containsEntry("gen_ai.request.model", "gpt-0")
				.containsKey("error.type")
				.doesNotContainKeys("gen_ai.usage.input_tokens", "kosmos.llm.prompt_tokens");
			assertThat(chat.event("exception").attributes()).containsKeys("exception.type", "exception.message",
					"exception.stacktrace");
		});
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus").status()).isEqualTo(Status.ERROR);
		assertThat(trace.span(Samples.ORCHESTRATOR, "athena.semantic_search").status()).isEqualTo(Status.OK);
	}

	@Test
	void shouldLeaveNoTraceOfHealthChecksAndStaticResources() throws Exception {
		Instant start = Instant.now();
		for (SampleProcess sample : List.of(orchestrator, gateway)) {
			assertThat(Samples.get(sample, "/actuator/health")).isEqualTo(200);
			assertThat(Samples.get(sample, "/actuator")).isEqualTo(200);
			assertThat(Samples.get(sample, "/favicon.ico")).isEqualTo(404);
		}
		// Spans leave a service in the order in which they end, so what is not there
		// before this one never comes.
		Samples.Answer last = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		Samples.awaitTrace(jaeger, last, Samples.ANSWERED);
		assertThat(jaeger.traces(Samples.ORCHESTRATOR, start)).extracting(Trace::id).containsExactly(last.traceId());
		assertThat(jaeger.traces(Samples.GATEWAY, start)).extracting(Trace::id).containsExactly(last.traceId());
	}

	private static Trace answered() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		return Samples.awaitTrace(jaeger, answer, Samples.ANSWERED);
	}

}
