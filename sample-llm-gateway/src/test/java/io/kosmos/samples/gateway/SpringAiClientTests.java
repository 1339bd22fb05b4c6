package io.kosmos.samples.gateway;

import java.util.List;
import java.util.stream.Collectors;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The gateway, seen by Spring AI, which speaks through OpenAI's own client.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SpringAiClientTests {

	private static final String QUESTION = "Who decides which route a request takes?";

	private static final String ANSWER = "Zeus is the agent that decides which route a request takes.";

	private static final String TWO_TOOLS = "What is the weather in Berlin, and the status of pump 7?";

	@LocalServerPort
	private int port;

	private String baseUrl;

	private OpenAiChatModel model;

	@BeforeEach
	void setUp() {
		this.baseUrl = "http://localhost:%d/v1".formatted(this.port);
		this.model = model("kosmos-mini");
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos-mini", "atlas-mini" })
	void shouldCall(String name) {
		ChatResponse response = model(name).call(new Prompt(QUESTION));
		assertThat(response.getResult().getOutput().getText()).startsWith(ANSWER);
		assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
		assertThat(response.getMetadata().getModel()).isEqualTo(name);
		assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(15);
		assertThat(response.getMetadata().getUsage().getCompletionTokens()).isGreaterThanOrEqualTo(13);
	}

	@Test
	void shouldStream() {
		List<ChatResponse> responses = this.model.stream(new Prompt(QUESTION)).collectList().block();
		assertThat(responses).hasSizeGreaterThan(5);
		assertThat(text(responses)).isEqualTo(ANSWER);
		assertThat(responses.get(responses.size() - 1).getMetadata().getUsage().getTotalTokens()).isEqualTo(28);
	}

	@Test
	void shouldReceiveToolCalls() {
		Prompt prompt = new Prompt(TWO_TOOLS,
				this.model.getOptions().mutate().toolCallbacks(ToolCallbacks.from(new Machines())).build());
		ChatResponse response = this.model.call(prompt);
		assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("TOOL_CALLS");
		List<ToolCall> calls = response.getResult().getOutput().getToolCalls();
		assertThat(calls).extracting(ToolCall::name).containsExactlyInAnyOrder("weather", "pumpStatus");
		assertThat(calls).extracting(ToolCall::type).containsOnly("function");
		assertThat(calls).extracting(ToolCall::id).doesNotHaveDuplicates();

		List<ChatResponse> streamed = this.model.stream(prompt).collectList().block();
		assertThat(streamed)
			.flatMap((chunk) -> (chunk.getResult() != null) ? chunk.getResult().getOutput().getToolCalls() : List.of())
			.extracting(ToolCall::name, ToolCall::arguments)
			.containsExactlyInAnyOrderElementsOf(
					calls.stream().map((call) -> tuple(call.name(), call.arguments())).toList());
	}

	@Test
	void shouldAnswerWithWhatTheToolsSay() {
		Machines machines = new Machines();
		String content = ChatClient.create(this.model).prompt(TWO_TOOLS).tools(machines).call().content();
		assertThat(content).contains("21 degrees in Berlin", "pump 7 runs true");
	}

	@Test
	void shouldStreamWhatTheToolsSay() {
		String content = ChatClient.create(this.model)
			.prompt(TWO_TOOLS)
			.tools(new Machines())
			.stream()
			.content()
			.collect(Collectors.joining())
			.block();
		assertThat(content).contains("21 degrees in Berlin", "pump 7 runs true");
	}

	@Test
	void shouldEmbed() {
		OpenAiEmbeddingModel embeddings = OpenAiEmbeddingModel.builder()
			.options(
					OpenAiEmbeddingOptions.builder().baseUrl(this.baseUrl).apiKey("none").model("kosmos-embed").build())
			.build();
		EmbeddingResponse response = embeddings.call(new EmbeddingRequest(List.of("Zeus", "Athena"), null));
		assertThat(response.getResults()).hasSize(2)
			.allSatisfy((embedding) -> assertThat(embedding.getOutput()).hasSize(256).contains(1.0f));
		assertThat(response.getResult().getOutput()).isEqualTo(TextVector.of("Zeus", 256).values());
		assertThat(response.getMetadata().getModel()).isEqualTo("kosmos-embed");
		assertThat(response.getMetadata().getUsage().getPromptTokens()).isPositive();
	}

	@Test
	void shouldLearnThatAModelIsUnknown() {
		OpenAiChatModel unknown = model("gpt-99");
		assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> unknown.call(new Prompt(QUESTION)))
			.satisfies((ex) -> assertThat(ex.code()).contains("model_not_found"))
			.withMessageContaining("The model 'gpt-99' does not exist");
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> unknown.stream(new Prompt(QUESTION)).collectList().block())
			.withMessageContaining("The model 'gpt-99' does not exist");
	}

	@Test
	void shouldLearnThatARequestIsInvalid() {
		Prompt prompt = new Prompt(QUESTION, this.model.getOptions().mutate().toolChoice("required").build());
		assertThatExceptionOfType(BadRequestException.class).isThrownBy(() -> this.model.call(prompt));
	}

	private OpenAiChatModel model(String name) {
		return OpenAiChatModel.builder()
			.options(OpenAiChatOptions.builder()
				.baseUrl(this.baseUrl)
				.apiKey("none")
				.model(name)
				.streamUsage(true)
				.build())
			.build();
	}

	private static String text(List<ChatResponse> responses) {
		return responses.stream()
			.filter((response) -> response.getResult() != null)
			.map((response) -> response.getResult().getOutput().getText())
			.collect(Collectors.joining());
	}

	static class Machines {

		@Tool(description = "Current weather of a city")
		String weather(@ToolParam(description = "Name of the city") String city) {
			return "21 degrees in " + city;
		}

		@Tool(description = "How a pump is doing")
		String pumpStatus(int number, boolean now) {
			return "pump %d runs %s".formatted(number, now);
		}

		@Tool(description = "Zeus himself")
		String thunder() {
			throw new IllegalStateException("Nobody asked for thunder");
		}

	}

}
