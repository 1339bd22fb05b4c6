package io.kosmos.samples.orchestrator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RouteTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			What is a span?                             | knowledge | 0.67
			Which SPANS are in this trace?              | knowledge | 0.75
			span, spans, Span                           | knowledge | 0.67
			Do agents trace their tools in Jaeger?      | knowledge | 0.83
			Good morning!                               | chat      | 0.75
			Tell me a joke                              | chat      | 0.67
			?!                                          | chat      | 0.5
			Spanish wine                                | chat      | 0.75
			""")
	void shouldDecideByTopics(String message, String decision, double confidence) {
		assertThat(Route.of(message)).isEqualTo(new Route(decision, confidence));
	}

}
