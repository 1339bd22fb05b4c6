package io.kosmos.samples.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway in front of a server that does what a test needs.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "gateway.providers=openai", "gateway.openai.models=gpt-4o", "gateway.openai.api-key=sk-secret",
				"spring.http.clients.read-timeout=1s" })
@Import(RecordedSpans.class)
@ExtendWith(OutputCaptureExtension.class)
class UpstreamTests {

	private static final StubServer upstream = new StubServer();

	private static final String CHUNK = """
			data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-2024-08-06",\
			"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}

			""";

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@DynamicPropertySource
	static void upstream(DynamicPropertyRegistry registry) {
		registry.add("gateway.openai.base-url", upstream::baseUrl);
	}

	@AfterAll
	static void stopUpstream() {
		upstream.close();
	}

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@Test
	void shouldPassOnWhatItDoesNotKnow() {
		upstream.answer(200, "application/json", """
				{"id":"1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,
				"message":{"role":"assistant","tool_calls":[{"id":"call-1"}]},"finish_reason":"tool_calls"}]}""");
		JsonNode answer = this.gateway.chat("""
				{"model": "gpt-4o", "temperature": 0.2, "max_tokens": 9, "seed": 7, "messages": [
					{"role": "assistant", "content": null, "tool_calls": [{"id": "call-0"}]},
					{"role": "tool", "tool_call_id": "call-0", "content": "42"}]}""").json();
		assertThat(answer.at("/choices/0/message").toString())
			.isEqualTo("{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"call-1\"}]}");
		assertThat(new JsonMapper().readTree(upstream.lastRequest())).isEqualTo(new JsonMapper().readTree("""
				{"model": "gpt-4o", "temperature": 0.2, "max_tokens": 9, "seed": 7, "messages": [
					{"role": "assistant", "tool_calls": [{"id": "call-0"}]},
					{"role": "tool", "tool_call_id": "call-0", "content": "42"}]}"""));
	}

