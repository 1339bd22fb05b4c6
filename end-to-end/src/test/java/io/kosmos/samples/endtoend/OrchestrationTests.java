package io.kosmos.samples.endtoend;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

/**
 * Both samples as processes, their traces read back from a real Jaeger, once for each
 * protocol that traces can be sent by and that the gateway can be asked by.
 */
@ParameterizedClass(name = "OTLP over {0}, the gateway over {1}")
@CsvSource({ "grpc, http", "http, http", "grpc, grpc" })
class OrchestrationTests {

	private static final String COMPLETE = "kosmos.chat.v1.Chat/Complete";

	@TempDir
	static Path directory;

	private static JaegerServer jaeger;

	private static SampleProcess gateway;

	private static SampleProcess orchestrator;

	@Parameter(0)
	String protocol;

	@Parameter(1)
	String gatewayProtocol;

	@BeforeParameterizedClassInvocation
	static void start(String protocol, String gatewayProtocol) throws Exception {
		jaeger = JaegerServer.start(directory);
		Samples samples = Samples.exportingTo(jaeger, protocol, directory);
		gateway = samples.gateway();
		orchestrator = samples.orchestrator(gateway, gatewayProtocol);
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
				(found) -> found.outline().equals(asked(Samples.ANSWERED)));
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
	void shouldRecordWhatZeusDecidedAndStreamed() throws Exception {
		HttpResponse<String> response = Samples.post(orchestrator, "/api/v1/orchestrate/stream", """
				{"message": "Tell me about gearboxes", "session_id": "session-7"}""", Map.of());
		assertThat(response.statusCode()).isEqualTo(200);
		List<String> events = response.body().lines().filter((line) -> line.startsWith("event:")).toList();
		assertThat(events).hasSizeGreaterThan(3).endsWith("event:answer");
		assertThat(events.subList(0, events.size() - 1)).containsOnly("event:chunk");
		JsonNode answer = JsonMapper.shared()
			.readTree(response.body().strip().lines().reduce((first, last) -> last).orElseThrow().substring(5));

		Trace trace = jaeger.awaitTrace(answer.path("trace_id").asString(), (found) -> found.outline().equals(asked("""
				orchestrator SERVER http post /api/v1/orchestrate/stream
				  orchestrator INTERNAL invoke_agent zeus
				    orchestrator CLIENT http post
				      llm-gateway SERVER http post /v1/chat/completions
				        llm-gateway CLIENT chat kosmos-mini
				""")));
		RecordedSpan zeus = trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus");
		assertThat(zeus.status()).isEqualTo(Status.OK);
		assertThat(zeus.attributes()).containsEntry("gen_ai.operation.name", "invoke_agent")
			.containsEntry("gen_ai.agent.name", "zeus")
			.containsEntry("kosmos.agent.name", "zeus")
			.containsEntry("kosmos.agent.operation", "route")
			.containsEntry("kosmos.conversation.id", "session-7")
			.containsEntry("gen_ai.conversation.id", "session-7")
			.containsEntry("kosmos.route.decision", "chat")
			.containsEntry("kosmos.route.confidence", 0.67)
			.containsEntry("kosmos.llm.calls", 1L)
			.containsEntry("kosmos.llm.cost.aggregated", answer.path("cost").path("amount").asDouble());
		RecordedSpan chat = trace.span(Samples.GATEWAY, "chat kosmos-mini");
		assertThat(chat.status()).isEqualTo(Status.OK);
		assertThat(chat.attributes()).containsEntry("kosmos.llm.streaming", true)
			.containsEntry("gen_ai.request.stream", true)
			.containsEntry("gen_ai.usage.output_tokens", answer.path("usage").path("completion_tokens").asLong())
			.containsEntry("kosmos.llm.cost", answer.path("cost").path("amount").asDouble())
			.hasEntrySatisfying("gen_ai.response.time_to_first_chunk",
					(seconds) -> assertThat((Double) seconds).isPositive())
			.hasEntrySatisfying("kosmos.llm.chunks",
					(chunks) -> assertThat((Long) chunks).isGreaterThanOrEqualTo(events.size()));
	}

