package io.kosmos.tracing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenUsageTests {

	private static final TokenUsage UNKNOWN = new TokenUsage(null, null, null, null, null);

	@Test
	void shouldKnowOnlyWhatIsGiven() {
		assertThat(TokenUsage.of(3, 4)).isEqualTo(new TokenUsage(3L, 4L, null, null, null));
		assertThat(TokenUsage.of(3, 4).withCachedInput(1).withReasoning(2))
			.isEqualTo(new TokenUsage(3L, 4L, null, 1L, 2L));
		assertThat(new TokenUsage(3L, 4L, 9L, 5L, 6L).withCachedInput(1).withReasoning(0))
			.isEqualTo(new TokenUsage(3L, 4L, 9L, 1L, 0L));
	}

	@ParameterizedTest
	@CsvSource({ "3, 4, 9, 9", "3, 4, , 7", "0, 0, , 0", ", , 9, 9", "3, , , ", ", 4, , ", ", , , " })
	void shouldSumUpUnlessTheTotalIsGiven(Long input, Long output, Long given, Long total) {
		assertThat(new TokenUsage(input, output, given, null, null).total()).isEqualTo(total);
	}

	@Test
	void shouldAddNumberByNumber() {
		assertThat(new TokenUsage(1L, 2L, 3L, 4L, 5L).plus(new TokenUsage(10L, 20L, 30L, 40L, 50L)))
			.isEqualTo(new TokenUsage(11L, 22L, 33L, 44L, 55L));
	}

	@Test
	void shouldTakeWhatOneOfTwoKnows() {
		TokenUsage known = new TokenUsage(1L, 2L, 3L, 4L, 5L);
		assertThat(known.plus(UNKNOWN)).isEqualTo(known);
		assertThat(UNKNOWN.plus(known)).isEqualTo(known);
		assertThat(UNKNOWN.plus(UNKNOWN)).isEqualTo(UNKNOWN);
	}

	@ParameterizedTest
	@CsvSource({ "-1, , , , , inputTokens", ", -1, , , , outputTokens", ", , -1, , , totalTokens",
			", , , -1, , cachedInputTokens", ", , , , -1, reasoningTokens" })
	void shouldRefuseNegativeNumbers(Long input, Long output, Long total, Long cached, Long reasoning,
			String component) {
		assertThatIllegalArgumentException().isThrownBy(() -> new TokenUsage(input, output, total, cached, reasoning))
			.withMessage(component + " is -1. It must not be negative.");
	}

	@Test
	void shouldRefuseASumThatIsNoLong() {
		TokenUsage most = TokenUsage.of(Long.MAX_VALUE, 1);
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(most::total);
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> most.plus(most));
	}

}
