package io.kosmos.tracing.autoconfigure.actuate;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.TracingOperation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.StaticApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the log says of operations.
 */
@ExtendWith(OutputCaptureExtension.class)
class TracingOperationAuditTests {

	private final TracingEndpointWebExtension endpoint = new TracingEndpointWebExtension(
			new TracingEndpoint(new EffectiveConfiguration(new StaticApplicationContext(), new Sanitizer()),
					Show.ALWAYS, List.of(), List.of(new Volume())),
			new TracingEndpointProperties(Show.ALWAYS, Set.of()));

	@Test
	void shouldSayWhoDidWhat(CapturedOutput output) {
		this.endpoint.run(user("alice"), "volume", "11");
		assertThat(line(output)).endsWith("Operation by 'alice': 'volume' with '11' gave {is=11}").contains("INFO");
	}

	@Test
	void shouldDoWithoutAUserAndAValue(CapturedOutput output) {
		this.endpoint.run(SecurityContext.NONE, "volume", null);
		assertThat(line(output)).endsWith("Operation by nobody known: 'volume' gave {is=null}");
	}

	@Test
	void shouldSayWhatWasRefused(CapturedOutput output) {
		assertThat(this.endpoint.run(user("mallory"), "volume", "loud").getStatus()).isEqualTo(400);
		assertThat(line(output))
			.endsWith("Operation by 'mallory': 'volume' with 'loud' was refused: Not a number: loud")
			.contains("WARN");
	}

	@Test
	void shouldStayOneLineWhateverIsGiven(CapturedOutput output) {
		this.endpoint.run(user("m\r\nINFO forged"), "volume",
				"a\u2028b\u0085c\u001b[31md\u202ee\n" + "x".repeat(100_000));
		assertThat(line(output)).contains("with 'a?b?c?[31md?e?xxx")
			.contains("Operation by 'm??INFO forged': ")
			.hasSizeLessThan(2000);
		assertThat(output.getAll().lines()).noneMatch((line) -> line.startsWith("INFO forged"));
	}

	@Test
	void shouldNotTakeAPartOfTheValueForAUser(CapturedOutput output) {
		this.endpoint.run(SecurityContext.NONE, "volume", "11' by 'admin': 'volume' with '\\'12");
		assertThat(line(output)).contains(
				"Operation by nobody known: 'volume' with '11\\' by \\'admin\\': \\'volume\\' with \\'\\\\\\'12' was refused: ");
	}

	private static String line(CapturedOutput output) {
		List<String> lines = output.getAll().lines().filter((line) -> line.contains("Operation by ")).toList();
		assertThat(lines).hasSize(1);
		return lines.get(0);
	}

	private static SecurityContext user(String name) {
		return new SecurityContext() {

			@Override
			public Principal getPrincipal() {
				return () -> name;
			}

			@Override
			public boolean isUserInRole(String role) {
				return false;
			}

		};
	}

	private static final class Volume implements TracingOperation {

		@Override
		public String name() {
			return "volume";
		}

		@Override
		public Map<String, ?> run(@Nullable String value) {
			if (value != null && !value.matches("\\d+")) {
				throw new IllegalArgumentException("Not a number: " + value);
			}
			return Map.of("is", String.valueOf(value));
		}

	}

}
