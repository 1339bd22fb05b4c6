package io.kosmos.samples.gateway;

import java.util.List;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.kosmos.samples.gateway.GatewayClient.Answer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway with its embedded model, seen by a caller.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "gateway.max-message-length=200")
@Import(RecordedSpans.class)
class EmbeddedGatewayTests {

	private static final Encoding encoding = Encodings.newDefaultEncodingRegistry()
		.getEncoding(EncodingType.O200K_BASE);

	private static final String QUESTION = "When should I change the oil of a screw compressor?";

	private static final String ANSWER = "Change the oil of a screw compressor every 4000 operating hours "
			+ "or once a year.";

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
	}

	@Test
	void shouldAnswerFromItsKnowledge() {
		Answer answer = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [{"role": "user", "content": "%s"}]}""".formatted(QUESTION));
		assertThat(answer.status()).isEqualTo(200);
		JsonNode json = answer.json();
		assertThat(json.propertyNames()).containsExactlyInAnyOrder("id", "object", "created", "model", "choices",
				"usage");
		assertThat(json.at("/id").asString()).startsWith("chatcmpl-");
		assertThat(json.at("/object").asString()).isEqualTo("chat.completion");
		assertThat(json.at("/created").asLong()).isCloseTo(System.currentTimeMillis() / 1000, Offset.offset(60L));
		assertThat(json.at("/model").asString()).isEqualTo("kosmos-mini");
		assertThat(json.at("/choices")).hasSize(1);
		assertThat(json.at("/choices/0/index").asInt()).isZero();
		assertThat(json.at("/choices/0/message/role").asString()).isEqualTo("assistant");
		assertThat(json.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
		assertThat(json.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
	}

	@Test
	void shouldCountTokens() {
		JsonNode usage = this.gateway
			.chat("""
					{"model": "kosmos-mini", "messages": [
						{"role": "system", "content": "Be brief."}, {"role": "user", "content": "%s"}]}"""
				.formatted(QUESTION))
			.json()
			.at("/usage");
		int prompt = 3 + 3 + encoding.countTokens("system") + encoding.countTokens("Be brief.") + 3
				+ encoding.countTokens("user") + encoding.countTokens(QUESTION);
		int completion = encoding.countTokens(ANSWER);
		assertThat(usage.at("/prompt_tokens").asInt()).isEqualTo(prompt);
		assertThat(usage.at("/completion_tokens").asInt()).isEqualTo(completion);
		assertThat(usage.at("/total_tokens").asInt()).isEqualTo(prompt + completion);
	}

	@Test
	void shouldAnswerFromTheContextOfTheRequest() {
		JsonNode json = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [
					{"role": "system", "content": "The compressor in hall 7 takes 40 litres of oil. It is blue."},
					{"role": "user", "content": "How much oil does the compressor in hall 7 take?"}]}""").json();
		assertThat(json.at("/choices/0/message/content").asString())
			.isEqualTo("The compressor in hall 7 takes 40 litres of oil.");
	}

	@Test
	void shouldAnswerTheLastQuestionOnly() {
		JsonNode json = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [
					{"role": "user", "content": "What does Zeus do?"},
					{"role": "assistant", "content": "Zeus is the agent that decides which route a request takes."},
					{"role": "user", "content": "And Athena?"}]}""").json();
		assertThat(json.at("/choices/0/message/content").asString()).startsWith("Athena is the agent");
	}

	@Test
	void shouldSaySoWhenItDoesNotKnow() {
		JsonNode json = this.gateway.chat("""
				{"model": "kosmos-large", "messages": [{"role": "user", "content": "Qwerty?"}]}""").json();
		assertThat(json.at("/choices/0/message/content").asString()).isEqualTo("I have no knowledge about that.");
	}

	@Test
	void whenModelIsLargeShouldSayMore() {
		JsonNode json = this.gateway.chat("""
				{"model": "kosmos-large", "messages": [{"role": "user", "content": "%s"}]}""".formatted(QUESTION))
			.json();
		assertThat(json.at("/model").asString()).isEqualTo("kosmos-large");
		assertThat(json.at("/choices/0/message/content").asString()).startsWith(ANSWER)
			.hasSizeGreaterThan(ANSWER.length());
	}

	@Test
	void shouldReadTheTextsAmongTheParts() {
		JsonNode json = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [{"role": "user", "content": [
					{"type": "image_url", "image_url": {"url": "data:,"}},
					{"type": "text", "text": "%s"}]}]}""".formatted(QUESTION)).json();
		assertThat(json.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
	}

	@ParameterizedTest
	@ValueSource(strings = { "max_tokens", "max_completion_tokens" })
	void whenTokensAreLimitedShouldStopEarly(String limit) {
		JsonNode json = this.gateway
			.chat("""
					{"model": "kosmos-mini", "%s": 5, "messages": [{"role": "user", "content": "%s"}]}"""
				.formatted(limit, QUESTION))
			.json();
		String content = json.at("/choices/0/message/content").asString();
		assertThat(content).isNotEmpty().isNotEqualTo(ANSWER);
		assertThat(ANSWER).startsWith(content);
		assertThat(encoding.countTokens(content)).isEqualTo(5);
		assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(5);
		assertThat(json.at("/choices/0/finish_reason").asString()).isEqualTo("length");
	}

	@Test
	void whenContentLooksLikeAControlTokenShouldCountItAsText() {
		Answer answer = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [{"role": "user", "content": "What is <|endoftext|>?"}]}""");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.json().at("/usage/prompt_tokens").asInt())
			.isEqualTo(3 + 3 + encoding.countTokens("user") + encoding.countTokensOrdinary("What is <|endoftext|>?"));
	}

	@Test
	void shouldStreamTheSameAnswer() {
		Answer answer = this.gateway.streamedChat("""
				{"model": "kosmos-mini", "stream": true, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(QUESTION));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
		assertThat(answer.events()).last().isEqualTo("[DONE]");
		List<JsonNode> chunks = answer.chunks();
		assertThat(chunks).hasSizeGreaterThan(3).allSatisfy((chunk) -> {
			assertThat(chunk.at("/id")).isEqualTo(chunks.get(0).at("/id"));
			assertThat(chunk.at("/object").asString()).isEqualTo("chat.completion.chunk");
			assertThat(chunk.at("/model").asString()).isEqualTo("kosmos-mini");
			assertThat(chunk.at("/choices")).hasSize(1);
			assertThat(chunk.has("usage")).isFalse();
		});
		assertThat(chunks.get(0).at("/choices/0/delta/role").asString()).isEqualTo("assistant");
		assertThat(chunks.get(0).at("/choices/0/finish_reason").isNull()).isTrue();
		assertThat(answer.streamedContent()).isEqualTo(ANSWER);
		assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
	}

	@Test
	void whenUsageIsWantedShouldStreamItLast() {
		Answer answer = this.gateway.streamedChat("""
				{"model": "kosmos-mini", "stream": true, "stream_options": {"include_usage": true},
				"messages": [{"role": "user", "content": "%s"}]}""".formatted(QUESTION));
		List<JsonNode> chunks = answer.chunks();
		JsonNode last = chunks.get(chunks.size() - 1);
		assertThat(last.at("/choices").isArray()).isTrue();
		assertThat(last.at("/choices")).isEmpty();
		assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(encoding.countTokens(ANSWER));
		assertThat(last.at("/usage/prompt_tokens").asInt())
			.isEqualTo(3 + 3 + encoding.countTokens("user") + encoding.countTokens(QUESTION));
		assertThat(answer.events()).last().isEqualTo("[DONE]");
		assertThat(answer.streamedContent()).isEqualTo(ANSWER);
	}

	@Test
	void shouldListModels() {
		JsonNode json = this.gateway.get("/v1/models").json();
		assertThat(json.at("/object").asString()).isEqualTo("list");
		assertThat(json.at("/data")).extracting((model) -> model.at("/id").asString())
			.containsExactly("kosmos-large", "kosmos-mini", "kosmos-embed", "atlas-large", "atlas-mini");
		assertThat(json.at("/data")).allSatisfy((model) -> {
			assertThat(model.at("/object").asString()).isEqualTo("model");
			assertThat(model.at("/owned_by").asString()).isEqualTo(model.at("/id").asString().split("-")[0]);
			assertThat(model.at("/created").asLong()).isPositive();
		});
	}

	@ParameterizedTest
	@CsvSource({ "false", "true" })
	void whenModelIsUnknownShouldAnswer404(boolean stream) {
		Answer answer = this.gateway.streamedChat("""
				{"model": "gpt-99", "stream": %s, "messages": [{"role": "user", "content": "Hello"}]}"""
			.formatted(stream));
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.header("Content-Type")).startsWith("application/json");
		assertThat(answer.json().toString()).isEqualTo("""
				{"error":{"message":"The model 'gpt-99' does not exist","type":"invalid_request_error",\
				"param":"model","code":"model_not_found"}}""");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
							{"model": "kosmos-mini"}                                                    | messages
							{"model": "kosmos-mini", "messages": []}                                    | messages
							{"messages": [{"role": "user", "content": "Hello"}]}                        | model
							{"model": " ", "messages": [{"role": "user", "content": "Hello"}]}          | model
							{"model": "kosmos-mini", "messages": [{"content": "Hello"}]}                | messages[0].role
							{"model": "kosmos-mini", "messages": [null]}                                | messages[0].role
							{"model": "kosmos-mini", "messages": [{"role": "user"}]}                    | messages[0].content
							{"model": "kosmos-mini", "messages": [{"role": "user", "content": 5}]}      | messages[0].content
							{"model": "kosmos-mini", "messages": [{"role": "user", "tool_calls": [null]}]} | messages[0].tool_calls
					{"model": "kosmos-mini", "messages": [{"role": "tool", "content": "5"}]}    | messages[0].tool_call_id
							{"model": "kosmos-mini", "messages": [{"role": "user", "content": "Hi"}], "tools": [{}]}   | tools[0].type
							{"model": "kosmos-mini", "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function"}]} | tools[0].function.name
							{"model": "kosmos-mini", "max_completion_tokens": 0, "messages": [{"role": "user", "content": "Hi"}]} | max_completion_tokens
							{"model": "kosmos-mini", "max_tokens": 0, "messages": [{"role": "user", "content": "Hi"}]} | max_tokens
							""")
	void whenRequestIsInvalidShouldAnswer400(String body, String param) {
		Answer answer = this.gateway.chat(body);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
		assertThat(answer.json().at("/error/param").asString()).isEqualTo(param);
		assertThat(answer.json().at("/error/message").asString()).startsWith(param);
	}

	@Test
	void whenMessageIsTooLongShouldAnswer400() {
		Answer answer = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [
					{"role": "user", "content": "%s"}, {"role": "user", "content": "%s"}]}""".formatted("x".repeat(200),
				"x".repeat(201)));
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/message").asString())
			.isEqualTo("messages[1].content has 201 characters, at most 200 are accepted");
	}

	@Test
	void whenBodyIsNoJsonShouldAnswer400() {
		Answer answer = this.gateway.streamedChat("{\"model\": ");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
		assertThat(answer.json().at("/error/message").asString()).isNotEmpty();
	}

	@Test
	void whenMethodIsWrongShouldAnswer405() {
		Answer answer = this.gateway.get("/v1/chat/completions");
		assertThat(answer.status()).isEqualTo(405);
		assertThat(answer.json().at("/error/type").asString()).isEqualTo("invalid_request_error");
	}

	@Test
	void shouldTellItsHealth() {
		assertThat(this.gateway.get("/actuator/health").json().at("/status").asString()).isEqualTo("UP");
	}

}
