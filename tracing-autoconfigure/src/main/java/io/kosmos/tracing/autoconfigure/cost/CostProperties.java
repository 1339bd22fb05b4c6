package io.kosmos.tracing.autoconfigure.cost;

import java.math.BigDecimal;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.Resource;

/**
 * Where the prices of models come from.
 *
 * @param enabled Whether there is a price table, so that calls of models have a cost.
 * @param location File with the price table, which replaces the one that is bundled.
 * @param prices Prices that come before those of the table. Each has provider, model,
 * input, output (both for one million tokens) and currency, and may have cached-input.
 */
@ConfigurationProperties("kosmos.tracing.cost")
public record CostProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("classpath:io/kosmos/tracing/autoconfigure/cost/model-prices.csv") Resource location,
		@DefaultValue List<Price> prices) {

	private static final String MISSING = "Each price needs provider, model, input, output and currency, and the list"
			+ " comes from one property source as a whole: what another one has of it is not added.";

	/**
	 * Check the prices.
	 */
	public CostProperties {
		prices = List.copyOf(prices);
		table(prices);
	}

	PriceTable configured() {
		return table(this.prices);
	}

	private static PriceTable table(List<Price> prices) {
		PriceTable table = new PriceTable();
		for (int i = 0; i < prices.size(); i++) {
			String entry = "kosmos.tracing.cost.prices[" + i + "].";
			table.add(prices.get(i),
					(field, value, allowed) -> new InvalidConfigurationPropertyValueException(entry + field, value,
							(value != null) ? allowed : MISSING));
		}
		return table;
	}

	/**
	 * What one model costs.
	 *
	 * @param provider Provider as in gen_ai.provider.name.
	 * @param model Name of the model.
	 * @param input Price of one million tokens of the prompt.
	 * @param output Price of one million tokens of the answer, 0 for embeddings.
	 * @param cachedInput Price of one million cached tokens of the prompt. Unless set,
	 * that of the others.
	 * @param currency ISO 4217 code of the currency.
	 */
	public record Price(@Nullable String provider, @Nullable String model, @Nullable BigDecimal input,
			@Nullable BigDecimal output, @Nullable BigDecimal cachedInput, @Nullable String currency) {

	}

}
