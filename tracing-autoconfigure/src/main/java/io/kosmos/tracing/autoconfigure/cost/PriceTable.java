package io.kosmos.tracing.autoconfigure.cost;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;

import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.autoconfigure.cost.CostProperties.Price;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Prices by provider and name of the model. A name that is not listed and ends in a date,
 * {@code -2024-08-06} or {@code -20240806}, has the price of the name before the date.
 * Filled by one thread, then read by any.
 */
final class PriceTable implements ModelPrices {

	static final String PRICE_ALLOWED = "It must be a number from 0 to below 1000000000 with at most 12 decimal places.";

	private static final String[] DATES = { "-0000-00-00", "-00000000" };

	private final Map<String, Map<String, ModelPrice>> prices = new HashMap<>();

	/**
	 * Add a price.
	 * @param price the price
	 * @param problem makes what is thrown for a value that is missing or not allowed
	 */
	void add(Price price, Problem problem) {
		String provider = requireText("provider", price.provider(), problem);
		String model = requireText("model", price.model(), problem);
		BigDecimal cachedInput = price.cachedInput();
		ModelPrice modelPrice = new ModelPrice(requirePrice("input", price.input(), problem),
				requirePrice("output", price.output(), problem),
				(cachedInput != null) ? requirePrice("cached-input", cachedInput, problem) : null,
				requireCurrency(price.currency(), problem));
		if (models(provider).putIfAbsent(model, modelPrice) != null) {
			throw problem.with("model", model, "It must not be listed twice for provider '" + provider + "'.");
		}
	}

	/**
	 * Take all prices of another table, in the place of those that this one has for the
	 * same names.
	 * @param other the other table
	 */
	void addAll(PriceTable other) {
		other.prices.forEach((provider, models) -> models(provider).putAll(models));
	}

	private Map<String, ModelPrice> models(String provider) {
		return this.prices.computeIfAbsent(provider, (key) -> new HashMap<>());
	}

	@Override
	public @Nullable ModelPrice find(String provider, String model) {
		Map<String, ModelPrice> models = this.prices.get(provider);
		if (models == null) {
			return null;
		}
		ModelPrice price = models.get(model);
		if (price != null) {
			return price;
		}
		String undated = withoutDate(model);
		return (undated != null) ? models.get(undated) : null;
	}

	private static @Nullable String withoutDate(String model) {
		for (String date : DATES) {
			int start = model.length() - date.length();
			if (start > 0 && isLike(date, model, start)) {
				return model.substring(0, start);
			}
		}
		return null;
	}

	private static boolean isLike(String date, String model, int start) {
		for (int i = 0; i < date.length(); i++) {
			char actual = model.charAt(start + i);
			if ((date.charAt(i) == '0') ? (actual < '0' || actual > '9') : actual != '-') {
				return false;
			}
		}
		return true;
	}

	private static String requireText(String field, @Nullable String value, Problem problem) {
		if (!StringUtils.hasText(value)) {
			throw problem.with(field, value, "It must not be empty.");
		}
		return value;
	}

	// Sums of numbers of very different size would be as long as the distance between
	// them.
	private static BigDecimal requirePrice(String field, @Nullable BigDecimal value, Problem problem) {
		if (value == null || value.signum() < 0 || value.scale() > 12 || value.precision() - value.scale() > 9) {
			throw problem.with(field, value, PRICE_ALLOWED);
		}
		return value;
	}

	private static String requireCurrency(@Nullable String value, Problem problem) {
		try {
			return Currency.getInstance(requireText("currency", value, problem)).getCurrencyCode();
		}
		catch (IllegalArgumentException ex) {
			throw problem.with("currency", value, "It must be an ISO 4217 code in upper case, such as USD.");
		}
	}

	/**
	 * Makes what is thrown for a value that is not allowed.
	 */
	@FunctionalInterface
	interface Problem {

		/**
		 * Make it.
		 * @param field name of the value
		 * @param value the value, {@code null} if it is missing
		 * @param allowed what is allowed, a sentence
		 * @return what to throw
		 */
		RuntimeException with(String field, @Nullable Object value, String allowed);

	}

}
