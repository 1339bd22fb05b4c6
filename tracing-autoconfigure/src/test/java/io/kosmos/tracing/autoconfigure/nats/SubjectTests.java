package io.kosmos.tracing.autoconfigure.nats;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SubjectTests {

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			orders,                                            -,         send orders
			orders.v1.line2,                                   -,         send orders.v1.line2
			orders.4711,                                       -,         send orders.*
			orders.4711.lines.7,                               -,         send orders.*.lines.*
			orders.e3a1c7d4-5b26-4b3e-9f0e-0f6a6f7f4d11.state, -,         send orders.*.state
			orders.Xkz7pQ9mN3bV5cL1aS0dF2.state,               -,         send orders.*.state
			departments.administration-and-finance,            -,         send departments.administration-and-finance
			orders.pump.new,                                   orders.*.new, send orders.*.new
			orders.4711.new,                                   orders.>,  send orders.>
			orders.4711.new,                                   >,         send orders.*.new
			orders.new,                                        orders.new, send orders.new
			orders.4711,                                       orders.4711, send orders.*
			a.b,                                               *.b,       send *.b
			_INBOX.Xkz7pQ9mN3bV5cL1aS0dF2.1,                   -,         send
			_INBOX.Xkz7pQ9mN3bV5cL1aS0dF2.1,                   _INBOX.>,  send
			""")
	void shouldNameWhatManySubjectsHaveInCommon(String name, @Nullable String pattern, String spanName) {
		Subject subject = Subject.of(name, "_INBOX.", pattern);
		assertThat(subject.spanName("send")).isEqualTo(spanName);
		assertThat(subject.name()).isEqualTo(name);
		assertThat(subject.temporary()).isEqualTo(name.startsWith("_INBOX."));
	}

}
