package io.kosmos.tracing.autoconfigure.request;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Brings the current context into Reactor pipelines. Loaded only when Reactor is there.
 */
final class ReactorContext {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private ReactorContext() {
	}

	/**
	 * Give the subscriptions of a publisher the context that is current now. A publisher
	 * of a type of its own, which the caller may know, stays as it is.
	 */
	static Object capture(Object result) {
		if (result instanceof Mono<?> mono) {
			ContextSnapshot snapshot = snapshots.captureAll();
			return mono.contextWrite(snapshot::updateContext);
		}
		if (result instanceof Flux<?> flux) {
			ContextSnapshot snapshot = snapshots.captureAll();
			return flux.contextWrite(snapshot::updateContext);
		}
		return result;
	}

	/**
	 * Subscribe in a context, so that what starts with the subscription finds it in the
	 * thread and what comes later finds it in the subscription.
	 */
	static <T> Mono<T> subscribeIn(Context context, Mono<T> source) {
		return Mono.from((subscriber) -> {
			try (Scope ignored = context.makeCurrent()) {
				ContextSnapshot snapshot = snapshots.captureAll();
				source.contextWrite(snapshot::updateContext).subscribe(subscriber);
			}
		});
	}

}
