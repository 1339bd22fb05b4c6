package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * How many tokens a call of a model took, counted as the OpenTelemetry conventions do.
 * {@code null} is a number that the provider did not tell. Immutable.
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
	 * Check the numbers.
	 * @throws IllegalArgumentException if one is negative
	 */
	public TokenUsage {
		requireNotNegative("inputTokens", inputTokens);
		requireNotNegative("outputTokens", outputTokens);
		requireNotNegative("totalTokens", totalTokens);
		requireNotNegative("cachedInputTokens", cachedInputTokens);
		requireNotNegative("reasoningTokens", reasoningTokens);
	}

	/**
	 * A usage of which only the tokens of the prompt and of the answer are known.
	 * @param input tokens of the prompt, cached ones included
	 * @param output tokens of the answer, those of reasoning included
	 * @return the usage
	 * @throws IllegalArgumentException if a number is negative
	 */
	public static TokenUsage of(long input, long output) {
		return new TokenUsage(input, output, null, null, null);
	}

	/**
	 * This usage with another number of cached tokens.
	 * @param tokens tokens of the prompt that were read from the provider's cache
	 * @return a new usage
	 * @throws IllegalArgumentException if the number is negative
	 */
	public TokenUsage withCachedInput(long tokens) {
		return new TokenUsage(this.inputTokens, this.outputTokens, this.totalTokens, tokens, this.reasoningTokens);
	}

	/**
	 * This usage with another number of reasoning tokens.
	 * @param tokens tokens of the answer that were spent on reasoning
	 * @return a new usage
	 * @throws IllegalArgumentException if the number is negative
	 */
	public TokenUsage withReasoning(long tokens) {
		return new TokenUsage(this.inputTokens, this.outputTokens, this.totalTokens, this.cachedInputTokens, tokens);
	}

	/**
	 * All tokens: as the provider counts them, else the sum of prompt and answer.
	 * @return the number, or {@code null} if it is neither told nor known from both parts
	 * @throws ArithmeticException if the sum is no {@code long}
	 */
	public @Nullable Long total() {
		if (this.totalTokens != null) {
			return this.totalTokens;
		}
		return (this.inputTokens != null && this.outputTokens != null)
				? (Long) Math.addExact(this.inputTokens, this.outputTokens) : null;
	}

	/**
	 * The sum of two usages, number by number. One that only one of them knows is taken
	 * as it is, so that the sum is what is known and may be less than what was used.
	 * @param other the usage to add
	 * @return a new usage
	 * @throws ArithmeticException if a sum is no {@code long}
	 */
	public TokenUsage plus(TokenUsage other) {
		return new TokenUsage(sum(this.inputTokens, other.inputTokens), sum(this.outputTokens, other.outputTokens),
				sum(this.totalTokens, other.totalTokens), sum(this.cachedInputTokens, other.cachedInputTokens),
				sum(this.reasoningTokens, other.reasoningTokens));
	}

	private static @Nullable Long sum(@Nullable Long left, @Nullable Long right) {
		if (left == null) {
			return right;
		}
		return (right != null) ? (Long) Math.addExact(left, right) : left;
	}

	private static void requireNotNegative(String component, @Nullable Long value) {
		if (value != null && value < 0) {
			throw new IllegalArgumentException(component + " is " + value + ". It must not be negative.");
		}
	}

}
