package io.kosmos.tracing.autoconfigure.request;

import java.util.List;

import io.opentelemetry.context.Context;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

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
			HttpHeaders headers = request.getHeaders();
			Context context = this.edge.enter((name) -> headers.getOrDefault(name, List.of()).iterator());
			if (context == Context.current()) {
				return handler.handle(request, response);
			}
			return ReactorContext.subscribeIn(context, handler.handle(request, response));
		};
	}

}
