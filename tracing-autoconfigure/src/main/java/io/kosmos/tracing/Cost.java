package io.kosmos.tracing;

import java.math.BigDecimal;
import java.util.Currency;

/**
 * An amount of money. Exact: nothing is rounded. Two costs are equal when amount and
 * currency are, whatever the scale of the amount ({@code 0.5} and {@code 0.50}).
 * Immutable.
 *
 * @param amount How much, not negative. Kept without trailing zeros.
 * @param currency ISO 4217 code of the currency, such as {@code USD}.
 */
public record Cost(BigDecimal amount, String currency) {

	/**
	 * Check the values.
	 * @throws IllegalArgumentException if the amount is negative or there is no such
	 * currency
	 */
	public Cost {
		amount = requireNotNegative("amount", amount);
		requireCurrency(currency);
	}

	/**
	 * The sum of two costs.
	 * @param other the cost to add
	 * @return a new cost
	 * @throws IllegalArgumentException if the other cost is in another currency
	 */
	public Cost plus(Cost other) {
		if (!this.currency.equals(other.currency)) {
			throw new IllegalArgumentException(
					"A cost in " + other.currency + " cannot be added to one in " + this.currency + ".");
		}
		return new Cost(this.amount.add(other.amount), this.currency);
	}

	static BigDecimal requireNotNegative(String component, BigDecimal value) {
		if (value.signum() < 0) {
			throw new IllegalArgumentException(component + " is " + value + ". It must not be negative.");
		}
		return value.stripTrailingZeros();
	}

	static void requireCurrency(String currency) {
		try {
			Currency.getInstance(currency);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"currency is '" + currency + "'. It must be an ISO 4217 code in upper case, such as USD.", ex);
		}
	}

}
