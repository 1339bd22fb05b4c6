package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.List;
import java.util.Locale;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ResultMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Reads what the models of LangChain4j answer.
 */
final class ResponseMapper implements ResultMapper {

	private static final boolean OPEN_AI = ClassUtils.isPresent("dev.langchain4j.model.openai.OpenAiTokenUsage",
			ResponseMapper.class.getClassLoader());

	@Override
	public @Nullable Attributes map(Object result) {
		AttributesBuilder attributes = Attributes.builder();
		if (result instanceof ChatResponse response) {
			put(attributes, GenAiAttributes.RESPONSE_ID, response.id());
			put(attributes, GenAiAttributes.RESPONSE_MODEL, response.modelName());
			putFinishReason(attributes, response.finishReason());
			putUsage(attributes, response.tokenUsage());
		}
		else if (result instanceof EmbeddingResponse response) {
			put(attributes, GenAiAttributes.RESPONSE_MODEL, response.metadata().modelName());
			putUsage(attributes, response.metadata().tokenUsage());
		}
		else if (result instanceof Response<?> response) {
			putFinishReason(attributes, response.finishReason());
			putUsage(attributes, response.tokenUsage());
		}
		else {
			return null;
		}
		return attributes.build();
	}

	@Override
	public @Nullable List<GenAiMessage> input(Object argument) {
		if (argument instanceof ChatRequest request) {
			return Messages.of(request.messages());
		}
		return (argument instanceof ChatMessage message) ? Messages.of(List.of(message)) : null;
	}

	@Override
	public @Nullable List<GenAiMessage> output(Object result) {
		return (result instanceof ChatResponse response)
				? List.of(Messages.of(response.aiMessage(), finishReason(response.finishReason()))) : null;
	}

	private static void putFinishReason(AttributesBuilder attributes, @Nullable FinishReason reason) {
		String name = finishReason(reason);
		if (name != null) {
			attributes.put(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of(name));
		}
	}

	private static @Nullable String finishReason(@Nullable FinishReason reason) {
		if (reason == null) {
			return null;
		}
		return (reason == FinishReason.TOOL_EXECUTION) ? "tool_calls" : reason.name().toLowerCase(Locale.ROOT);
	}

	private static void putUsage(AttributesBuilder attributes, @Nullable TokenUsage usage) {
		if (usage == null) {
			return;
		}
		putCount(attributes, KosmosAttributes.LLM_PROMPT_TOKENS, usage.inputTokenCount());
		putCount(attributes, KosmosAttributes.LLM_COMPLETION_TOKENS, usage.outputTokenCount());
		putCount(attributes, KosmosAttributes.LLM_TOTAL_TOKENS, usage.totalTokenCount());
		if (OPEN_AI) {
			OpenAi.putUsage(attributes, usage);
		}
	}

	private static void putCount(AttributesBuilder attributes, AttributeKey<Long> key, @Nullable Integer count) {
		put(attributes, key, (count != null) ? count.longValue() : null);
	}

	private static <T> void put(AttributesBuilder attributes, AttributeKey<T> key, @Nullable T value) {
		if (value != null) {
			attributes.put(key, value);
		}
	}

	/**
	 * What only OpenAI's models tell. Loaded only where their classes are.
	 */
	private static final class OpenAi {

		private static void putUsage(AttributesBuilder attributes, TokenUsage usage) {
			if (usage instanceof OpenAiTokenUsage details) {
				if (details.inputTokensDetails() != null) {
					putCount(attributes, KosmosAttributes.LLM_CACHED_TOKENS,
							details.inputTokensDetails().cachedTokens());
				}
				if (details.outputTokensDetails() != null) {
					putCount(attributes, KosmosAttributes.LLM_REASONING_TOKENS,
							details.outputTokensDetails().reasoningTokens());
				}
			}
		}

	}

}
