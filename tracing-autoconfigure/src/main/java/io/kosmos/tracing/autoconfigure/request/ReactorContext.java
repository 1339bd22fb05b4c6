package io.kosmos.tracing.autoconfigure.request;

import java.lang.reflect.Modifier;

import io.kosmos.tracing.RequestIds;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.util.context.ContextView;

/**
 * Brings the current context into Reactor pipelines. Loaded only when Reactor is there.
 */
final class ReactorContext {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private ReactorContext() {
	}

	/**
	 * Give the subscriptions of a publisher the context that is current now, or that of
	 * the subscriber with the ids if it is in another span. A publisher of a type of its
	 * own, which the caller may know, stays as it is.
	 */
	static Object capture(RequestIds ids, Object result) {
		if (!hasTypeOfReactor(result)) {
			return result;
		}
		Captured captured = new Captured(ids, Context.current(), snapshots.captureAll());
		return (result instanceof Mono<?> mono)
				? Mono.deferContextual((subscriber) -> mono.contextWrite(captured.snapshot(subscriber)::updateContext))
				: Flux.deferContextual(
						(subscriber) -> ((Flux<?>) result).contextWrite(captured.snapshot(subscriber)::updateContext));
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

	/**
	 * What was current when a publisher was made.
	 *
	 * @param ids ids that were set for it
	 * @param context the context, with these ids
	 * @param snapshot the context and all else that a subscription carries
	 */
	private record Captured(RequestIds ids, Context context, ContextSnapshot snapshot) {

		ContextSnapshot snapshot(ContextView subscriber) {
			try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(subscriber)) {
				SpanContext span = Span.current().getSpanContext();
				if (!span.isValid() || span.equals(Span.fromContext(this.context).getSpanContext())) {
					return this.snapshot;
				}
				RequestIds known = this.ids.orElse(RequestIds.current());
				try (Scope ignoredToo = known.orElse(RequestIds.fromContext(this.context)).makeCurrent()) {
					return snapshots.captureAll();
				}
			}
		}

	}

}
