package io.kosmos.tracing.autoconfigure.web;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * Puts the trace id into problem details, unless they have a {@code traceId} already.
 */
final class TraceIdInterceptor implements ErrorResponse.Interceptor {

	@Override
	public void handleError(ProblemDetail detail, @Nullable ErrorResponse errorResponse) {
		SpanContext span = CallerTrace.of(Context.current());
		boolean taken = detail.getProperties() != null && detail.getProperties().containsKey(CallerTrace.TRACE_ID);
		if (span != null && !taken) {
			detail.setProperty(CallerTrace.TRACE_ID, span.getTraceId());
		}
	}

}
