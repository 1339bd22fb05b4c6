package io.kosmos.tracing.autoconfigure.request;

import java.lang.reflect.Modifier;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

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
		if (!hasTypeOfReactor(result)) {
			return result;
		}
		ContextSnapshot snapshot = snapshots.captureAll();
		return (result instanceof Mono<?> mono) ? mono.contextWrite(snapshot::updateContext)
				: ((Flux<?>) result).contextWrite(snapshot::updateContext);
	}

	private static boolean hasTypeOfReactor(Object result) {
		if (!(result instanceof Mono || result instanceof Flux)) {
			return false;
		}
		for (Class<?> type = result.getClass(); type != Mono.class && type != Flux.class; type = type.getSuperclass()) {
			boolean known = Modifier.isPublic(type.getModifiers()) || !type.getName().startsWith("reactor.");
			if (known && type != FluxOperator.class && type != MonoOperator.class) {
				return false;
			}
		}
		return true;
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
