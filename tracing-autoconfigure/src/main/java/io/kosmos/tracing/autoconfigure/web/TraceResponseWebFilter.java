package io.kosmos.tracing.autoconfigure.web;

import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tells the caller of the server span before anything of the response is sent. The span
 * is there from the subscription on.
 */
final class TraceResponseWebFilter implements WebFilter {

	private final CallerTrace trace;

	TraceResponseWebFilter(CallerTrace trace) {
		this.trace = trace;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return Mono.defer(() -> {
			ServerHttpRequest request = exchange.getRequest();
			ServerRequestObservationContext.findCurrent(exchange.getAttributes())
				.map((context) -> this.trace.header(request.getPath().pathWithinApplication(), CallerTrace.of(context)))
				.ifPresent((header) -> exchange.getResponse().getHeaders().set(CallerTrace.HEADER, header));
			return chain.filter(exchange);
		});
	}

}
