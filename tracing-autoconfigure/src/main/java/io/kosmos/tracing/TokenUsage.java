package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * How many tokens a call of a model took, counted as the OpenTelemetry conventions do.
 * {@code null} is a number that the provider did not tell. What it told is taken as it
 * is: a negative number is refused where it would be recorded. Immutable.
 *
 * @param inputTokens Tokens of the prompt, cached ones included.
 * @param outputTokens Tokens of the answer, those of reasoning included.
 * @param totalTokens All tokens as the provider counts them.
 * @param cachedInputTokens Tokens of the prompt that were read from the provider's cache.
 * @param reasoningTokens Tokens of the answer that were spent on reasoning.
 */
public record TokenUsage(@Nullable Long inputTokens, @Nullable Long outputTokens, @Nullable Long totalTokens,
		@Nullable Long cachedInputTokens, @Nullable Long reasoningTokens) {

	/**
	 * A usage of which only the tokens of the prompt and of the answer are known.
	 * @param input tokens of the prompt, cached ones included
	 * @param output tokens of the answer, those of reasoning included
	 * @return the usage
	 */
	public static TokenUsage of(long input, long output) {
		return new TokenUsage(input, output, null, null, null);
	}

	/**
	 * This usage with another number of cached tokens.
	 * @param tokens tokens of the prompt that were read from the provider's cache
	 * @return a new usage
	 */
	public TokenUsage withCachedInput(long tokens) {
		return new TokenUsage(this.inputTokens, this.outputTokens, this.totalTokens, tokens, this.reasoningTokens);
	}

	/**
	 * This usage with another number of reasoning tokens.
	 * @param tokens tokens of the answer that were spent on reasoning
	 * @return a new usage
	 */
	public TokenUsage withReasoning(long tokens) {
		return new TokenUsage(this.inputTokens, this.outputTokens, this.totalTokens, this.cachedInputTokens, tokens);
	}

	/**
	 * All tokens: as the provider counts them, else the sum of prompt and answer.
	 * @return the number, or {@code null} if it is neither told nor known from both
	 * parts, or no {@code long}
	 */
	public @Nullable Long total() {
		if (this.totalTokens != null) {
			return this.totalTokens;
		}
		if (this.inputTokens == null || this.outputTokens == null
				|| this.inputTokens > Long.MAX_VALUE - Math.max(0, this.outputTokens)) {
			return null;
		}
		return this.inputTokens + this.outputTokens;
	}

}
