package io.kosmos.samples.orchestrator;

import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import io.kosmos.samples.orchestrator.Traces.Trace;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The traces of Zeus, Athena and Hermes.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
class TraceTests {

	private static final String ATHENA = """
			SERVER http post /api/v1/orchestrate
			  INTERNAL invoke_agent zeus
			    INTERNAL invoke_agent athena
			      CLIENT retrieval athena-docs
			        CLIENT SELECT knowledge unnest
			      CLIENT http post
			""";

	private static final String HERMES = """
			SERVER http post /api/v1/orchestrate
			  INTERNAL invoke_agent zeus
			    INTERNAL invoke_agent hermes
			      CLIENT SELECT asset
			      CLIENT http post
			      INTERNAL execute_tool cmms.create_workorder
			        CLIENT INSERT work_order
			      INTERNAL invoke_agent hephaestus
			      CLIENT http post
			""";

	private static final Map<String, Object> IDS = Map.of("kosmos.tenant.id", "acme", "kosmos.user.id", "u-1",
			"kosmos.conversation.id", "s-1", "gen_ai.conversation.id", "s-1");

	@Autowired
	private GatewayStub gateway;

	@Autowired
	private Traces traces;

	private RestTestClient client;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.gateway.reset();
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@Test
	void shouldTraceWhatZeusLetsAModelAnswer() {
		Trace trace = ask("Good morning!", """
				SERVER http post /api/v1/orchestrate
				  INTERNAL invoke_agent zeus
				    CLIENT http post
				""");
		SpanData zeus = trace.span("invoke_agent zeus");
		assertThat(zeus.getStatus()).isEqualTo(StatusData.ok());
		assertThat(withoutIds(zeus))
			.containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("gen_ai.operation.name", "invoke_agent"),
					Map.entry("gen_ai.agent.name", "zeus"), Map.entry("kosmos.agent.name", "zeus"),
					Map.entry("kosmos.agent.operation", "route"), Map.entry("kosmos.route.decision", "chat"),
					Map.entry("kosmos.route.confidence", 0.75), Map.entry("kosmos.llm.calls", 1L),
					Map.entry("kosmos.tool.calls", 0L), Map.entry("kosmos.llm.total_tokens.aggregated", 21L),
					Map.entry("kosmos.llm.cost.aggregated", 0.0005), Map.entry("kosmos.llm.cost_currency", "USD")));
		assertThat(this.gateway.header("traceparent")).contains(trace.span("http post").getSpanId());
	}

	@Test
	void shouldTraceTheWayThroughZeusAthenaAndTheGateway() {
		Trace trace = ask("Why does the secret-pump vibrate?", ATHENA);
		assertThat(trace.spans()).noneMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)
			.noneMatch((span) -> span.toString().contains("secret-pump"));
		assertThat(Trace.attributes(trace.span("invoke_agent zeus")))
			.containsEntry("kosmos.route.decision", "knowledge")
			.containsEntry("kosmos.route.confidence", 0.67);
		assertThat(withoutIds(trace.span("invoke_agent athena")))
			.containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("gen_ai.operation.name", "invoke_agent"),
					Map.entry("gen_ai.agent.name", "athena"), Map.entry("kosmos.agent.name", "athena"),
					Map.entry("kosmos.agent.operation", "answer"), Map.entry("kosmos.llm.calls", 1L),
					Map.entry("kosmos.tool.calls", 0L), Map.entry("kosmos.llm.total_tokens.aggregated", 21L),
					Map.entry("kosmos.llm.cost.aggregated", 0.0005), Map.entry("kosmos.llm.cost_currency", "USD")));
	}

	@Test
	void shouldSayOnEverySpanWhoAsked() {
		Trace trace = ask("Why does the pump vibrate?", ATHENA);
		assertThat(trace.spans()).allSatisfy((span) -> assertThat(Trace.attributes(span)).as(span.getName())
			.containsEntry("kosmos.tenant.id", "acme")
			.containsEntry("kosmos.user.id", "u-1"));
		// The message, which says so, is read after the span of the request has started.
		assertThat(trace.spans().subList(1, trace.spans().size()))
			.allSatisfy((span) -> assertThat(Trace.attributes(span)).as(span.getName()).containsAllEntriesOf(IDS));
		assertThat(this.gateway.header("baggage")).contains("kosmos.tenant.id=acme", "kosmos.conversation.id=s-1")
			.doesNotContain("u-1");
	}

	@Test
	void shouldLeaveOutWhatIsNotKnown() {
		String answer = this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"Why does the pump vibrate?\"}")
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(this.traces.await(JsonPath.read(answer, "$.trace_id"), ATHENA).spans()).allSatisfy(
				(span) -> assertThat(Trace.attributes(span)).doesNotContainKeys(IDS.keySet().toArray(String[]::new)));
	}

	@Test
	void shouldDescribeTheRetrieval() {
		SpanData retrieval = ask("Why does the pump vibrate?", ATHENA).span("retrieval athena-docs");
		assertThat(retrieval.getStatus()).isEqualTo(StatusData.ok());
		assertThat(withoutIds(retrieval)).containsExactlyInAnyOrderEntriesOf(Map.of("gen_ai.operation.name",
				"retrieval", "gen_ai.data_source.id", "athena-docs", "gen_ai.agent.name", "athena", "kosmos.agent.name",
				"athena", "search.top_k", 3L, "search.query_length", 26L, "search.result_count", 1L));
	}

	@Test
	void shouldRecordTheStatementWithoutLiterals() {
		SpanData select = ask("Why does the pump vibrate?", ATHENA).span("SELECT knowledge unnest");
		assertThat(select.getAttributes().get(stringKey("db.query.text"))).contains("where k.status = ?")
			.doesNotContain("published");
	}

	@Test
	void shouldTraceTheToolThatHermesLetsAModelChoose() {
		Trace trace = ask("Open a work order for pump P-101", HERMES);
		assertThat(trace.spans()).noneMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR);
		assertThat(withoutIds(trace.span("execute_tool cmms.create_workorder"))).containsExactlyInAnyOrderEntriesOf(
				Map.of("gen_ai.operation.name", "execute_tool", "gen_ai.tool.name", "cmms.create_workorder",
						"kosmos.tool.name", "cmms.create_workorder", "gen_ai.tool.call.id", "call_7",
						"kosmos.tool.call_id", "call_7", "gen_ai.agent.name", "hermes", "kosmos.agent.name", "hermes"));
		for (String agent : new String[] { "invoke_agent zeus", "invoke_agent hermes" }) {
			assertThat(Trace.attributes(trace.span(agent))).as(agent)
				.containsEntry("kosmos.llm.calls", 2L)
				.containsEntry("kosmos.tool.calls", 1L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 42L)
				.containsEntry("kosmos.llm.cost.aggregated", 0.001);
		}
	}

	@Test
	void whenTheModelAsksForNonsenseShouldShowTheFailureOfTheTool() {
		this.gateway.answer((exchange) -> GatewayStub.send(exchange, 200, (this.gateway.bodies().size() == 1)
				? GatewayStub.TOOL_CALL.replace("P-101", "P-999") : GatewayStub.COMPLETION));
		Trace trace = ask("Open a work order for pump P-999",
				HERMES.replace("      INTERNAL invoke_agent hephaestus\n", ""));
		assertThat(trace.span("execute_tool cmms.create_workorder").getStatus().getStatusCode())
			.isEqualTo(StatusCode.ERROR);
		assertThat(trace.span("invoke_agent hermes").getStatus()).isEqualTo(StatusData.ok());
		assertThat(this.gateway.body()).contains("The arguments are wrong");
	}

	@Test
	void whenTheGatewayFailsShouldShowWhereItBroke() {
		this.gateway.answer(500, "{}");
		Trace trace = ask("Why does the pump vibrate?", ATHENA);
		assertThat(trace.span("retrieval athena-docs").getStatus()).isEqualTo(StatusData.ok());
		for (String name : new String[] { "http post", "invoke_agent athena", "invoke_agent zeus",
				"http post /api/v1/orchestrate" }) {
			assertThat(trace.span(name).getStatus().getStatusCode()).as(name).isEqualTo(StatusCode.ERROR);
		}
		SpanData zeus = trace.span("invoke_agent zeus");
		assertThat(zeus.getStatus().getDescription()).isEqualTo("The gateway failed");
		assertThat(zeus.getAttributes().get(stringKey("error.type"))).isEqualTo(GatewayException.class.getName());
		assertThat(zeus.getEvents()).singleElement().satisfies((event) -> {
			assertThat(event.getName()).isEqualTo("exception");
			assertThat(event.getAttributes().get(stringKey("exception.stacktrace"))).contains("LlmClient.complete");
		});
	}

	@Test
	void whenARequestIsRefusedShouldNotAskZeus() {
		SpanData server = ask(" ", """
				SERVER http post /api/v1/orchestrate
				""").spans().get(0);
		assertThat(server.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
	}

	private static Map<String, Object> withoutIds(SpanData span) {
		Map<String, Object> attributes = Trace.attributes(span);
		attributes.keySet().removeAll(IDS.keySet());
		return attributes;
	}

	private Trace ask(String message, String outline) {
		String answer = this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.header("X-Tenant-Id", "acme")
			.header("X-User-Id", "u-1")
			.body("{\"message\": \"%s\", \"session_id\": \"s-1\"}".formatted(message))
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		return this.traces.await(JsonPath.read(answer, "$.trace_id"), outline);
	}

}
