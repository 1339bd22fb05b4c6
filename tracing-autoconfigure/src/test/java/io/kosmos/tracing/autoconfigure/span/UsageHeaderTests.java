package io.kosmos.tracing.autoconfigure.span;

import java.math.BigDecimal;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.UsageSums;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The header that carries sums.
 */
class UsageHeaderTests {

	@Test
	void shouldReadWhatItWrites() {
		UsageSums usage = new UsageSums(2, 1, 1_500L, new Cost(new BigDecimal("0.0075"), "USD"));
		assertThat(UsageHeader.format(usage)).isEqualTo("calls=2, tools=1, tokens=1500, cost=0.0075, currency=USD");
		assertThat(UsageHeader.parse(UsageHeader.format(usage))).isEqualTo(usage);
	}

	@Test
	void shouldLeaveOutWhatIsUnknown() {
		UsageSums usage = new UsageSums(0, 3, null, null);
		assertThat(UsageHeader.format(usage)).isEqualTo("calls=0, tools=3");
		assertThat(UsageHeader.parse(UsageHeader.format(usage))).isEqualTo(usage);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "calls", "calls=1", "calls=-1, tools=0", "calls=1, tools=one",
			"calls=1, tools=0, tokens=99999999999999", "calls=1, tools=0, cost=1E9, currency=USD",
			"calls=1, tools=0, cost=-1, currency=USD", "calls=1, tools=0, cost=1, currency=dollars",
			"calls=1, tools=0, tokens=NaN" })
	void shouldRefuseWhatItDoesNotWrite(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> UsageHeader.parse(value));
	}

	@Test
	void shouldRefuseALongValue() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> UsageHeader.parse("calls=1, tools=0, x=" + "1".repeat(256)));
	}

}
