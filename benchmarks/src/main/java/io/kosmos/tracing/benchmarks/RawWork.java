package io.kosmos.tracing.benchmarks;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;

/**
 * The span of the work written out against the OpenTelemetry API, with keys made once: as
 * cheap as it gets without a library.
 */
public class RawWork {

	private static final AttributeKey<String> QUERY = AttributeKey.stringKey("query");

	private static final AttributeKey<Long> LIMIT = AttributeKey.longKey("limit");

	private final Tracer tracer;

	RawWork(Tracer tracer) {
		this.tracer = tracer;
	}

	public String search(String query, int limit) {
		Span span = this.tracer.spanBuilder("search")
			.setAttribute(QUERY, query)
			.setAttribute(LIMIT, (long) limit)
			.startSpan();
		try (Scope scope = span.makeCurrent()) {
			return query;
		}
		catch (Throwable ex) {
			span.recordException(ex).setStatus(StatusCode.ERROR);
			throw ex;
		}
		finally {
			span.end();
		}
	}

}
