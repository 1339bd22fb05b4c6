package io.kosmos.tracing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenUsageTests {

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
	void shouldNotKnowATotalThatIsNoLong() {
		assertThat(TokenUsage.of(Long.MAX_VALUE, 1).total()).isNull();
	}

}
