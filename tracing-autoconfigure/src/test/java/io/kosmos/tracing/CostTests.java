package io.kosmos.tracing;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CostTests {

	@Test
	void shouldAddExactly() {
		assertThat(cost("0.1", "USD").plus(cost("0.2", "USD"))).isEqualTo(cost("0.3", "USD"));
	}

	@Test
	void shouldBeEqualWhateverTheScale() {
		assertThat(cost("0.50", "EUR")).isEqualTo(cost("0.5", "EUR")).hasSameHashCodeAs(cost("0.5", "EUR"));
		assertThat(cost("0.00", "EUR")).isEqualTo(cost("0", "EUR"));
		assertThat(cost("0.5", "EUR")).isNotEqualTo(cost("0.5", "USD"));
	}

	@Test
	void shouldNotMixCurrencies() {
		assertThatIllegalArgumentException().isThrownBy(() -> cost("1", "USD").plus(cost("1", "EUR")))
			.withMessage("A cost in EUR cannot be added to one in USD.");
	}

	@Test
	void shouldRefuseNegativeAmounts() {
		assertThatIllegalArgumentException().isThrownBy(() -> cost("-0.01", "USD"))
			.withMessage("amount is -0.01. It must not be negative.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "usd", "US", "DOLLAR", "XYZ", "U$D" })
	void shouldRefuseUnknownCurrencies(String currency) {
		assertThatIllegalArgumentException().isThrownBy(() -> cost("1", currency))
			.withMessage("currency is '" + currency + "'. It must be an ISO 4217 code in upper case, such as USD.");
	}

	private static Cost cost(String amount, String currency) {
		return new Cost(new BigDecimal(amount), currency);
	}

}
