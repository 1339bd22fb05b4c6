package io.kosmos.tracing.autoconfigure.request;

import java.util.Collections;
import java.util.Iterator;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Lets the ids of a request in before its server span is started, which WebFlux does
 * before any filter.
 */
final class RequestIdsHandlerDecorator implements HttpHandlerDecoratorFactory {

	private final RequestEdge edge;

	RequestIdsHandlerDecorator(RequestEdge edge) {
		this.edge = edge;
	}

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			Context context = this.edge.enter(request, Headers.INSTANCE);
			if (context == Context.current()) {
				return handler.handle(request, response);
			}
			return ReactorContext.subscribeIn(context, handler.handle(request, response));
		};
	}

	private enum Headers implements TextMapGetter<ServerHttpRequest> {

		INSTANCE;

		@Override
		public Iterable<String> keys(ServerHttpRequest request) {
			return request.getHeaders().headerNames();
		}

		@Override
		public @Nullable String get(@Nullable ServerHttpRequest request, String name) {
			return (request != null) ? request.getHeaders().getFirst(name) : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable ServerHttpRequest request, String name) {
			return (request != null) ? request.getHeaders().getOrEmpty(name).iterator() : Collections.emptyIterator();
		}

	}

}
