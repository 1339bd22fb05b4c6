package io.kosmos.tracing;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ModelPriceTests {

	private static final ModelPrice PRICE = price("2.50", "10", "1.25");

	@ParameterizedTest
	@CsvSource(textBlock = """
			1000000,             1000000, 12.5
			1000,                500,     0.0075
			1,                   0,       0.0000025
			0,                   1,       0.00001
			0,                   0,       0
			9223372036854775807, 0,       23058430092136.9395175
			""")
	void shouldCostExactly(long input, long output, BigDecimal amount) {
		assertThat(PRICE.cost(TokenUsage.of(input, output))).isEqualTo(new Cost(amount, "USD"));
	}

	@Test
	void shouldRoundNothing() {
		assertThat(price("0.000000000001", "0", null).cost(TokenUsage.of(1, 0)))
			.isEqualTo(new Cost(new BigDecimal("1E-18"), "USD"));
	}

	@Test
	void shouldPayCachedTokensInTheirPlace() {
		assertThat(PRICE.cost(TokenUsage.of(1000, 0).withCachedInput(400)))
			.isEqualTo(new Cost(new BigDecimal("0.0020"), "USD"));
		assertThat(PRICE.cost(TokenUsage.of(1000, 0).withCachedInput(1000)))
			.isEqualTo(new Cost(new BigDecimal("0.00125"), "USD"));
	}

	@Test
	void shouldPayCachedTokensAsOthersUnlessTheyHaveAPrice() {
		assertThat(price("2.50", "10", null).cost(TokenUsage.of(1000, 0).withCachedInput(400)))
			.isEqualTo(new Cost(new BigDecimal("0.0025"), "USD"));
	}

	@Test
	void shouldNotPayReasoningTwice() {
		assertThat(PRICE.cost(TokenUsage.of(0, 100).withReasoning(60))).isEqualTo(PRICE.cost(TokenUsage.of(0, 100)));
	}

	@ParameterizedTest
	@CsvSource({ "5, , ,", ", 5, ,", ", , 10,", "5, , 10,", "5, 5, , 6" })
	void shouldHaveNoCostOfUnknownOrContradictoryNumbers(Long input, Long output, Long total, Long cached) {
		assertThat(PRICE.cost(new TokenUsage(input, output, total, cached, null))).isNull();
	}

	@Test
	void shouldNotNeedTheAnswerOfAModelThatGivesNone() {
		ModelPrice embeddings = price("0.02", "0.00", null);
		assertThat(embeddings.cost(new TokenUsage(500L, null, 500L, null, null)))
			.isEqualTo(new Cost(new BigDecimal("0.00001"), "USD"));
		assertThat(embeddings.cost(new TokenUsage(null, null, 500L, null, null))).isNull();
	}

	@Test
	void shouldBeEqualWhateverTheScale() {
		assertThat(price("2.50", "10.00", "1.250")).isEqualTo(PRICE).hasSameHashCodeAs(PRICE);
	}

	@Test
	void shouldRefuseWhatIsNoPrice() {
		assertThatIllegalArgumentException().isThrownBy(() -> price("-0.1", "0", null))
			.withMessage("input is -0.1. It must not be negative.");
		assertThatIllegalArgumentException().isThrownBy(() -> price("0", "-0.1", null))
			.withMessage("output is -0.1. It must not be negative.");
		assertThatIllegalArgumentException().isThrownBy(() -> price("0", "0", "-0.1"))
			.withMessage("cachedInput is -0.1. It must not be negative.");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ModelPrice(BigDecimal.ONE, BigDecimal.ONE, null, "usd"))
			.withMessage("currency is 'usd'. It must be an ISO 4217 code in upper case, such as USD.");
	}

	private static ModelPrice price(String input, String output, @Nullable String cachedInput) {
		return new ModelPrice(new BigDecimal(input), new BigDecimal(output),
				(cachedInput != null) ? new BigDecimal(cachedInput) : null, "USD");
	}

}