	@Test
	void shouldRecordTheRetrievalOfAthenaWithNumbersAndWithoutLiterals() throws Exception {
		Trace trace = answered();
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus").attributes())
			.containsEntry("kosmos.route.decision", "knowledge")
			.containsEntry("kosmos.route.confidence", 0.67);
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_agent athena").attributes())
			.containsEntry("gen_ai.agent.name", "athena")
			.containsEntry("kosmos.agent.operation", "answer");
		RecordedSpan retrieval = trace.span(Samples.ORCHESTRATOR, "retrieval athena-docs");
		assertThat(retrieval.status()).isEqualTo(Status.OK);
		assertThat(retrieval.attributes()).containsEntry("gen_ai.operation.name", "retrieval")
			.containsEntry("gen_ai.data_source.id", "athena-docs")
			.containsEntry("kosmos.agent.name", "athena")
			.containsEntry("search.top_k", 3L)
			.containsEntry("search.query_length", 26L)
			.hasEntrySatisfying("search.result_count", (count) -> assertThat((Long) count).isBetween(1L, 3L));
		RecordedSpan select = trace.children(retrieval).get(0);
		assertThat(select.attributes()).containsEntry("db.system.name", "h2database");
		assertThat((String) select.attributes().get("db.query.text")).contains("k.status = ?", "from knowledge k")
			.doesNotContain("published", "'", "pump");
	}

