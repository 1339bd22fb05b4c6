package io.kosmos.samples.orchestrator;

import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
class TraceTests {

	@Autowired
	private GatewayStub gateway;

	@Autowired
	private InMemorySpanExporter recordedSpans;

	private RestTestClient client;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.gateway.reset();
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@Test
	void shouldTraceTheWayThroughZeusAthenaAndTheGateway() {
		List<SpanData> spans = ask("Why does the secret-pump vibrate?");
		assertThat(spans).hasSize(5);
		SpanData server = only(spans, SpanKind.SERVER);
		SpanData zeus = named(spans, "invoke_agent zeus");
		SpanData athena = named(spans, "athena.semantic_search");
		SpanData select = only(below(spans, athena), SpanKind.CLIENT);
		SpanData call = only(below(spans, zeus), SpanKind.CLIENT);
		assertThat(server.getName()).endsWithIgnoringCase("post /api/v1/orchestrate");
		assertThat(server.getParentSpanContext().isValid()).isFalse();
		assertThat(below(spans, server)).containsExactly(zeus);
		assertThat(below(spans, zeus)).containsExactlyInAnyOrder(athena, call);
		assertThat(select.getName()).startsWith("SELECT knowledge");
		assertThat(call.getName()).endsWithIgnoringCase("post");
		assertThat(spans).noneMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)
			.noneMatch((span) -> span.toString().contains("secret-pump"));
		assertThat(this.gateway.header("traceparent")).contains(call.getSpanId());
	}

	@Test
	void shouldDescribeTheWorkOfZeus() {
		SpanData zeus = named(ask("Why does the pump vibrate?"), "invoke_agent zeus");
		assertThat(zeus.getKind()).isEqualTo(SpanKind.INTERNAL);
		assertThat(zeus.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
		assertThat(zeus.getAttributes().asMap()).containsEntry(stringKey("gen_ai.operation.name"), "invoke_agent")
			.containsEntry(stringKey("gen_ai.agent.name"), "zeus")
			.containsEntry(stringKey("gen_ai.conversation.id"), "s-1")
			.containsEntry(stringKey("kosmos.agent.name"), "zeus")
			.containsEntry(stringKey("kosmos.agent.operation"), "route")
			.containsEntry(stringKey("kosmos.route.decision"), "knowledge")
			.containsEntry(doubleKey("kosmos.route.confidence"), 0.67)
			.containsEntry(stringKey("kosmos.tenant.id"), "acme")
			.containsEntry(stringKey("kosmos.user.id"), "u-1")
			.containsEntry(stringKey("kosmos.conversation.id"), "s-1");
	}

	@Test
	void shouldDescribeTheSearchOfAthena() {
		SpanData athena = named(ask("Why does the pump vibrate?"), "athena.semantic_search");
		assertThat(athena.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
		assertThat(athena.getAttributes().asMap()).containsEntry(longKey("search.top_k"), 3L)
			.containsEntry(longKey("search.query_length"), 26L)
			.containsEntry(longKey("search.result_count"), 1L);
	}

	@Test
	void shouldRecordTheStatementWithoutLiterals() {
		List<SpanData> spans = ask("Why does the pump vibrate?");
		SpanData select = only(below(spans, named(spans, "athena.semantic_search")), SpanKind.CLIENT);
		assertThat(select.getAttributes().get(stringKey("db.query.text"))).contains("where k.status = ?")
			.doesNotContain("published");
	}

	@Test
	void shouldLeaveOutWhatIsNotKnown() {
		SpanData zeus = named(trace(this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"Good morning!\"}")), "invoke_agent zeus");
		assertThat(zeus.getAttributes().asMap().keySet()).extracting(AttributeKey::getKey)
			.contains("kosmos.agent.name")
			.doesNotContain("kosmos.tenant.id", "kosmos.user.id", "kosmos.conversation.id", "gen_ai.conversation.id");
	}

	@Test
	void whenTheGatewayFailsShouldShowWhereItBroke() {
		this.gateway.answer(500, "{}");
		List<SpanData> spans = ask("Why does the pump vibrate?");
		SpanData zeus = named(spans, "invoke_agent zeus");
		SpanData call = only(below(spans, zeus), SpanKind.CLIENT);
		assertThat(named(spans, "athena.semantic_search").getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
		assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(only(spans, SpanKind.SERVER).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(zeus.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(zeus.getStatus().getDescription()).isEqualTo("The gateway failed");
		assertThat(zeus.getAttributes().get(stringKey("error.type"))).isEqualTo(GatewayException.class.getName());
		assertThat(zeus.getEvents()).singleElement().satisfies((event) -> {
			assertThat(event.getName()).isEqualTo("exception");
			assertThat(event.getAttributes().get(stringKey("exception.stacktrace"))).contains("LlmClient.complete");
		});
	}

	@Test
	void whenARequestIsRefusedShouldNotAskZeus() {
		List<SpanData> spans = ask(" ");
		assertThat(spans).singleElement().satisfies((span) -> {
			assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
			assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
		});
	}

	private List<SpanData> ask(String message) {
		return trace(this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.header("X-Tenant-Id", "acme")
			.header("X-User-Id", "u-1")
			.body("{\"message\": \"%s\", \"session_id\": \"s-1\"}".formatted(message)));
	}

	/**
	 * Spans leave in batches; the server span, which ends after the answer is sent, is
	 * the last.
	 */
	private List<SpanData> trace(RestTestClient.RequestHeadersSpec<?> request) {
		String answer = request.exchange().expectBody(String.class).returnResult().getResponseBody();
		String traceId = JsonPath.read(answer, "$.trace_id");
		return Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.recordedSpans.getFinishedSpanItems()
				.stream()
				.filter((span) -> span.getTraceId().equals(traceId))
				.toList(), (spans) -> spans.stream().anyMatch((span) -> span.getKind() == SpanKind.SERVER));
	}

	private static SpanData named(List<SpanData> spans, String name) {
		return spans.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
	}

	private static SpanData only(List<SpanData> spans, SpanKind kind) {
		List<SpanData> found = spans.stream().filter((span) -> span.getKind() == kind).toList();
		assertThat(found).as("spans of kind %s", kind).hasSize(1);
		return found.get(0);
	}

	private static List<SpanData> below(List<SpanData> spans, SpanData parent) {
		return spans.stream().filter((span) -> span.getParentSpanId().equals(parent.getSpanId())).toList();
	}

}
