package io.kosmos.tracing.autoconfigure.span;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * Adds what a service tells of its models and tools to the sums of its caller.
 */
final class UsageExchangeFilter implements ExchangeFilterFunction {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final RollupProperties properties;

	private final Failures failures;

	UsageExchangeFilter(RollupProperties properties, Failures failures) {
		this.properties = properties;
		this.failures = failures;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((view) -> {
			Context context;
			try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(view)) {
				context = Context.current();
			}
			return next.exchange(request)
				.doOnNext((response) -> UsageInterceptor.add(this.properties, this.failures, request.url(),
						response.headers().asHttpHeaders().getFirst(UsageHeader.NAME), context));
		});
	}

}