	@Test
	void shouldRecordTheCallOfTheModelWithItsCost() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		Trace trace = Samples.awaitTrace(jaeger, answer, asked(Samples.ANSWERED));
		RecordedSpan chat = trace.span(Samples.GATEWAY, "chat kosmos-mini");
		long promptTokens = answer.body().path("usage").path("prompt_tokens").asLong();
		long completionTokens = answer.body().path("usage").path("completion_tokens").asLong();
		double cost = answer.body().path("cost").path("amount").asDouble();
		assertThat(promptTokens).isPositive();
		assertThat(completionTokens).isPositive();
		assertThat(cost).isEqualTo((promptTokens * 0.10 + completionTokens * 0.40) / 1e6, within(1e-12));
		assertThat(answer.body().path("cost").path("currency").asString()).isEqualTo("USD");
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
			.containsEntry("kosmos.llm.cost", cost)
			.containsEntry("kosmos.llm.cost_currency", "USD")
			.containsEntry("kosmos.llm.finish_reason", "stop")
			.containsEntry("kosmos.llm.streaming", false);
		assertThat(chat.event("llm.completion").attributes()).containsEntry("kosmos.llm.finish_reason", "stop");
		assertSums(trace, answer, 1, 0, "invoke_agent zeus", "invoke_agent athena");
	}

	@Test
	void shouldRecordTheToolThatHermesLetsAModelChoose() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, """
				{"message": "Open a work order for pump P-101, priority 2: the bearing is hot"}""", Map.of());
		assertThat(answer.status()).isEqualTo(200);
		JsonNode workOrder = answer.body().path("work_orders").path(0);
		assertThat(workOrder.path("asset").asString()).isEqualTo("P-101");
		assertThat(workOrder.path("priority").asInt()).isEqualTo(2);
		Trace trace = Samples.awaitTrace(jaeger, answer, asked("""
				orchestrator SERVER http post /api/v1/orchestrate
				  orchestrator INTERNAL invoke_agent zeus
				    orchestrator INTERNAL invoke_agent hermes
				      orchestrator CLIENT SELECT asset
				      orchestrator CLIENT http post
				        llm-gateway SERVER http post /v1/chat/completions
				          llm-gateway CLIENT chat atlas-large
				      orchestrator CLIENT http post
				        llm-gateway SERVER http post /v1/chat/completions
				          llm-gateway CLIENT chat atlas-large
				      orchestrator INTERNAL execute_tool cmms.create_workorder
				        orchestrator CLIENT INSERT work_order
				      orchestrator INTERNAL invoke_agent hephaestus
				"""));
		assertThat(trace.spans()).extracting(RecordedSpan::status).doesNotContain(Status.ERROR);
		RecordedSpan tool = trace.span(Samples.ORCHESTRATOR, "execute_tool cmms.create_workorder");
		assertThat(tool.status()).isEqualTo(Status.OK);
		assertThat(tool.attributes()).containsEntry("gen_ai.operation.name", "execute_tool")
			.containsEntry("gen_ai.tool.name", "cmms.create_workorder")
			.containsEntry("kosmos.tool.name", "cmms.create_workorder")
			.containsEntry("kosmos.agent.name", "hermes")
			.hasEntrySatisfying("gen_ai.tool.call.id", (id) -> assertThat((String) id).startsWith("call_"));
		assertThat(trace.spans().stream().filter((span) -> span.name().equals("chat atlas-large")))
			.extracting((span) -> span.attributes().get("gen_ai.response.finish_reasons"))
			.containsExactlyInAnyOrder(List.of("tool_calls"), List.of("stop"));
		assertSums(trace, answer, 2, 1, "invoke_agent zeus", "invoke_agent hermes");
	}

	@Test
	void shouldRecordTheWorkflowOfChronosFromThePlanOverTheApprovalToTheEnd() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, """
				{"message": "Schedule the maintenance of pump P-101"}""", Map.of());
		assertThat(answer.status()).isEqualTo(202);
		String id = answer.body().path("workflow").path("id").asString();
		assertThat(Samples.post(orchestrator, "/api/v1/approvals/" + id, "{\"decision\": \"approve\"}", Map.of())
			.statusCode()).isEqualTo(202);
		Trace trace = Samples.awaitTrace(jaeger, answer, asked("""
				orchestrator SERVER http post /api/v1/orchestrate
				  orchestrator INTERNAL invoke_agent zeus
				    orchestrator INTERNAL invoke_workflow maintenance
				      orchestrator INTERNAL invoke_node approval
				      orchestrator INTERNAL invoke_node book_crew
				      orchestrator INTERNAL invoke_node book_crew
				      orchestrator INTERNAL invoke_node check_risk
				        orchestrator INTERNAL evaluate_policy require_human_for_risk_high
				      orchestrator INTERNAL invoke_node draft_plan
				        orchestrator CLIENT http post
				          llm-gateway SERVER http post /v1/chat/completions
				            llm-gateway CLIENT chat atlas-large
				      orchestrator INTERNAL invoke_node find_asset
				        orchestrator CLIENT SELECT asset
				"""));
		RecordedSpan workflow = trace.span(Samples.ORCHESTRATOR, "invoke_workflow maintenance");
		assertThat(workflow.status()).isEqualTo(Status.OK);
		assertThat(workflow.attributes()).containsEntry("gen_ai.operation.name", "invoke_workflow")
			.containsEntry("gen_ai.workflow.name", "maintenance")
			.containsEntry("kosmos.workflow.name", "maintenance")
			.containsEntry("kosmos.workflow.version", "1")
			.containsEntry("kosmos.workflow.termination_reason", "completed")
			.containsEntry("maintenance.id", id);
		assertThat(workflow.events()).extracting(RecordedSpan.Event::name)
			.containsExactlyInAnyOrder("pipeline.started", "pipeline.completed");
		RecordedSpan policy = trace.span(Samples.ORCHESTRATOR, "evaluate_policy require_human_for_risk_high");
		assertThat(policy.status()).isEqualTo(Status.UNSET);
		assertThat(policy.attributes()).containsEntry("kosmos.policy.decision", "require_approval")
			.containsEntry("kosmos.policy.rules", List.of("forbidden: deny", "high: require_approval", "low: allow"));
		assertThat(trace.parent(policy).attributes()).containsEntry("kosmos.node.kind", "condition");
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_node approval").attributes())
			.containsEntry("kosmos.node.kind", "approval")
			.containsEntry("approval.verdict", "approved");
		assertThat(trace.spans().stream().filter((span) -> span.name().equals("invoke_node book_crew")))
			.extracting(RecordedSpan::status, (span) -> span.attributes().get("kosmos.execution.attempt"),
					(span) -> span.attributes().get("kosmos.execution.max_attempts"),
					(span) -> span.attributes().get("kosmos.execution.retry_count"))
			.containsExactlyInAnyOrder(tuple(Status.ERROR, 1L, 3L, 0L), tuple(Status.OK, 2L, 3L, 1L));
		assertSums(trace, answer, 1, 0, "invoke_agent zeus", "invoke_workflow maintenance");
	}

	@Test
	void shouldSayInBothServicesWhoAskedAndWhichAgentCalled() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION,
				Map.of("X-Tenant-Id", "acme", "X-User-Id", "u-1"));
		Trace trace = Samples.awaitTrace(jaeger, answer, asked(Samples.ANSWERED));
		assertThat(trace.spans())
			.allSatisfy((span) -> assertThat(span.attributes()).containsEntry("kosmos.tenant.id", "acme"));
		assertThat(trace.spans().stream().filter((span) -> span.service().equals(Samples.ORCHESTRATOR)))
			.allSatisfy((span) -> assertThat(span.attributes()).containsEntry("kosmos.user.id", "u-1"));
		assertThat(trace.spans().stream().filter((span) -> span.service().equals(Samples.GATEWAY)))
			.allSatisfy((span) -> assertThat(span.attributes()).containsEntry("kosmos.conversation.id", "session-7")
				.doesNotContainKey("kosmos.user.id"));
		assertThat(trace.span(Samples.GATEWAY, isGrpc() ? COMPLETE : "http post /v1/chat/completions").attributes())
			.containsEntry("kosmos.caller.agent", "athena");
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
		Trace trace = Samples.awaitTrace(jaeger, answer, asked(Samples.ANSWERED));
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("00f067aa0ba902b7");
	}

	@Test
	void whenCallerSendsB3HeadersShouldContinueItsTrace() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of("X-B3-TraceId",
				"463ac35c9f6413ad48485a3953bb6124", "X-B3-SpanId", "a2fb4a1d1a96d312", "X-B3-Sampled", "1"));
		assertThat(answer.traceId()).isEqualTo("463ac35c9f6413ad48485a3953bb6124");
		Trace trace = Samples.awaitTrace(jaeger, answer, asked(Samples.ANSWERED));
		assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("a2fb4a1d1a96d312");
	}

	@Test
	void whenModelIsUnknownShouldFailTheTrace() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, """
				{"message": "Why does the pump vibrate?", "model": "gpt-0"}""", Map.of());
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.contentType()).isEqualTo("application/problem+json");
		Trace trace = Samples.awaitTrace(jaeger, answer,
				asked(Samples.ANSWERED.replace("          llm-gateway CLIENT chat kosmos-mini\n", "")));
		assertThat(trace.span(Samples.ORCHESTRATOR, isGrpc() ? COMPLETE : "http post").status())
			.isEqualTo(Status.ERROR);
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_agent athena").status()).isEqualTo(Status.ERROR);
		assertThat(trace.span(Samples.ORCHESTRATOR, "retrieval athena-docs").status()).isEqualTo(Status.OK);
		assertThat(trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus")).satisfies((zeus) -> {
			assertThat(zeus.status()).isEqualTo(Status.ERROR);
			assertThat(zeus.statusMessage()).isEqualTo("The gateway does not know this model");
			assertThat(zeus.attributes()).containsKey("error.type");
			assertThat(zeus.event("exception").attributes()).containsKeys("exception.type", "exception.message",
					"exception.stacktrace");
		});
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
		Samples.awaitTrace(jaeger, last, asked(Samples.ANSWERED));
		assertThat(jaeger.traces(Samples.ORCHESTRATOR, start)).extracting(Trace::id).containsExactly(last.traceId());
		assertThat(jaeger.traces(Samples.GATEWAY, start)).extracting(Trace::id).containsExactly(last.traceId());
	}

	@Test
	void shouldRecordBothSidesOfTheCallOfTheGateway() throws Exception {
		Trace trace = answered();
		RecordedSpan server = trace.parent(trace.span(Samples.GATEWAY, "chat kosmos-mini"));
		RecordedSpan client = trace.parent(server);
		assertThat(List.of(client.service(), server.service())).containsExactly(Samples.ORCHESTRATOR, Samples.GATEWAY);
		if (isGrpc()) {
			assertThat(List.of(client, server)).allSatisfy((span) -> {
				assertThat(span.status()).isEqualTo(Status.UNSET);
				assertThat(span.attributes()).containsEntry("rpc.system.name", "grpc")
					.containsEntry("rpc.method", COMPLETE)
					.containsEntry("rpc.response.status_code", "OK")
					.containsEntry("server.address", "127.0.0.1")
					.containsEntry("server.port", (long) gateway.grpcPort());
			});
		}
	}

	private static void assertSums(Trace trace, Samples.Answer answer, long llmCalls, long toolCalls, String... names) {
		for (String name : names) {
			assertThat(trace.span(Samples.ORCHESTRATOR, name).attributes()).as(name)
				.containsEntry("kosmos.llm.calls", llmCalls)
				.containsEntry("kosmos.tool.calls", toolCalls)
				.containsEntry("kosmos.llm.total_tokens.aggregated",
						answer.body().path("usage").path("total_tokens").asLong())
				.containsEntry("kosmos.llm.cost.aggregated", answer.body().path("cost").path("amount").asDouble())
				.containsEntry("kosmos.llm.cost_currency", "USD");
		}
	}

	private boolean isGrpc() {
		return this.gatewayProtocol.equals("grpc");
	}

	/**
	 * A tree in which the gateway is asked over HTTP, as it is by the protocol in use.
	 */
	private String asked(String outline) {
		if (!isGrpc()) {
			return outline;
		}
		String method = outline.contains("/orchestrate/stream") ? "kosmos.chat.v1.Chat/Stream" : COMPLETE;
		return outline.replace("CLIENT http post\n", "CLIENT " + method + "\n")
			.replace("SERVER http post /v1/chat/completions\n", "SERVER " + method + "\n");
	}

	private Trace answered() throws Exception {
		Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
		return Samples.awaitTrace(jaeger, answer, asked(Samples.ANSWERED));
	}

}
