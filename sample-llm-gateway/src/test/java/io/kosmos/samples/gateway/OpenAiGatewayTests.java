package io.kosmos.samples.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The gateway in front of a server that speaks OpenAI's language: a second gateway.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(RecordedSpans.class)
class OpenAiGatewayTests {

	private static final String QUESTION = "Who decides which route a request takes?";

	private static final String ANSWER = "Zeus is the agent that decides which route a request takes.";

	private static ConfigurableApplicationContext upstream;

	private static GatewayClient upstreamClient;

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@DynamicPropertySource
	static void startUpstream(DynamicPropertyRegistry registry) {
		upstream = new SpringApplicationBuilder(GatewayApplication.class, RecordedSpans.class).run("--server.port=0");
		int port = upstream.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		upstreamClient = new GatewayClient(port);
		registry.add("gateway.providers", () -> "openai");
		registry.add("gateway.openai.base-url", () -> "http://localhost:" + port + "/v1");
		registry.add("gateway.openai.models", () -> "kosmos-mini,withdrawn");
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
	void shouldPassTheAnswerOn() {
		String request = """
				{"model": "kosmos-mini", "top_p": 0.5, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(QUESTION);
		Answer answer = this.gateway.chat(request);
		assertThat(answer.status()).isEqualTo(200);
		JsonNode json = answer.json();
		assertThat(json.at("/id").asString()).startsWith("chatcmpl-");
		assertThat(json.at("/object").asString()).isEqualTo("chat.completion");
		assertThat(json.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
		JsonNode direct = upstreamClient.chat(request).json();
		assertThat(json.at("/choices")).isEqualTo(direct.at("/choices"));
		assertThat(json.at("/usage")).isEqualTo(direct.at("/usage"));
	}

	@Test
	void shouldStreamTheAnswer() {
		Answer answer = this.gateway.streamedChat("""
				{"model": "kosmos-mini", "stream": true, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(QUESTION));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
		assertThat(answer.streamedContent()).isEqualTo(ANSWER);
		assertThat(answer.chunks()).hasSizeGreaterThan(3)
			.allSatisfy((chunk) -> assertThat(chunk.has("usage")).isFalse());
		assertThat(answer.events()).last().isEqualTo("[DONE]");
	}

	@Test
	void whenUsageIsWantedShouldStreamItLast() {
		Answer answer = this.gateway.streamedChat("""
				{"model": "kosmos-mini", "stream": true, "stream_options": {"include_usage": true},
				"messages": [{"role": "user", "content": "%s"}]}""".formatted(QUESTION));
		List<JsonNode> chunks = answer.chunks();
		JsonNode last = chunks.get(chunks.size() - 1);
		assertThat(last.at("/choices")).isEmpty();
		assertThat(last.at("/usage/total_tokens").asInt()).isPositive();
		assertThat(answer.events()).last().isEqualTo("[DONE]");
	}

	@Test
	void shouldListTheConfiguredModels() {
		assertThat(this.gateway.get("/v1/models").json().at("/data"))
			.extracting((model) -> model.at("/id").asString(), (model) -> model.at("/owned_by").asString())
			.containsExactly(tuple("kosmos-mini", "openai"), tuple("withdrawn", "openai"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenUpstreamDoesNotKnowTheModelShouldAnswer404(boolean stream) {
		Answer answer = this.gateway.streamedChat("""
				{"model": "withdrawn", "stream": %s, "messages": [{"role": "user", "content": "Hello"}]}"""
			.formatted(stream));
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("model_not_found");
		assertThat(RecordedSpans.await(4)).extracting(SpanData::getName)
			.containsExactlyInAnyOrder("http post /v1/chat/completions", "http post", "chat withdrawn",
					"http post /v1/chat/completions");
	}

	@Test
	void whenModelIsNotOfferedShouldNotAskUpstream() {
		Answer answer = this.gateway.chat("""
				{"model": "kosmos-large", "messages": [{"role": "user", "content": "Hello"}]}""");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(RecordedSpans.await(1)).extracting(SpanData::getName)
			.containsExactly("http post /v1/chat/completions");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void shouldTraceThroughBothGateways(boolean stream) {
		this.gateway.chat("""
				{"model": "kosmos-mini", "stream": %s, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(stream, QUESTION));
		List<SpanData> spans = RecordedSpans.await(5);
		assertThat(spans).hasSize(5).extracting(SpanData::getTraceId).containsOnly(spans.get(0).getTraceId());
		SpanData server = child(spans, "0000000000000000");
		SpanData chat = child(spans, server.getSpanId());
		SpanData call = child(spans, chat.getSpanId());
		SpanData upstreamServer = child(spans, call.getSpanId());
		SpanData upstreamChat = child(spans, upstreamServer.getSpanId());
		assertThat(List.of(server, chat, call, upstreamServer, upstreamChat)).extracting(SpanData::getKind)
			.containsExactly(SpanKind.SERVER, SpanKind.CLIENT, SpanKind.CLIENT, SpanKind.SERVER, SpanKind.CLIENT);
		assertThat(chat.getName()).isEqualTo("chat kosmos-mini");
		assertThat(upstreamChat.getName()).isEqualTo("chat kosmos-mini");
		Map<String, Object> attributes = attributes(chat);
		assertThat(attributes).containsEntry("gen_ai.provider.name", "openai");
		Map<String, Object> upstreamAttributes = attributes(upstreamChat);
		assertThat(upstreamAttributes).containsEntry("gen_ai.provider.name", "kosmos");
		assertThat(attributes).doesNotContainKey("kosmos.llm.cost");
		assertThat(upstreamAttributes).containsKey("kosmos.llm.cost");
		List<String> different = List.of("gen_ai.provider.name", "kosmos.llm.provider", "kosmos.llm.cost",
				"kosmos.llm.cost_currency", "kosmos.llm.time_to_first_chunk", "gen_ai.response.time_to_first_chunk");
		attributes.keySet().removeAll(different);
		upstreamAttributes.keySet().removeAll(different);
		assertThat(attributes).isEqualTo(upstreamAttributes).containsKey("gen_ai.usage.output_tokens");
		assertThat(call.getEndEpochNanos()).isLessThanOrEqualTo(chat.getEndEpochNanos());
	}

	private static SpanData child(List<SpanData> spans, String parentId) {
		return spans.stream().filter((span) -> span.getParentSpanId().equals(parentId)).reduce((one, other) -> {
			throw new AssertionError("Two children of " + parentId + ": " + spans);
		}).orElseThrow(() -> new AssertionError("No child of " + parentId + ": " + spans));
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new HashMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

}