	@ParameterizedTest
	@CsvSource({ "400,400,invalid_request_error,", "401,502,server_error,upstream_error",
			"404,404,invalid_request_error,model_not_found", "429,429,rate_limit_error,rate_limit_exceeded",
			"500,502,server_error,upstream_error", "503,502,server_error,upstream_error" })
	void whenUpstreamFailsShouldTranslateItsStatus(int upstreamStatus, int status, String type, String code,
			CapturedOutput output) {
		for (boolean stream : new boolean[] { false, true }) {
			upstream.behave((exchange) -> {
				assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer sk-secret");
				exchange.getResponseHeaders().set("Retry-After", "7");
				StubServer.answer(exchange, upstreamStatus, "application/json",
						List.of("{\"error\":{\"message\":\"Incorrect API key provided: sk-secret\"}}"));
			});
			Answer answer = chat(stream);
			assertThat(answer.status()).isEqualTo(status);
			JsonNode error = answer.json().at("/error");
			assertThat(error.at("/type").asString()).isEqualTo(type);
			assertThat(error.at("/code").asString(null)).isEqualTo(code);
			assertThat(error.at("/message").asString()).isNotBlank();
			assertThat(answer.header("Retry-After")).isEqualTo((status == 429) ? "7" : "");
			assertThat(answer.response().body()).doesNotContain("sk-secret");
		}
		assertThat(RecordedSpans.await(6).toString()).doesNotContain("sk-secret");
		assertThat(output).doesNotContain("sk-secret");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenUpstreamIsSilentShouldAnswer504(boolean stream) {
		CountDownLatch end = new CountDownLatch(1);
		upstream.behave((exchange) -> await(end));
		try {
			Answer answer = chat(stream);
			assertThat(answer.status()).isEqualTo(504);
			assertThat(answer.json().at("/error/code").asString()).isEqualTo("upstream_timeout");
		}
		finally {
			end.countDown();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenUpstreamHangsUpShouldAnswer502(boolean stream) {
		upstream.behave((exchange) -> {
		});
		Answer answer = chat(stream);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("upstream_error");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenUpstreamIsDownShouldAnswer502(boolean stream) throws IOException {
		int closedPort;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			closedPort = socket.getLocalPort();
		}
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class).run(
				"--server.port=0", "--gateway.providers=openai", "--gateway.openai.models=gpt-4o",
				"--gateway.openai.base-url=http://localhost:" + closedPort + "/v1")) {
			this.gateway = new GatewayClient(
					context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
			Answer answer = chat(stream);
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.json().at("/error/message").asString())
				.isEqualTo("The connection to the provider failed");
		}
	}

	@Test
	void whenAnswerIsNoJsonShouldAnswer502() {
		upstream.answer(200, "application/json", "<html>");
		assertThat(chat(false).status()).isEqualTo(502);
		upstream.answer(200, "text/html", "<html>");
		assertThat(chat(false).status()).isEqualTo(502);
		upstream.answer(200, "text/event-stream", "data: <html>\n\n");
		assertThat(chat(true).status()).isEqualTo(502);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "data: {\"error\":{\"message\":\"out of memory\"}}\n\n", "data: {]\n\n" })
	void whenStreamBreaksShouldEndItWithAnError(String last) {
		upstream.answer(200, "text/event-stream", CHUNK, last);
		Answer answer = chat(true);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.streamedContent()).isEqualTo("Hello");
		assertThat(answer.events()).hasSize(2).last().asString().contains("\"code\":\"upstream_error\"");
		SpanData chat = chatSpan();
		assertThat(chat.getStatus().getStatusCode()).isEqualTo(StatusData.error().getStatusCode());
		assertThat(chat.getAttributes().get(stringKey("gen_ai.response.id"))).isEqualTo("chatcmpl-1");
		assertThat(chat.getAttributes().asMap().keySet()).noneMatch((key) -> key.getKey().contains("token"));
	}

	@Test
	void shouldPassOnTheDetailsOfTheUsage() {
		String usage = """
				{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,\
				"prompt_tokens_details":{"cached_tokens":16,"audio_tokens":0},\
				"completion_tokens_details":{"reasoning_tokens":5}}""";
		upstream.answer(200, "application/json", """
				{"id":"1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,
				"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":%s}"""
			.formatted(usage));
		assertThat(this.gateway.chat(request(false)).json().at("/usage").toString()).isEqualTo(usage);
		upstream.answer(200, "text/event-stream", CHUNK, """
				data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o",\
				"choices":[],"usage":%s}

				data: [DONE]

				""".formatted(usage));
		List<JsonNode> chunks = this.gateway.streamedChat("""
				{"model": "gpt-4o", "stream": true, "stream_options": {"include_usage": true},
				"messages": [{"role": "user", "content": "Hello"}]}""").chunks();
		assertThat(chunks).hasSize(2).last().extracting((chunk) -> chunk.at("/usage").toString()).isEqualTo(usage);
	}

	@Test
	void shouldPassToolsOn() {
		upstream.answer(200, "text/event-stream", """
				data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,\
				"delta":{"tool_calls":[{"index":0,"id":"call-1","type":"function",\
				"function":{"name":"pump_status","arguments":""}}]},"finish_reason":null}]}

				data: [DONE]

				""");
		String request = """
				{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"parallel_tool_calls":false,\
				"tool_choice":{"type":"allowed_tools","mode":"auto"},"messages":[{"role":"user","content":"Hello"}],\
				"tools":[{"type":"custom","custom":{"name":"shell"}},{"type":"function","function":\
				{"name":"pump_status","strict":true,"parameters":{"type":"object","properties":{}}}}]}""";
		assertThat(this.gateway.streamedChat(request).chunks()).singleElement()
			.extracting((chunk) -> chunk.at("/choices/0/delta/tool_calls").toString())
			.isEqualTo("""
					[{"index":0,"id":"call-1","type":"function","function":{"name":"pump_status","arguments":""}}]""");
		assertThat(new JsonMapper().readTree(upstream.lastRequest())).isEqualTo(new JsonMapper().readTree(request));
	}

	@Test
	void whenUpstreamCountsNoTokensShouldLeaveThemOffTheSpan() {
		upstream.answer(200, "application/json", """
				{"id":"1","object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06","service_tier":"default",
				"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""");
		JsonNode answer = this.gateway.chat(request(false)).json();
		assertThat(answer.at("/choices")).hasSize(1);
		assertThat(answer.has("usage")).isFalse();
		SpanData chat = chatSpan();
		assertThat(chat.getAttributes().get(stringKey("gen_ai.response.model"))).isEqualTo("gpt-4o-2024-08-06");
		assertThat(chat.getAttributes().get(stringKey("gen_ai.request.model"))).isEqualTo("gpt-4o");
		assertThat(chat.getAttributes().asMap().keySet()).noneMatch((key) -> key.getKey().contains("token"));
	}

	@Test
	void whenCallerLeavesShouldStopTheModel() throws Exception {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		upstream.behave((exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try {
				OutputStream out = exchange.getResponseBody();
				long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
				while (System.nanoTime() < end) {
					out.write(CHUNK.getBytes(StandardCharsets.UTF_8));
					out.flush();
				}
			}
			catch (IOException ex) {
				stopped.complete(null);
			}
		});
		try (Socket socket = new Socket("localhost", this.port)) {
			byte[] body = request(true).getBytes(StandardCharsets.UTF_8);
			socket.getOutputStream()
				.write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
						+ "Content-Length: " + body.length + "\r\n\r\n")
					.getBytes(StandardCharsets.UTF_8));
			socket.getOutputStream().write(body);
			assertThat(socket.getInputStream().read()).isEqualTo('H');
		}
		assertThat(stopped).succeedsWithin(Duration.ofSeconds(10));
		SpanData chat = chatSpan();
		assertThat(chat.getAttributes().get(booleanKey("kosmos.cancelled"))).isTrue();
		assertThat(chat.getStatus()).isEqualTo(StatusData.unset());
		assertThat(chat.getAttributes().get(stringKey("kosmos.llm.finish_reason"))).isNull();
	}

	private Answer chat(boolean stream) {
		return this.gateway.streamedChat(request(stream));
	}

	private static String request(boolean stream) {
		return """
				{"model": "gpt-4o", "stream": %s, "messages": [{"role": "user", "content": "Hello"}]}"""
			.formatted(stream);
	}

	// The server's span, the span of the answer and the one of the call to the provider.
	private static SpanData chatSpan() {
		return RecordedSpans.await(3)
			.stream()
			.filter((span) -> span.getName().equals("chat gpt-4o"))
			.findFirst()
			.orElseThrow();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
