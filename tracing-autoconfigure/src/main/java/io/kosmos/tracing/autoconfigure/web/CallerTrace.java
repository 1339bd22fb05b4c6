package io.kosmos.tracing.autoconfigure.web;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * What a caller is told of the trace of the request. Of a request that is excluded from
 * the traces nothing is told.
 */
final class CallerTrace {

	/** Member of problem details and key of error attributes. */
	static final String TRACE_ID = "traceId";

	/**
	 * Header of the
	 * <a href="https://w3c.github.io/trace-context/#traceresponse-header">Trace Context
	 * draft</a>, level 2: version, trace id, id of the server span and flags.
	 */
	static final String HEADER = "traceresponse";

	private final List<PathPattern> paths;

	/**
	 * Create what tells the trace in responses.
	 * @param paths patterns of the paths whose responses tell it
	 */
	CallerTrace(List<String> paths) {
		this.paths = paths.stream().map(PathPatternParser.defaultInstance::parse).toList();
	}

	/**
	 * Whether any response tells the trace.
	 */
	boolean isTold() {
		return !this.paths.isEmpty();
	}

	/**
	 * The value of the header.
	 * @param path path of the request within the application
	 * @param span span of the request
	 * @return the value, or {@code null} if it is not to be told
	 */
	@Nullable String header(PathContainer path, @Nullable SpanContext span) {
		if (span == null || this.paths.stream().noneMatch((pattern) -> pattern.matches(path))) {
			return null;
		}
		return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + (span.isSampled() ? "01" : "00");
	}

	static @Nullable SpanContext of(Context context) {
		SpanContext span = Span.fromContext(context).getSpanContext();
		return (span.isValid() && !UntracedContext.isMarked(context)) ? span : null;
	}

	static @Nullable SpanContext of(Observation.Context context) {
		TracingContext tracing = context.get(TracingContext.class);
		if (tracing == null || UntracedContext.isMarked(context) || !(tracing.getSpan() instanceof OtelSpan span)) {
			return null;
		}
		SpanContext spanContext = OtelSpan.toOtel(span).getSpanContext();
		return spanContext.isValid() ? spanContext : null;
	}

}
