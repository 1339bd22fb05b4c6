package io.kosmos.tracing.benchmarks;

import io.opentelemetry.instrumentation.annotations.SpanAttribute;
import io.opentelemetry.instrumentation.annotations.WithSpan;

/**
 * Work behind the annotations of the OpenTelemetry starter.
 */
public class WithSpanWork {

	@WithSpan("search")
	public String search(@SpanAttribute("query") String query, @SpanAttribute("limit") int limit) {
		return query;
	}

}
