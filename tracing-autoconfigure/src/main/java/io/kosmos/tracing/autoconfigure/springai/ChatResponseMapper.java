package io.kosmos.tracing.autoconfigure.springai;

import java.util.List;
import java.util.Objects;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.autoconfigure.springai.SpringAiAutoConfiguration.ReasoningTokens;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.util.StringUtils;

/**
 * Reads the answers of Spring AI's chat and embedding models, whole and in chunks. Spring
 * AI says 0 for a number of tokens that the provider did not tell, which is left out.
 */
final class ChatResponseMapper implements ResultMapper {

	private final ReasoningTokens reasoningTokens;

	/**
	 * Create a mapper.
	 * @param reasoningTokens reads the tokens spent on reasoning out of what the provider
	 * itself says of usage
	 */
	ChatResponseMapper(ReasoningTokens reasoningTokens) {
		this.reasoningTokens = reasoningTokens;
	}

	@Override
	public @Nullable Attributes map(Object result) {
		if (result instanceof ChatResponse response) {
			AttributesBuilder attributes = Attributes.builder();
			put(attributes, GenAiAttributes.RESPONSE_ID, response.getMetadata().getId());
			put(attributes, GenAiAttributes.RESPONSE_MODEL, response.getMetadata().getModel());
			List<String> reasons = response.getResults()
				.stream()
				.map((generation) -> FinishReasons.conventional(generation.getMetadata().getFinishReason()))
				.filter(Objects::nonNull)
				.toList();
			if (!reasons.isEmpty()) {
				attributes.put(GenAiAttributes.RESPONSE_FINISH_REASONS, reasons);
			}
			put(attributes, response.getMetadata().getUsage());
			return attributes.build();
		}
		if (result instanceof EmbeddingResponse response) {
			AttributesBuilder attributes = Attributes.builder();
			put(attributes, GenAiAttributes.RESPONSE_MODEL, response.getMetadata().getModel());
			put(attributes, response.getMetadata().getUsage());
			return attributes.build();
		}
		return null;
	}

	private void put(AttributesBuilder attributes, @Nullable Usage usage) {
		if (usage == null) {
			return;
		}
		put(attributes, KosmosAttributes.LLM_PROMPT_TOKENS, usage.getPromptTokens());
		put(attributes, KosmosAttributes.LLM_COMPLETION_TOKENS, usage.getCompletionTokens());
		put(attributes, KosmosAttributes.LLM_TOTAL_TOKENS, usage.getTotalTokens());
		put(attributes, KosmosAttributes.LLM_CACHED_TOKENS, usage.getCacheReadInputTokens());
		Object told = usage.getNativeUsage();
		put(attributes, KosmosAttributes.LLM_REASONING_TOKENS, (told != null) ? this.reasoningTokens.of(told) : null);
	}

	private static void put(AttributesBuilder attributes, AttributeKey<Long> key, @Nullable Number tokens) {
		if (tokens != null && tokens.longValue() > 0) {
			attributes.put(key, tokens.longValue());
		}
	}

	private static void put(AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
		if (StringUtils.hasText(value)) {
			attributes.put(key, value);
		}
	}

	@Override
	public @Nullable List<GenAiMessage> input(Object argument) {
		return (argument instanceof Prompt prompt) ? Messages.of(prompt) : null;
	}

	@Override
	public @Nullable List<GenAiMessage> output(Object result) {
		return (result instanceof ChatResponse response) ? Messages.of(response) : null;
	}

}
