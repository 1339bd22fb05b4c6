package io.kosmos.samples.gateway;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The gateway, seen by LangChain4j.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class LangChain4jClientTests {

	private static final String QUESTION = "Who decides which route a request takes?";

	private static final String ANSWER = "Zeus is the agent that decides which route a request takes.";

	private static final String TWO_TOOLS = "What is the weather in Berlin, and the status of pump 7?";

	@LocalServerPort
	private int port;

	private String baseUrl;

	private OpenAiChatModel model;

	private OpenAiStreamingChatModel streamingModel;

	@BeforeEach
	void setUp() {
		this.baseUrl = "http://localhost:%d/v1".formatted(this.port);
		this.model = model("kosmos-mini");
		this.streamingModel = streamingModel("kosmos-mini");
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos-mini", "atlas-mini" })
	void shouldCall(String name) {
		ChatResponse response = model(name).chat(UserMessage.from(QUESTION));
		assertThat(response.aiMessage().text()).startsWith(ANSWER);
		assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(response.modelName()).isEqualTo(name);
		assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(15);
		assertThat(response.tokenUsage().outputTokenCount()).isGreaterThanOrEqualTo(13);
	}

	@Test
	void shouldStream() {
		Streamed streamed = new Streamed();
		this.streamingModel.chat(QUESTION, streamed);
		ChatResponse response = streamed.await();
		assertThat(streamed.text).hasToString(ANSWER);
		assertThat(response.aiMessage().text()).isEqualTo(ANSWER);
		assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(response.tokenUsage().totalTokenCount()).isEqualTo(28);
	}

	@Test
	void shouldReceiveToolCalls() {
		ChatRequest request = ChatRequest.builder()
			.messages(UserMessage.from(TWO_TOOLS))
			.toolSpecifications(ToolSpecifications.toolSpecificationsFrom(Machines.class))
			.build();
		ChatResponse response = this.model.chat(request);
		assertThat(response.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
		assertThat(response.aiMessage().text()).isNull();
		List<ToolExecutionRequest> calls = response.aiMessage().toolExecutionRequests();
		assertThat(calls).extracting(ToolExecutionRequest::name).containsExactlyInAnyOrder("weather", "pumpStatus");
		assertThat(calls).extracting(ToolExecutionRequest::id).doesNotHaveDuplicates();

		Streamed streamed = new Streamed();
		this.streamingModel.chat(request, streamed);
		ChatResponse streamedResponse = streamed.await();
		assertThat(streamedResponse.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
		assertThat(streamedResponse.aiMessage().toolExecutionRequests())
			.usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
			.isEqualTo(calls);
	}

	@Test
	void whenAToolIsRequiredShouldReceiveACall() {
		ChatResponse response = this.model.chat(ChatRequest.builder()
			.messages(UserMessage.from("Qwerty?"))
			.toolSpecifications(ToolSpecifications.toolSpecificationsFrom(Machines.class))
			.toolChoice(ToolChoice.REQUIRED)
			.build());
		assertThat(response.aiMessage().toolExecutionRequests()).hasSize(1);
	}

	@Test
	void shouldAnswerWithWhatTheToolsSay() {
		Assistant assistant = AiServices.builder(Assistant.class).chatModel(this.model).tools(new Machines()).build();
		assertThat(assistant.ask(TWO_TOOLS)).contains("weather: 21 degrees in Berlin", "pumpStatus: pump 7 runs true");
	}

	@Test
	void shouldStreamWhatTheToolsSay() {
		StreamingAssistant assistant = AiServices.builder(StreamingAssistant.class)
			.streamingChatModel(this.streamingModel)
			.tools(new Machines())
			.build();
		CompletableFuture<ChatResponse> end = new CompletableFuture<>();
		assistant.ask(TWO_TOOLS).onPartialResponse((part) -> {
		}).onCompleteResponse(end::complete).onError(end::completeExceptionally).start();
		assertThat(end).succeedsWithin(Duration.ofSeconds(10))
			.satisfies((response) -> assertThat(response.aiMessage().text()).contains("weather: 21 degrees in Berlin",
					"pumpStatus: pump 7 runs true"));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "float", "base64" })
	void shouldEmbed(String format) {
		OpenAiEmbeddingModel embeddings = OpenAiEmbeddingModel.builder()
			.baseUrl(this.baseUrl)
			.apiKey("none")
			.modelName("kosmos-embed")
			.encodingFormat(format)
			.build();
		Response<List<Embedding>> response = embeddings
			.embedAll(List.of(TextSegment.from("Zeus"), TextSegment.from("Athena")));
		assertThat(response.content()).extracting(Embedding::vector)
			.containsExactly(TextVector.of("Zeus", 256).values(), TextVector.of("Athena", 256).values());
		assertThat(response.tokenUsage().inputTokenCount()).isPositive();
	}

	@Test
	void shouldLearnThatAModelIsUnknown() {
		assertThatExceptionOfType(ModelNotFoundException.class)
			.isThrownBy(() -> model("gpt-99").chat(UserMessage.from(QUESTION)))
			.withMessageContaining("The model 'gpt-99' does not exist");
		Streamed streamed = new Streamed();
		streamingModel("gpt-99").chat(QUESTION, streamed);
		assertThat(streamed.end).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(ModelNotFoundException.class);
	}

	@Test
	void shouldLearnThatARequestIsInvalid() {
		OpenAiChatModel limited = OpenAiChatModel.builder()
			.baseUrl(this.baseUrl)
			.apiKey("none")
			.modelName("kosmos-mini")
			.maxCompletionTokens(0)
			.build();
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> limited.chat(QUESTION))
			.withMessageContaining("max_completion_tokens must be at least 1");
	}

	private OpenAiChatModel model(String name) {
		return OpenAiChatModel.builder().baseUrl(this.baseUrl).apiKey("none").modelName(name).build();
	}

	private OpenAiStreamingChatModel streamingModel(String name) {
		return OpenAiStreamingChatModel.builder().baseUrl(this.baseUrl).apiKey("none").modelName(name).build();
	}

	interface Assistant {

		String ask(String question);

	}

	interface StreamingAssistant {

		TokenStream ask(String question);

	}

	static class Machines {

		@Tool("Current weather of a city")
		String weather(@P("Name of the city") String city) {
			return "21 degrees in " + city;
		}

		@Tool("How a pump is doing")
		String pumpStatus(@P("number of the pump") int number, @P("whether at this moment") boolean now) {
			return "pump %d runs %s".formatted(number, now);
		}

		@Tool("Zeus himself")
		String thunder() {
			throw new IllegalStateException("Nobody asked for thunder");
		}

	}

	private static final class Streamed implements StreamingChatResponseHandler {

		private final StringBuffer text = new StringBuffer();

		private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

		@Override
		public void onPartialResponse(String part) {
			this.text.append(part);
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			this.end.complete(response);
		}

		@Override
		public void onError(Throwable error) {
			this.end.completeExceptionally(error);
		}

		ChatResponse await() {
			assertThat(this.end).succeedsWithin(Duration.ofSeconds(10));
			return this.end.join();
		}

	}

}
