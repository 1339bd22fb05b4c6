package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.transport.ReceiverContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Requests on the servlet stack.
 */
final class ServletRequestLine implements RequestLine {

	@Override
	public @Nullable String method(ReceiverContext<?> context) {
		HttpServletRequest request = request(context);
		return (request != null) ? request.getMethod() : null;
	}

	@Override
	public @Nullable String path(ReceiverContext<?> context) {
		HttpServletRequest request = request(context);
		return (request != null) ? request.getRequestURI() : null;
	}

	private static @Nullable HttpServletRequest request(ReceiverContext<?> context) {
		return (context instanceof ServerRequestObservationContext serverContext) ? serverContext.getCarrier() : null;
	}

}
