package io.kosmos.tracing.autoconfigure.web;

import java.util.Map;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.web.context.request.WebRequest;

/**
 * Boot's error attributes with the trace id.
 */
final class ServletErrorAttributes extends DefaultErrorAttributes {

	@Override
	public Map<String, @Nullable Object> getErrorAttributes(WebRequest request, ErrorAttributeOptions options) {
		Map<String, @Nullable Object> attributes = super.getErrorAttributes(request, options);
		SpanContext span = CallerTrace.of(Context.current());
		if (span != null) {
			attributes.putIfAbsent(CallerTrace.TRACE_ID, span.getTraceId());
		}
		return attributes;
	}

}
