package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class PatternTests {

	private static final int INPUTS = 100_000;

	@Test
	void shouldMatchTextsAsTheEquivalentExpressionDoes() {
		Random random = new Random(3);
		for (int i = 0; i < INPUTS; i++) {
			String pattern = text(random, "ab*", 6);
			String value = text(random, "ab", 8);
			boolean expected = Pattern.matches(pattern.replace("*", ".*"), value);
			assertThat(new TextPattern(pattern).matches(value)).as("%s %s", pattern, value).isEqualTo(expected);
		}
	}

	@Test
	void shouldMatchPathsAsSpringDoes() {
		Random random = new Random(5);
		PathPatternParser parser = new PathPatternParser();
		for (int i = 0; i < INPUTS; i++) {
			StringBuilder pattern = new StringBuilder();
			for (int segment = random.nextInt(4); segment >= 0; segment--) {
				String variable = "{id" + segment + "}";
				pattern.append('/').append(List.of("a", "b", "*", variable, "a*", "*b", "a*b").get(random.nextInt(7)));
			}
			// Spring has this at the end, or at the beginning.
			pattern.append((random.nextInt(3) == 0) ? "/**" : "");
			// Segments that are empty are left to the cases below.
			String path = ("/" + text(random, "ab//", 8)).replaceAll("/+", "/").replaceAll("(?<=.)/$", "")
					+ ((random.nextInt(4) == 0) ? "%61" : "");
			PathPattern expected = parser.parse(pattern.toString());
			assertThat(new RoutePattern(pattern.toString()).matches(path)).as("%s %s", pattern, path)
				.isEqualTo(expected.matches(PathContainer.parsePath(path)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "/a/**/z, /a/z, true", "/a/**/z, /a/b/c/z, true", "/a/**/z, /a/b/c/z/y, false",
			"/**/a/**/b, /x/a/y/a/b, true", "/**/a/**/b, /x/b/a, false", "/, /, true", "/orders/{id}, /orders/7, true",
			"/orders/{id}, /orders/, false", "/orders/{id}, /orders/7/items, false", "/orders/{id}, orders/7, false",
			"/orders/{id}, /orders;v=1/7;jsessionid=9, true", "/orders/{id}, /%6frders/7, true",
			"/orders/{id}, /orders/%zz, true", "/orders/{id}, *, false", "/orders/{id}, '', false" })
	void shouldMatchPaths(String pattern, String path, boolean expected) {
		assertThat(new RoutePattern(pattern).matches(path)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "orders", "/orders/{id", "/orders/{}", "/orders/{id:[0-9]+}", "/orders/x{id}",
			"/orders/a**b", "/orders?x=1", "/orders#x", "/orders%20", "/{a}{b}" })
	void shouldNotTakeWhatIsNoPattern(String pattern) {
		assertThat(RoutePattern.isValid(pattern)).isFalse();
	}

	@Test
	@Timeout(20)
	void shouldNotBeHeldUpByAHostilePath() {
		RoutePattern pattern = new RoutePattern("/**/a*a*a*a*b/**/a*a*a*a*b/**/a*a*a*a*b");
		TextPattern text = new TextPattern("*a*a*a*a*a*a*a*a*b");
		List<String> hostile = List.of("/" + "a".repeat(10_000_000), "/a".repeat(5_000_000), "/".repeat(10_000_000),
				"/" + "%61;".repeat(2_500_000), "/" + "aab/".repeat(2_500_000));
		for (int i = 0; i < 1000; i++) {
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
		for (int i = 0; i < INPUTS; i++) {
			StringBuilder path = new StringBuilder();
			for (int length = random.nextInt(40); length > 0; length--) {
				path.append((random.nextBoolean()) ? "/;%*{}".charAt(random.nextInt(6)) : (char) random.nextInt());
			}
			assertThatNoException().isThrownBy(() -> pattern.matches(path.toString()));
		}
	}

	private static String text(Random random, String characters, int maxLength) {
		StringBuilder text = new StringBuilder();
		for (int length = random.nextInt(maxLength + 1); length > 0; length--) {
			text.append(characters.charAt(random.nextInt(characters.length())));
		}
		return text.toString();
	}

}
