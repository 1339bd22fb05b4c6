package io.kosmos.tracing.autoconfigure.web;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webflux.error.DefaultErrorAttributes;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Boot's error attributes with the trace id.
 */
final class ReactiveErrorAttributes extends DefaultErrorAttributes {

	@Override
	public Map<String, @Nullable Object> getErrorAttributes(ServerRequest request, ErrorAttributeOptions options) {
		Map<String, @Nullable Object> attributes = super.getErrorAttributes(request, options);
		ServerRequestObservationContext.findCurrent(request.attributes())
			.map(CallerTrace::of)
			.ifPresent((span) -> attributes.putIfAbsent(CallerTrace.TRACE_ID, span.getTraceId()));
		return attributes;
	}

}
