package io.kosmos.tracing.benchmarks;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;

/**
 * Work behind {@link Traced @Traced}.
 */
public class TracedWork {

	@Traced("search")
	public String search(@SpanAttribute String query, @SpanAttribute int limit) {
		return query;
	}

	@Traced("search")
	public String withoutAttributes(String query, int limit) {
		return query;
	}

	@Traced(name = "search", attributes = @Attribute(key = "length", value = "#query.length()"))
	public String withExpression(String query, int limit) {
		return query;
	}

}
