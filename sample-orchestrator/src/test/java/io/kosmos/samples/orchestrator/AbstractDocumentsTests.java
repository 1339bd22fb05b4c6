package io.kosmos.samples.orchestrator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the search promises on every database.
 */
abstract class AbstractDocumentsTests {

	@Autowired
	private Documents documents;

	@Autowired
	private JdbcClient jdbc;

	@Test
	void shouldRankByMatchesInTitleAndBody() {
		assertThat(this.documents.search("How do I find a request in Jaeger?", 5)).extracting(Passage::id)
			.containsExactly(3L, 5L, 4L, 1L, 8L);
		assertThat(this.documents.search("How do I find a request in Jaeger?", 5)).extracting(Passage::score)
			.containsExactly(9L, 6L, 4L, 1L, 1L);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			What are the priorities of work orders? | Priorities of work orders
			PUMP VIBRATION                          | Pump vibration
			who is zeus                             | Zeus, the routing agent
			does a policy deny                      | When a policy asks for a human
			""")
	void shouldFindTheBestPassage(String query, String title) {
		assertThat(this.documents.search(query, 1)).extracting(Passage::title).containsExactly(title);
	}

	@Test
	void shouldFindNoMoreThanAsked() {
		assertThat(this.documents.search("trace", 2)).hasSize(2);
		assertThat(this.documents.search("trace", 100)).hasSizeGreaterThan(4);
	}

	@Test
	void shouldNotFindDrafts() {
		assertThat(this.jdbc.sql("select status from knowledge where title like '%retention%'")
			.query(String.class)
			.single()).isEqualTo("draft");
		assertThat(this.documents.search("retention", 5)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "xylophone", "how is it?", "" })
	void shouldFindNothingWhereNothingMatches(String query) {
		assertThat(this.documents.search(query, 5)).isEmpty();
	}

	@Test
	void shouldTreatTheQueryAsText() {
		assertThat(this.documents.search("%%% ___ '; drop table vibration; --", 5)).extracting(Passage::title)
			.contains("Pump vibration");
	}

}
