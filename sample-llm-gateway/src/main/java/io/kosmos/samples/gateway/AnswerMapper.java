package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Objects;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ResultMapper;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Tells what answers, chunks of answers and embeddings say about themselves. Used for the
 * spans of models by itself, because it is a bean. What the provider did not tell stays
 * off the span.
 */
@Component
class AnswerMapper implements ResultMapper {

	@Override
	public @Nullable Attributes map(Object result) {
		if (result instanceof ChatCompletion completion) {
			return attributes(completion.id(), completion.model(), completion.usage(),
					completion.choices()
						.stream()
						.map(ChatCompletion.Choice::finishReason)
						.filter(Objects::nonNull)
						.toList());
		}
		if (result instanceof ChatCompletionChunk chunk) {
			return attributes(chunk.id(), chunk.model(), chunk.usage(),
					chunk.choices()
						.stream()
						.map(ChatCompletionChunk.Choice::finishReason)
						.filter(Objects::nonNull)
						.toList());
		}
		if (result instanceof EmbeddingList embeddings) {
			return attributes(null, embeddings.model(), embeddings.usage(), List.of());
		}
		return null;
	}

	private static Attributes attributes(@Nullable String id, @Nullable String model, @Nullable Usage usage,
			List<String> finishReasons) {
		AttributesBuilder attributes = Attributes.builder()
			.put(GenAiAttributes.RESPONSE_ID, id)
			.put(GenAiAttributes.RESPONSE_MODEL, model);
		if (usage != null) {
			attributes.put(KosmosAttributes.LLM_PROMPT_TOKENS, usage.promptTokens())
				.put(KosmosAttributes.LLM_COMPLETION_TOKENS, usage.completionTokens())
				.put(KosmosAttributes.LLM_TOTAL_TOKENS, usage.totalTokens());
		}
		if (!finishReasons.isEmpty()) {
			attributes.put(GenAiAttributes.RESPONSE_FINISH_REASONS, finishReasons);
		}
		return attributes.build();
	}

}
