package io.kosmos.samples.gateway;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An embedded model that is slow and fails in the middle of longer answers.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "gateway.embedded.chunk-delay=20ms", "gateway.embedded.fail-after-chunks=8" })
@Import(RecordedSpans.class)
class FaultTests {

	private static final String QUESTION = "Who decides which route a request takes?";

	@LocalServerPort
	private int port;

	private String baseUrl;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.baseUrl = "http://localhost:%d/v1".formatted(this.port);
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@Test
	void shouldBreakTheStreamAsARealProviderDoes() {
		Answer answer = chat(QUESTION, true);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.streamedContent()).isEqualTo("Zeus is the agent that decides which ");
		assertThat(answer.events()).hasSize(9).last().asString().contains("\"code\":\"upstream_error\"");
		assertFailed();
	}

	@Test
	void shouldBreakTheStreamForSpringAi() {
		OpenAiChatModel model = OpenAiChatModel.builder()
			.options(OpenAiChatOptions.builder().baseUrl(this.baseUrl).apiKey("none").model("kosmos-mini").build())
			.build();
		List<String> texts = new CopyOnWriteArrayList<>();
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> model.stream(new Prompt(QUESTION))
				.doOnNext((response) -> texts.add(response.getResult().getOutput().getText()))
				.blockLast())
			.withMessageContaining("The provider failed while it was answering");
		assertThat(String.join("", texts)).isEqualTo("Zeus is the agent that decides which ");
	}

	// LangChain4j passes over events that are errors: what is missing is all it tells.
	@Test
	void shouldBreakTheStreamForLangChain4j() {
		OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
			.baseUrl(this.baseUrl)
			.apiKey("none")
			.modelName("kosmos-mini")
			.build();
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		model.chat(QUESTION, new StreamingChatResponseHandler() {

			@Override
			public void onCompleteResponse(ChatResponse response) {
				end.complete(response);
			}

			@Override
			public void onError(Throwable error) {
				end.completeExceptionally(error);
			}

		});
		assertThat(end).succeedsWithin(Duration.ofSeconds(10)).satisfies((response) -> {
			assertThat(response.aiMessage().text()).isEqualTo("Zeus is the agent that decides which ");
			assertThat(response.finishReason()).isNull();
			assertThat(response.tokenUsage()).isNull();
		});
	}

	@Test
	void shouldFailTheWholeAnswer() {
		Answer answer = chat(QUESTION, false);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("upstream_error");
		assertFailed();
	}

	// A beginning, six words and an end.
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAnswerIsShortShouldBeSlowOnly(boolean stream) {
		Answer answer = chat("Qwerty?", stream);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(stream ? answer.streamedContent() : answer.json().at("/choices/0/message/content").asString())
			.isEqualTo("I have no knowledge about that.");
		SpanData chat = RecordedSpans.await(2).get(0);
		assertThat(chat.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
		assertThat(Duration.ofNanos(chat.getEndEpochNanos() - chat.getStartEpochNanos()))
			.isGreaterThanOrEqualTo(Duration.ofMillis(8 * 20));
	}

	private Answer chat(String question, boolean stream) {
		return this.gateway.chat("""
				{"model": "kosmos-mini", "stream": %s, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(stream, question));
	}

	private static void assertFailed() {
		SpanData chat = RecordedSpans.await(2).get(0);
		assertThat(chat.getName()).isEqualTo("chat kosmos-mini");
		assertThat(chat.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
	}

}
