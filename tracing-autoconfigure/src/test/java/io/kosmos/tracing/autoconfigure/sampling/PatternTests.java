package io.kosmos.tracing.autoconfigure.sampling;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PatternTests {

	@ParameterizedTest
	@CsvSource({ "/a/**/z, /a/z, true", "/a/**/z, /a/b/c/z, true", "/a/**/z, /a/b/c/z/y, false",
			"/**/a/**/b, /x/a/y/a/b, true", "/**/a/**/b, /x/b/a, false", "/, /, true", "/orders/{id}, /orders/7, true",
			"/orders/{id}, /orders/, false", "/orders/{id}, /orders/7/items, false", "/orders/{id}, orders/7, false",
			"/orders/{id}, /orders;v=1/7;jsessionid=9, true", "/orders/{id}, /%6frders/7, true",
			"/orders/{id}, /orders/%zz, true", "/orders/{id}, /orders/7%2F8, true", "/orders/{id}, /orders%2F7, false",
			"/a/*/c, /a/%2F/c, true", "/orders/{id}, /orders/%3B, true", "/*/*, /bb;/, true", "/*/*, /bb, false",
			"/*, /, true", "/*/b, //b, false", "/orders/{id}, *, false", "/orders/{id}, '', false" })
	void shouldMatchPaths(String pattern, String path, boolean expected) {
		assertThat(new RoutePattern(pattern).matches(path)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "orders", "/orders/{id", "/orders/{}", "/orders/{id:[0-9]+}", "/orders/x{id}",
			"/orders/a**b", "/orders?x=1", "/orders#x", "/orders%20", "/{a}{b}" })
	void shouldNotTakeWhatIsNoPattern(String pattern) {
		assertThat(RoutePattern.isValid(pattern)).isFalse();
	}

}
