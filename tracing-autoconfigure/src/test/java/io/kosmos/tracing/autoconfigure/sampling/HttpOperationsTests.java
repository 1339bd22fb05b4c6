package io.kosmos.tracing.autoconfigure.sampling;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HttpOperationsTests {

	private final HttpOperations<String> operations = new HttpOperations<>();

	HttpOperationsTests() {
		for (String name : new String[] { "http get /orders/{id}", "http get /orders/latest", "GET /orders/{id}.json",
				"http get /orders/{id}/items/{item:[a-z]{1,3}/?}", "http get /files/**", "http get /files/{name}",
				"http get /static/{*path}", "http post /orders", "HTTP PUT /a-*-b-*-c", "http get /",
				"http get /x/{a}/y", "http get /{first}/{second}/z", "http get", "SELECT orders", "http get /a/**/b",
				"invoke_agent zeus", "http get /bb/*/*", "http get /é/{id}" }) {
			this.operations.add(name, name);
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			GET, /orders/17, http get /orders/{id}
			GET, /orders/latest, http get /orders/latest
			GET, /orders/17.json, GET /orders/{id}.json
			GET, /orders/17;v=1, http get /orders/{id}
			GET, /orders/17/items/abc, 'http get /orders/{id}/items/{item:[a-z]{1,3}/?}'
			GET, /orders/,
			GET, /orders,
			GET, /orders/17/,
			POST, /orders, http post /orders
			POST, /orders/17,
			DELETE, /orders/17,
			get, /orders/17,
			GET, /files, http get /files/**
			GET, /files/a, http get /files/{name}
			GET, /files/a/b/c, http get /files/**
			GET, /static/css/a.css, http get /static/{*path}
			PUT, /a-1-b-2-c, HTTP PUT /a-*-b-*-c
			PUT, /a-b-c,
			PUT, /a--b--c, HTTP PUT /a-*-b-*-c
			GET, /, http get /
			GET, '',
			GET, orders/17,
			GET, /x/1/y, http get /x/{a}/y
			GET, /x/1/z, http get /{first}/{second}/z
			GET, /a/1/b,
			GET, /%6Frders/l%61test, http get /orders/latest
			GET, /orders/17%2F18, http get /orders/{id}
			GET, /orders%2F17,
			GET, /orders;v=1/17, http get /orders/{id}
			GET, /orders/%3B, http get /orders/{id}
			GET, /%C3%A9/1, http get /é/{id}
			GET, /bb;/1/, http get /bb/*/*
			GET, /bb/1/2, http get /bb/*/*
			GET, /bb/1,
			GET, /bb//2,
			""")
	void shouldFindTheMostSpecific(String method, String path, String name) {
		assertThat(this.operations.find(method, path)).isEqualTo(name);
	}

	@Test
	void shouldKnowNoOtherNames() {
		HttpOperations<String> none = new HttpOperations<>();
		none.add("http get", "");
		none.add("invoke_agent zeus", "");
		none.add("http get /" + "{a}/".repeat(HttpOperations.MAX_SEGMENTS), "");
		none.add("http get /" + "x".repeat(HttpOperations.MAX_NAME), "");
		none.add("http get /{unclosed", "");
		assertThat(none.find("GET", "/")).isNull();
	}

	@Test
	void shouldNotTakeTheBeginningOfAPathForThePath() {
		String cut = "/files/" + "x".repeat(RequestPath.MAX_LENGTH - "/files/".length());
		assertThat(this.operations.find("GET", cut)).isNull();
		assertThat(this.operations.find("GET", cut.substring(1))).isNull();
		assertThat(this.operations.find("GET", cut.substring(0, cut.length() - 1))).isNotNull();
	}

	@Test
	@Timeout(20)
	void noPathTakesLong() {
		HttpOperations<String> many = new HttpOperations<>();
		for (int i = 0; i < 20_000; i++) {
			String bits = Integer.toBinaryString(i).replace("0", "/a").replace("1", "/{x}");
			many.add("http get " + bits + "/end", "found");
			many.add("http get /" + "*a".repeat(i % 500) + "b" + i, "found");
		}
		String path = "/a".repeat(RequestPath.MAX_LENGTH / 2 - 1);
		for (int i = 0; i < 2000; i++) {
			assertThat(many.find("GET", path)).isNull();
			assertThat(many.find("GET", "/" + "a".repeat(RequestPath.MAX_LENGTH - 2))).isNull();
		}
	}

}
