package io.kosmos.samples.gateway;

import java.util.ArrayList;
import java.util.List;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracedSpan;
import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * What the span of an answer tells about it, gathered from the whole answer or chunk by
 * chunk. What the provider did not tell is {@code null} and stays off the span. Used by
 * one thread.
 */
final class ChatOutcome {

	private final List<String> finishReasons = new ArrayList<>();

	private @Nullable String id;

	private @Nullable String model;

	private @Nullable Usage usage;

	void add(ChatCompletion completion) {
		add(completion.id(), completion.model(), completion.usage());
		completion.choices().forEach((choice) -> addFinishReason(choice.finishReason()));
	}

	void add(ChatCompletionChunk chunk) {
		add(chunk.id(), chunk.model(), chunk.usage());
		chunk.choices().forEach((choice) -> addFinishReason(choice.finishReason()));
	}

	private void add(@Nullable String id, @Nullable String model, @Nullable Usage usage) {
		this.id = (id != null) ? id : this.id;
		this.model = (model != null) ? model : this.model;
		this.usage = (usage != null) ? usage : this.usage;
	}

	private void addFinishReason(@Nullable String finishReason) {
		if (finishReason != null) {
			this.finishReasons.add(finishReason);
		}
	}

	@Nullable String model() {
		return this.model;
	}

	@Nullable String finishReason() {
		return this.finishReasons.isEmpty() ? null : this.finishReasons.get(0);
	}

	@Nullable Long promptTokens() {
		return (this.usage != null) ? this.usage.promptTokens() : null;
	}

	@Nullable Long completionTokens() {
		return (this.usage != null) ? this.usage.completionTokens() : null;
	}

	void writeTo(TracedSpan span) {
		span.attribute(GenAiAttributes.RESPONSE_ID, this.id)
			.attribute(GenAiAttributes.RESPONSE_MODEL, this.model)
			.attribute(GenAiAttributes.USAGE_INPUT_TOKENS, promptTokens())
			.attribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, completionTokens())
			.attribute(KosmosAttributes.LLM_PROMPT_TOKENS, promptTokens())
			.attribute(KosmosAttributes.LLM_COMPLETION_TOKENS, completionTokens())
			.attribute(KosmosAttributes.LLM_TOTAL_TOKENS, (this.usage != null) ? this.usage.totalTokens() : null);
		String finishReason = finishReason();
		if (finishReason != null) {
			span.attribute(GenAiAttributes.RESPONSE_FINISH_REASONS, List.copyOf(this.finishReasons))
				.attribute(KosmosAttributes.LLM_FINISH_REASON, finishReason)
				.event(KosmosAttributes.EVENT_LLM_COMPLETION,
						Attributes.of(KosmosAttributes.LLM_FINISH_REASON, finishReason));
		}
	}

}
