package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.List;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseMapperTests {

	private static final ToolExecutionRequest SEARCH = ToolExecutionRequest.builder()
		.id("call_1")
		.name("search")
		.arguments("{}")
		.build();

	private final ResponseMapper mapper = new ResponseMapper();

	@Test
	void shouldReadAllThatAResponseTells() {
		ChatResponse response = ChatResponse.builder()
			.aiMessage(AiMessage.from("Here"))
			.id("1")
			.modelName("gpt-4o-2024-08-06")
			.finishReason(FinishReason.TOOL_EXECUTION)
			.tokenUsage(OpenAiTokenUsage.builder()
				.inputTokenCount(10)
				.inputTokensDetails(OpenAiTokenUsage.InputTokensDetails.builder().cachedTokens(4).build())
				.outputTokenCount(5)
				.outputTokensDetails(OpenAiTokenUsage.OutputTokensDetails.builder().reasoningTokens(2).build())
				.totalTokenCount(15)
				.build())
			.build();
		assertThat(this.mapper.map(response)).isEqualTo(Attributes.builder()
			.put(GenAiAttributes.RESPONSE_ID, "1")
			.put(GenAiAttributes.RESPONSE_MODEL, "gpt-4o-2024-08-06")
			.put(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("tool_calls"))
			.put(KosmosAttributes.LLM_PROMPT_TOKENS, 10L)
			.put(KosmosAttributes.LLM_COMPLETION_TOKENS, 5L)
			.put(KosmosAttributes.LLM_TOTAL_TOKENS, 15L)
			.put(KosmosAttributes.LLM_CACHED_TOKENS, 4L)
			.put(KosmosAttributes.LLM_REASONING_TOKENS, 2L)
			.build());
	}

	@Test
	void shouldLeaveOutWhatAResponseDoesNotTell() {
		assertThat(this.mapper.map(ChatResponse.builder().aiMessage(AiMessage.from("Here")).build()))
			.isEqualTo(Attributes.empty());
		assertThat(this.mapper.map(Response.from("any", new TokenUsage(7, null, null))))
			.isEqualTo(Attributes.of(KosmosAttributes.LLM_PROMPT_TOKENS, 7L));
	}

	@Test
	void shouldNotKnowOtherResults() {
		assertThat(this.mapper.map("text")).isNull();
		assertThat(this.mapper.input("text")).isNull();
		assertThat(this.mapper.output("text")).isNull();
	}

	@Test
	void shouldPutMessagesIntoTheShapeOfTheConventions() {
		ChatRequest request = ChatRequest.builder()
			.messages(SystemMessage.from("Be brief"), UserMessage.from("Where?"), AiMessage.from(SEARCH),
					ToolExecutionResultMessage.from(SEARCH, "page 5"))
			.build();
		assertThat(this.mapper.input(request)).containsExactly(GenAiMessage.of("system", "Be brief"),
				GenAiMessage.of("user", "Where?"),
				new GenAiMessage("assistant", List.of(new GenAiMessage.ToolCall("call_1", "search", "{}")), null),
				new GenAiMessage("tool", List.of(new GenAiMessage.ToolResponse("call_1", "page 5")), null));
		assertThat(this.mapper
			.output(ChatResponse.builder().aiMessage(AiMessage.from("Here")).finishReason(FinishReason.STOP).build()))
			.containsExactly(new GenAiMessage("assistant", List.of(new GenAiMessage.Text("Here")), "stop"));
	}

	@Test
	void shouldNameProvidersAsTheConventionsDo() {
		assertThat(List.of(ModelProvider.OPEN_AI, ModelProvider.ANTHROPIC, ModelProvider.AMAZON_BEDROCK,
				ModelProvider.GOOGLE_AI_GEMINI, ModelProvider.MISTRAL_AI, ModelProvider.WATSONX, ModelProvider.OTHER)
			.stream()
			.map(Provider::name)).containsExactly("openai", "anthropic", "aws.bedrock", "gcp.gemini", "mistral_ai",
					"ibm.watsonx.ai", "_OTHER");
	}

}
