package io.kosmos.tracing.autoconfigure.sampling;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StrategiesDocumentTests {

	private static final String FILE = """
			{
			  "service_strategies": [
			    {"service": "share", "type": "probabilistic", "param": 0.8, "operation_strategies": [
			      {"operation": "op1", "type": "probabilistic", "param": 0.2},
			      {"operation": "op2", "type": "ratelimiting", "param": 0.5}
			    ]},
			    {"service": "limited", "type": "ratelimiting", "param": 100},
			    {"service": "all", "type": "always"},
			    {"service": "learning", "type": "adaptive"},
			    {"service": "untyped", "operation_strategies": []}
			  ],
			  "default_strategy": {"type": "probabilistic", "param": 0.5, "operation_strategies": [
			    {"operation": "/health", "type": "probabilistic", "param": 0.0},
			    {"operation": "op1", "type": "probabilistic", "param": 1}
			  ]},
			  "unknown": [1, -2.5e-3, true, false, null, "\\u00e9\\n"]
			}
			""";

	@Test
	void shouldTakeTheOperationsOfTheServiceBeforeThoseOfTheDefault() throws Exception {
		assertThat(StrategiesDocument.read(FILE, "share"))
			.isEqualTo(new ServiceStrategies(Strategy.probabilistic(0.8), Map.of("op1", Strategy.probabilistic(0.2),
					"op2", Strategy.rateLimiting(0.5), "/health", Strategy.probabilistic(0))));
	}

	@Test
	void shouldGiveTheOperationsOfTheDefaultToAServiceWithoutAny() throws Exception {
		assertThat(StrategiesDocument.read(FILE, "limited")).isEqualTo(new ServiceStrategies(Strategy.rateLimiting(100),
				Map.of("op1", Strategy.probabilistic(1), "/health", Strategy.probabilistic(0))));
	}

	@Test
	void shouldGiveTheDefaultToAnUnknownService() throws Exception {
		assertThat(StrategiesDocument.read(FILE, "nobody")).isEqualTo(new ServiceStrategies(Strategy.probabilistic(0.5),
				Map.of("op1", Strategy.probabilistic(1), "/health", Strategy.probabilistic(0))));
	}

	@Test
	void shouldReadAlwaysAndAdaptive() throws Exception {
		assertThat(StrategiesDocument.read(FILE, "all").rest()).isEqualTo(Strategy.probabilistic(1));
		assertThat(StrategiesDocument.read(FILE, "learning").rest())
			.isEqualTo(new Strategy(Strategy.Type.PROBABILISTIC, 0.001, 1.0 / 60));
	}

	@Test
	void shouldGiveJaegersDefaultToAServiceWithoutAType() throws Exception {
		assertThat(StrategiesDocument.read(FILE, "untyped").rest()).isEqualTo(Strategy.probabilistic(0.001));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"default_strategy\": null, \"service_strategies\": null}",
			"{\"service_strategies\": []}" })
	void shouldGiveJaegersDefaultIfThereIsNone(String file) throws Exception {
		assertThat(StrategiesDocument.read(file, "any"))
			.isEqualTo(new ServiceStrategies(Strategy.probabilistic(0.001), Map.of()));
	}

	@Test
	void shouldReadNamesInAnyCaseAndTheLastOfEqualServices() throws Exception {
		assertThat(StrategiesDocument.read("""
				{"Service_Strategies": [
				  {"service": "a", "TYPE": "probabilistic", "Param": 0.1},
				  {"service": "a", "type": "probabilistic", "param": 0.2}]}
				""", "a").rest()).isEqualTo(Strategy.probabilistic(0.2));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					[]                                                  | $ is an array, but it must be an object.
					null                                                | $ is missing, it must be an object.
					{"default_strategy": 1}                             | $.default_strategy is 1.0, but it must be an object.
					{"default_strategy": {"type": "probabilistic"}}     | $.default_strategy.param is missing, it must be a number.
					{"default_strategy": {"type": "probabilistic", "param": 1.5}} | $.default_strategy.param is 1.5, but a probability must be from 0.0 to 1.0.
					{"default_strategy": {"type": "ratelimiting", "param": -1}} | $.default_strategy.param is -1.0, but a rate must be from 0 to 2147483647 traces per second.
					{"default_strategy": {"type": "ratelimiting", "param": "5"}} | $.default_strategy.param is '5', but it must be a number.
					{"default_strategy": {"type": "probabilstic", "param": 1}} | $.default_strategy.type is 'probabilstic', but the type must be probabilistic, ratelimiting, always or adaptive.
					{"service_strategies": {}}                          | $.service_strategies is an object, but it must be an array.
					{"service_strategies": [{"type": "always"}]}        | $.service_strategies[0].service is missing, it must be a string.
					{"service_strategies": [null]}                      | $.service_strategies[0] is missing, it must be an object.
					{"service_strategies": [{"service": "x", "operation_strategies": [{"operation": "a", "type": "always"}, {"operation": "b", "type": "probabilistic", "param": 7}]}]} | $.service_strategies[0].operation_strategies[1].param is 7.0, but a probability must be from 0.0 to 1.0.
					{"service_strategies": [{"service": "x", "operation_strategies": [{"type": "always"}]}]} | $.service_strategies[0].operation_strategies[0].operation is missing, it must be a string.
					{"a": 1                                             | line 1, column 8: there is the end, but it must be '}'
					{"a": 1} x                                          | line 1, column 10: there is 'x', but it must be the end of the text
					{"a": 01}                                           | line 1, column 8: there is '1', but it must be '}'
					{"a": 1e999}                                        | line 1, column 7: there is '1', but it must be a number of 64 bits
					{"a": nul}                                          | line 1, column 7: there is 'n', but it must be a value
					{a: 1}                                              | line 1, column 2: there is 'a', but it must be a name in quotes
					""")
	void shouldSayWhatIsWrongAndWhere(String file, String message) {
		assertThatExceptionOfType(InvalidStrategiesException.class)
			.isThrownBy(() -> StrategiesDocument.read(file, "any"))
			.withMessage(message);
	}

	@Test
	void shouldCountLines() {
		assertThatExceptionOfType(InvalidStrategiesException.class)
			.isThrownBy(() -> StrategiesDocument.read("{\n  \"a\": 1,\n  }", "any"))
			.withMessage("line 3, column 3: there is '}', but it must be a name in quotes");
	}

	@Test
	void shouldRefuseEndlessNesting() {
		assertThatExceptionOfType(InvalidStrategiesException.class)
			.isThrownBy(() -> StrategiesDocument.read("[".repeat(1_000_000), "any"))
			.withMessageEndingWith("it must be no more than 64 values within each other");
	}

	@Test
	void shouldQuoteNothingThatForgesALineOfTheLog() {
		assertThatExceptionOfType(InvalidStrategiesException.class)
			.isThrownBy(() -> StrategiesDocument
				.read("{\"default_strategy\": {\"type\": \"x\\n\\u001b[2J" + "y".repeat(1000) + "\"}}", "any"))
			.satisfies((
					ex) -> assertThat(ex.getMessage()).hasSizeLessThan(250).contains("'x??[2Jyy").doesNotContain("\n"));
	}

}
