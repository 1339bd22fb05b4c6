package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SpanNameTemplateTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final List<Function<Random, String>> VARIABLES = List.of(
			(random) -> Long.toString(random.nextLong(1, Long.MAX_VALUE)),
			(random) -> new UUID(random.nextLong(), random.nextLong()).toString(),
			(random) -> "0f" + Long.toHexString(random.nextLong() | Long.MIN_VALUE),
			(random) -> "'" + words(random) + "'", (random) -> '"' + words(random) + '"',
			(random) -> words(random).replace(' ', '.') + random.nextInt(1000) + "@example.com",
			(random) -> "2026-0" + random.nextInt(1, 10) + "-" + random.nextInt(10, 29),
			(random) -> random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256));

	private static final String[] FIXED = { "GET /orders/", "order ", "find by ", "/v1/items/", "chat gpt: ", "job#",
			"SELECT shop/", "användare ", "process (" };

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			GET /orders/17                                        | GET /orders/{}
			GET /api/v1/orders/17/items/4                         | GET /api/v1/orders/{}/items/{}
			order 550e8400-e29b-41d4-a716-446655440000            | order {}
			order deadbeef-dead-beef-dead-beefdeadbeef shipped    | order {} shipped
			blob 0123456789abcdef                                 | blob {}
			blob 9f86d081884c7d659a2feaa0c55ad015                 | blob {}
			session V1StGXR8Z5jdHi6B                              | session {}
			user jane.doe+x@example.com logs in                   | user {} logs in
			find 'O1' in "a b"                                    | find {} in {}
			order123                                              | order{}
			worker-7                                              | worker-{}
			backup 2026-11-22                                     | backup {}
			ping 10.0.0.1                                         | ping {}
			list (1, 2, 3)                                        | list ({})
			""")
	void shouldReplaceVariableParts(String name, String template) {
		assertThat(SpanNameTemplate.of(name)).isEqualTo(template);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http get /orders/{id}", "GET /api/v2/{userName}/**", "SELECT shop.orders",
			"OrderService.find", "invoke_agent zeus", "chat", "don't panic", "rock 'n roll's", "a \" b", "a.b-c_d@",
			"@", "{", "}", "{}", "", "användare hämta", "\uD83D", "x@ y z" })
	void shouldLeaveNamesWithoutVariablePartsAlone(String name) {
		assertThat(SpanNameTemplate.of(name)).isEqualTo(name);
	}

	@ParameterizedTest
	@CsvSource({ "search apples,search {}", "/a/b,/a {}", "apples,{}", "x,{}", "{} b,{}", "'',{}" })
	void shouldKeepTheFirstWord(String template, String firstWord) {
		assertThat(SpanNameTemplate.firstWord(template)).isEqualTo(firstWord);
	}

	@Test
	void shouldGiveNamesThatDifferInVariablePartsTheSameTemplate() {
		Random random = new Random(4711);
		for (int round = 0; round < ROUNDS; round++) {
			String fixed = FIXED[random.nextInt(FIXED.length)];
			Function<Random, String> variable = VARIABLES.get(random.nextInt(VARIABLES.size()));
			String end = random.nextBoolean() ? "" : " done";
			String one = SpanNameTemplate.of(fixed + variable.apply(random) + end);
			String other = fixed + variable.apply(random) + end;
			assertThat(one).as(other).isEqualTo(SpanNameTemplate.of(other)).isEqualTo(fixed + "{}" + end);
		}
	}

	@Test
	void shouldBeItsOwnTemplateAndNoLongerWhateverTheName() {
		Random random = new Random(4712);
		String alphabet = "ab1Z9{}@.-_ /:,%\r\n\u001b\u2028é\uD83D\uDE00";
		for (int round = 0; round < ROUNDS; round++) {
			StringBuilder name = new StringBuilder();
			for (int i = random.nextInt(60); i > 0; i--) {
				name.append(alphabet.charAt(random.nextInt(alphabet.length())));
			}
			String template = SpanNameTemplate.of(name.toString());
			if (!SpanNameTemplate.of(template).equals(template)) {
				assertThat(SpanNameTemplate.of(template)).as(name.toString()).isEqualTo(template);
			}
			if (template.length() > 2 * name.length()) {
				assertThat(template).as(name.toString()).hasSizeLessThanOrEqualTo(2 * name.length());
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "1", "'", "\"a'", "-", "a-", "a.", "1a", "{", "{a", "@", "a@", "a@1-", "deadbeef-",
			"1-----", "\uD83D" })
	void shouldTakeLinearTime(String part) {
		String large = part.repeat(2_000_000 / part.length());
		long begin = System.nanoTime();
		SpanNameTemplate.of(large);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
	}

	private static String words(Random random) {
		return "abcdefghij".substring(random.nextInt(9)) + " " + "klmnopq".substring(random.nextInt(6));
	}

}
