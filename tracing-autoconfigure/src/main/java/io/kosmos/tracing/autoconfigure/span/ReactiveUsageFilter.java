package io.kosmos.tracing.autoconfigure.span;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Puts the sums of a request into the context in which it is served, and writes them into
 * its response before that is sent.
 */
final class ReactiveUsageFilter implements WebFilter, Ordered {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final int order;

	ReactiveUsageFilter(int order) {
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Sums sums = new Sums();
		exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> write(sums, exchange.getResponse())));
		return Mono.deferContextual((view) -> {
			try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(view);
					Scope ignoredToo = Context.current().with(Sums.REQUEST, sums).makeCurrent()) {
				return chain.filter(exchange).contextWrite(snapshots.captureAll()::updateContext);
			}
		});
	}

	private static void write(Sums sums, ServerHttpResponse response) {
		String header = sums.toHeader();
		if (header != null) {
			response.getHeaders().set(UsageHeader.NAME, header);
		}
	}

}
