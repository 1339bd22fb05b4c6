package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/**
 * Requests on the reactive stack.
 */
final class ReactiveRequestLine implements RequestLine {

	@Override
	public @Nullable String method(ReceiverContext<?> context) {
		ServerHttpRequest request = request(context);
		return (request != null) ? request.getMethod().name() : null;
	}

	@Override
	public @Nullable String path(ReceiverContext<?> context) {
		ServerHttpRequest request = request(context);
		return (request != null) ? request.getPath().value() : null;
	}

	private static @Nullable ServerHttpRequest request(ReceiverContext<?> context) {
		return (context instanceof ServerRequestObservationContext serverContext) ? serverContext.getCarrier() : null;
	}

}
