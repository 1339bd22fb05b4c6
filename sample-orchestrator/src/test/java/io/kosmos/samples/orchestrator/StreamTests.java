package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.JsonPath;
import io.kosmos.samples.orchestrator.Traces.Trace;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers that are streamed, and their traces.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
class StreamTests {

	private static final String CHAT = """
			SERVER http post /api/v1/orchestrate/stream
			  INTERNAL invoke_agent zeus
			    CLIENT http post
			""";

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private GatewayStub gateway;

	@Autowired
	private Traces traces;

	@LocalServerPort
	private int port;

	@BeforeEach
	void setUp() {
		this.gateway.reset();
	}

	@Test
	void shouldSendChunksThenTheAnswer() throws Exception {
		HttpResponse<String> response = ask("Good morning!");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
		List<Event> events = events(response.body());
		assertThat(events).extracting(Event::name).containsExactly("chunk", "chunk", "answer");
		assertThat(events).extracting(Event::data).startsWith("{\"text\":\"Forty-\"}", "{\"text\":\"two.\"}");
		Event answer = events.get(2);
		assertThat(answer.read("$.answer").toString()).isEqualTo("Forty-two.");
		assertThat(answer.read("$.route.decision").toString()).isEqualTo("chat");
		assertThat(answer.read("$.usage.total_tokens").toString()).isEqualTo("21");
		assertThat(answer.read("$.cost.currency").toString()).isEqualTo("USD");
		assertThat(answer.read("$.session_id").toString()).isEqualTo("s-1");
		assertThat(this.gateway.body()).contains("\"stream\":true", "\"include_usage\":true");

		Trace trace = this.traces.await(answer.traceId(), CHAT);
		assertThat(trace.span("invoke_agent zeus").getStatus()).isEqualTo(StatusData.ok());
		assertThat(Trace.attributes(trace.span("invoke_agent zeus"))).containsEntry("kosmos.route.decision", "chat")
			.containsEntry("kosmos.llm.calls", 1L)
			.containsEntry("kosmos.llm.total_tokens.aggregated", 21L);
		assertThat(this.gateway.header("traceparent")).contains(trace.span("http post").getSpanId());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Why does the pump vibrate?      | INTERNAL invoke_agent athena         | 2
			Open a work order for P-101     | INTERNAL invoke_agent hermes         | 2
			Schedule a maintenance of P-102 | INTERNAL invoke_workflow maintenance | 2
			""")
	void shouldStreamWhateverTheRoute(String message, String span, int chunks) throws Exception {
		List<Event> events = events(ask(message).body());
		assertThat(events).hasSize(chunks + 1);
		Event answer = events.get(chunks);
		assertThat(answer.name()).isEqualTo("answer");
		assertThat(answer.read("$.answer").toString()).isEqualTo("Forty-two.");
		String begin = """
				SERVER http post /api/v1/orchestrate/stream
				  INTERNAL invoke_agent zeus
				""" + "    " + span;
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.traces.trace(answer.traceId()).outline()).startsWith(begin));
	}

	@Test
	void whenTheModelChoosesNoToolShouldStillSendItsAnswer() throws Exception {
		this.gateway.answer(200, GatewayStub.COMPLETION);
		assertThat(events(ask("Open your heart").body())).extracting(Event::name).containsExactly("chunk", "answer");
	}

	@ParameterizedTest
	@ValueSource(ints = { 404, 500 })
	void whenNothingWasSentShouldAnswerWithAProblem(int status) throws Exception {
		this.gateway.answer(status, "{}");
		HttpResponse<String> response = ask("Good morning!");
		assertThat(response.statusCode()).isEqualTo((status == 404) ? 422 : 502);
		assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
		this.traces.await(JsonPath.read(response.body(), "$.trace_id"), CHAT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"error\": {\"message\": \"Too hot\"}}", "{", "[DONE]" })
	void whenTheAnswerBreaksShouldTellItAsAnEvent(String last) throws Exception {
		this.gateway.answer((exchange) -> {
			GatewayStub.stream(exchange, "Forty-");
			GatewayStub.event(exchange, last);
		});
		List<Event> events = events(ask("Good morning!").body());
		assertThat(events).extracting(Event::name).containsExactly("chunk", "error");
		Event error = events.get(1);
		assertThat(error.read("$.status").toString()).isEqualTo("502");
		assertThat(error.read("$.detail").toString()).isEqualTo("The gateway failed");
		Trace trace = this.traces.await(error.traceId(), CHAT);
		assertThat(trace.spans()).allSatisfy(
				(span) -> assertThat(span.getStatus().getStatusCode()).as(span.getName()).isEqualTo(StatusCode.ERROR));
	}

	@Test
	void whenTheCallerLeavesShouldCancelTheWork(@Autowired InMemorySpanExporter spans) throws Exception {
		CountDownLatch gone = new CountDownLatch(1);
		this.gateway.answer((exchange) -> {
			GatewayStub.stream(exchange, "Forty-");
			await(gone);
			// The orchestrator learns that its caller is gone when it writes.
			String[] texts = new String[2000];
			Arrays.fill(texts, "two ".repeat(50));
			for (String text : texts) {
				GatewayStub.event(exchange,
						"{\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"%s\"}}]}".formatted(text));
			}
		});
		HttpResponse<InputStream> response = this.http.send(request("Good morning!"), BodyHandlers.ofInputStream());
		assertThat(response.body().read()).isPositive();
		response.body().close();
		gone.countDown();
		SpanData zeus = Awaitility.await()
			.until(() -> spans.getFinishedSpanItems()
				.stream()
				.filter((span) -> Boolean.TRUE.equals(Trace.attributes(span).get("kosmos.cancelled")))
				.findFirst(), (found) -> found.isPresent())
			.orElseThrow();
		assertThat(zeus.getName()).isEqualTo("invoke_agent zeus");
		assertThat(zeus.getStatus()).isEqualTo(StatusData.unset());
		Trace trace = this.traces.await(zeus.getTraceId(), CHAT);
		assertThat(trace.spans()).extracting(SpanData::getKind)
			.containsExactly(SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.CLIENT);
	}

	@Test
	void shouldRefuseAMissingMessage() throws Exception {
		HttpResponse<String> response = ask(" ");
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
	}

	private HttpResponse<String> ask(String message) throws IOException, InterruptedException {
		return this.http.send(request(message), BodyHandlers.ofString());
	}

	private HttpRequest request(String message) {
		return HttpRequest.newBuilder(URI.create("http://localhost:%d/api/v1/orchestrate/stream".formatted(this.port)))
			.header("Content-Type", "application/json")
			.header("Accept", "text/event-stream")
			.POST(BodyPublishers.ofString("{\"message\": \"%s\", \"session_id\": \"s-1\"}".formatted(message)))
			.build();
	}

	private static List<Event> events(String body) {
		return Arrays.stream(body.split("\n\n"))
			.map((event) -> new Event(event.lines().findFirst().orElseThrow().substring("event:".length()),
					event.lines().skip(1).findFirst().orElseThrow().substring("data:".length())))
			.toList();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Event(String name, String data) {

		Object read(String path) {
			return JsonPath.read(this.data, path);
		}

		String traceId() {
			return read("$.trace_id").toString();
		}

	}

}
