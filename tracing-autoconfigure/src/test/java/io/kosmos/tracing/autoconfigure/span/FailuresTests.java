package io.kosmos.tracing.autoconfigure.span;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class FailuresTests {

	private final Failures failures = new Failures((text) -> text.replace("hunter", "[redacted]"));

	@Test
	void shouldLogTheFirstFailureOfASite(CapturedOutput output) {
		this.failures.record("a site", new IllegalStateException("No order"));
		this.failures.record("a site", new IllegalStateException("Second"));
		this.failures.record("another site", new IllegalStateException());
		assertThat(output).contains("not logged: java.lang.IllegalStateException: No order")
			.contains("at another site")
			.doesNotContain("Second", "null");
		assertThat(this.failures.count()).isEqualTo(3);
	}

	@Test
	void shouldLogOneLineWithoutWhatMustNotLeave(CapturedOutput output) {
		this.failures.record("a site",
				new IllegalStateException("password=hunter\r\n2026 INFO forged \u2028\u0085\u001b[31m\u202e\ud800"));
		assertThat(output.toString().lines().filter((line) -> line.contains("forged"))).singleElement()
			.asString()
			.endsWith("java.lang.IllegalStateException: password=[redacted]__2026 INFO forged ___[31m__");
	}

	@Test
	void shouldNameTheTypeOfAFailureWhoseMessageCannotBeHad(CapturedOutput output) {
		new Failures((text) -> {
			throw new IllegalStateException("closed");
		}).record("a site", new IllegalArgumentException("hunter"));
		assertThat(output).contains("not logged: java.lang.IllegalArgumentException").doesNotContain("hunter");
	}

}
