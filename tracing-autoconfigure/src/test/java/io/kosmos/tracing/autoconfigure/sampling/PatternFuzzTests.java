package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Patterns and paths from a random number generator with a fixed seed. There are 100,000
 * of each unless the system property {@code kosmos.fuzz.rounds} says otherwise.
 */
class PatternFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	@Test
	void shouldMatchTextsAsTheEquivalentExpressionDoes() {
		Random random = new Random(3);
		for (int i = 0; i < ROUNDS; i++) {
			String pattern = text(random, List.of("a", "b", "*"), 6);
			String value = text(random, List.of("a", "b"), 8);
			boolean expected = Pattern.matches(pattern.replace("*", ".*"), value);
			assertThat(new TextPattern(pattern).matches(value)).as("%s %s", pattern, value).isEqualTo(expected);
		}
	}

	@Test
	void shouldMatchPathsAsSpringDoes() {
		Random random = new Random(5);
		PathPatternParser parser = new PathPatternParser();
		for (int i = 0; i < ROUNDS; i++) {
			StringBuilder pattern = new StringBuilder();
			for (int segment = random.nextInt(4); segment >= 0; segment--) {
				String variable = "{id" + segment + "}";
				pattern.append('/').append(List.of("a", "b", "*", variable, "a*", "*b", "a*b").get(random.nextInt(7)));
			}
			// Spring has this at the end, or at the beginning.
			pattern.append((random.nextInt(3) == 0) ? "/**" : "");
			String path = "/"
					+ text(random, List.of("a", "b", "/", "/", "%61", "%2F", "%2f", "a;", "b;x=1", "a%3B"), 8);
			PathPattern expected = parser.parse(pattern.toString());
			assertThat(new RoutePattern(pattern.toString()).matches(path)).as("%s %s", pattern, path)
				.isEqualTo(expected.matches(PathContainer.parsePath(path)));
		}
	}

	@Test
	@Timeout(120)
	void shouldNotBeHeldUpByAHostilePath() {
		RoutePattern pattern = new RoutePattern("/**/a*a*a*a*b/**/a*a*a*a*b/**/a*a*a*a*b");
		TextPattern text = new TextPattern("*a*a*a*a*a*a*a*a*b");
		List<String> hostile = List.of("/" + "a".repeat(10_000_000), "/a".repeat(5_000_000), "/".repeat(10_000_000),
				"/" + "%61;".repeat(2_500_000), "/" + "aab/".repeat(2_500_000), "/" + "a".repeat(1022),
				"/a".repeat(511), "/".repeat(1023), "/" + "%61;".repeat(255), "/" + "aab/".repeat(255));
		for (int i = 0; i < ROUNDS / 100; i++) {
			for (String path : hostile) {
				pattern.matches(path);
				text.matches(path);
			}
		}
	}

	@Test
	void shouldTakeAnyPath() {
		Random random = new Random(13);
		RoutePattern pattern = new RoutePattern("/orders/{id}/**");
		for (int i = 0; i < ROUNDS; i++) {
			StringBuilder path = new StringBuilder();
			for (int length = random.nextInt(40); length > 0; length--) {
				path.append((random.nextBoolean()) ? "/;%*{}".charAt(random.nextInt(6)) : (char) random.nextInt());
			}
			assertThatNoException().isThrownBy(() -> pattern.matches(path.toString()));
		}
	}

	private static String text(Random random, List<String> pieces, int maxLength) {
		StringBuilder text = new StringBuilder();
		for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
			text.append(pieces.get(random.nextInt(pieces.size())));
		}
		return text.toString();
	}

}
