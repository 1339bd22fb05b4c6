package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.Set;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.TracedRetrieval;

import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What is written down. A passage scores three for each term of the query that begins a
 * word of its title, and one for each that begins a word of its body alone.
 */
@Component
public class Documents {

	private static final String SEARCH = """
			select k.id, k.title, k.body,
				sum(case when position(' ' || t.term in ' ' || lower(k.title)) > 0 then 3 else 1 end) as score
			from knowledge k
			join unnest(cast(:terms as varchar array)) as t(term)
				on position(' ' || t.term in ' ' || lower(k.title || ' ' || k.body)) > 0
			where k.status = 'published'
			group by k.id, k.title, k.body
			order by score desc, k.id
			limit :topK
			""";

	private final JdbcClient jdbc;

	public Documents(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Find what is known about a question.
	 * @param query the question
	 * @param topK how many passages at most
	 * @return the passages, best first; empty when nothing matches
	 */
	@TracedRetrieval(name = "athena-docs",
			attributes = { @Attribute(key = "search.query_length", value = "#query.length()"),
					@Attribute(key = "search.result_count", value = "#result.size()") })
	public List<Passage> search(String query, @SpanAttribute("search.top_k") int topK) {
		Set<String> terms = Terms.of(query);
		return this.jdbc.sql(SEARCH)
			.param("terms", terms.toArray(String[]::new))
			.param("topK", topK)
			.query(DataClassRowMapper.newInstance(Passage.class))
			.list();
	}

}
