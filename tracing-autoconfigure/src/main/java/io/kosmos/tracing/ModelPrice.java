package io.kosmos.tracing;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * What a model costs. Prices are for one million tokens, not negative, and kept without
 * trailing zeros. Immutable.
 *
 * @param input Price of the tokens of the prompt.
 * @param output Price of the tokens of the answer, 0 for a model that gives none, such as
 * one for embeddings.
 * @param cachedInput Price of the tokens of the prompt that the provider has cached;
 * {@code null} if they cost what others do.
 * @param currency ISO 4217 code of the currency, such as {@code USD}.
 */
public record ModelPrice(BigDecimal input, BigDecimal output, @Nullable BigDecimal cachedInput, String currency) {

	/**
	 * Check the values.
	 * @throws IllegalArgumentException if a price is negative or there is no such
	 * currency
	 */
	public ModelPrice {
		input = Cost.requireNotNegative("input", input);
		output = Cost.requireNotNegative("output", output);
		cachedInput = (cachedInput != null) ? Cost.requireNotNegative("cachedInput", cachedInput) : null;
		Cost.requireCurrency(currency);
	}

	/**
	 * What a call costs, to the last decimal place: nothing is rounded. Cached tokens
	 * whose number is unknown are paid as tokens that are not cached. Reasoning is part
	 * of the answer.
	 * @param usage the tokens of the call
	 * @return the cost; {@code null} if the tokens of the prompt are unknown, if those of
	 * an answer that costs anything are, if more are cached than the prompt has, or if
	 * one is negative
	 */
	public @Nullable Cost cost(TokenUsage usage) {
		Long inputTokens = usage.inputTokens();
		Long outputTokens = usage.outputTokens();
		if (outputTokens == null && this.output.signum() == 0) {
			outputTokens = 0L;
		}
		if (inputTokens == null || outputTokens == null) {
			return null;
		}
		long cachedTokens = (usage.cachedInputTokens() != null) ? usage.cachedInputTokens() : 0;
		if (cachedTokens < 0 || cachedTokens > inputTokens || outputTokens < 0) {
			return null;
		}
		BigDecimal amount = price(inputTokens - cachedTokens, this.input).add(price(outputTokens, this.output))
			.add(price(cachedTokens, (this.cachedInput != null) ? this.cachedInput : this.input));
		return new Cost(amount, this.currency);
	}

	private static BigDecimal price(long tokens, BigDecimal perMillion) {
		return BigDecimal.valueOf(tokens).multiply(perMillion).movePointLeft(6);
	}

}
