package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Modifier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.SpanStarter;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.SignalType;
import reactor.util.context.ContextView;

/**
 * Gives every subscription to a {@code Mono} or {@code Flux} a span that is current
 * inside the pipeline. Loaded only when Reactor is there.
 */
final class ReactorTracing {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private ReactorTracing() {
	}

	/**
	 * Whether a result, of whose declared type nothing is known, is a publisher that may
	 * be replaced by another: one with a type of its own that the caller may know, such
	 * as a {@code ConnectableFlux} or a class of the application, may not.
	 */
	static boolean isReplaceable(@Nullable Object result) {
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
	 * Whether a method with the given return type may return a publisher.
	 */
	static boolean mayReturnPublisher(Class<?> returnType) {
		return SpanLifecycle.mayBe(returnType, Mono.class) || SpanLifecycle.mayBe(returnType, Flux.class);
	}

	/**
	 * Whether a method with the given return type gives back what {@link #trace} makes.
	 */
	static boolean isTraceable(Class<?> returnType) {
		return returnType == Mono.class || returnType == Flux.class;
	}

	/**
	 * Whether a method with the given return type may give back a publisher that cannot
	 * be replaced by {@link #trace}.
	 */
	static boolean isOtherPublisher(Class<?> returnType) {
		return Publisher.class.isAssignableFrom(returnType) && !isTraceable(returnType)
				&& !returnType.isAssignableFrom(Mono.class);
	}

	/**
	 * A span for each subscription.
	 */
	static Object trace(SpanLifecycle lifecycle, Object publisher, ResultRecorder recorder, String site,
			SpanStarter starter) {
		if (publisher instanceof Mono<?> mono) {
			return traceMono(lifecycle, mono, recorder, site, starter);
		}
		if (publisher instanceof Flux<?> flux) {
			return traceFlux(lifecycle, flux, site, starter);
		}
		return publisher;
	}

	/**
	 * As {@link #trace}, but the first subscription goes on in a span that runs already.
	 */
	static Object continueIn(SpanLifecycle lifecycle, Span span, Object publisher, ResultRecorder recorder, String site,
			SpanStarter again) {
		AtomicReference<@Nullable Span> first = new AtomicReference<>(span);
		return trace(lifecycle, publisher, recorder, site, (parent) -> {
			Span running = first.getAndSet(null);
			return (running != null) ? running : again.start(parent);
		});
	}

	private static <T> Mono<T> traceMono(SpanLifecycle lifecycle, Mono<T> source, ResultRecorder recorder, String site,
			SpanStarter starter) {
		return Mono.deferContextual((view) -> {
			Subscription subscription = subscribe(lifecycle, view, recorder, site, starter);
			if (subscription == null) {
				return source;
			}
			return source.doOnSuccess(subscription::succeed)
				.doOnError(subscription::fail)
				.doFinally(subscription::finish)
				.contextWrite(subscription.current());
		});
	}

	private static <T> Flux<T> traceFlux(SpanLifecycle lifecycle, Flux<T> source, String site, SpanStarter starter) {
		return Flux.deferContextual((view) -> {
			Subscription subscription = subscribe(lifecycle, view, ResultRecorder.NONE, site, starter);
			if (subscription == null) {
				return source;
			}
			Operation call = SpanLifecycle.modelCall(subscription.span());
			return ((call != null) ? source.doOnNext(call::chunk) : source)
				.doOnComplete(() -> subscription.succeed(null))
				.doOnError(subscription::fail)
				.doFinally(subscription::finish)
				.contextWrite(subscription.current());
		});
	}

	private static @Nullable Subscription subscribe(SpanLifecycle lifecycle, ContextView view, ResultRecorder recorder,
			String site, SpanStarter starter) {
		Span span = null;
		// What the subscriber sees, whether or not it is also in thread locals.
		try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(view)) {
			Context parent = Context.current();
			span = starter.start(parent);
			if (span == null) {
				return null;
			}
			try (Scope ignoredToo = parent.with(span).makeCurrent()) {
				ContextSnapshot snapshot = snapshots.captureAll();
				return new Subscription(lifecycle, span, recorder, site, snapshot::updateContext, new AtomicBoolean());
			}
		}
		catch (Throwable ex) {
			lifecycle.failures().record(site, ex);
			if (span != null) {
				span.end();
			}
			return null;
		}
	}

	/**
	 * The span of one subscription, ended once by whichever signal comes first.
	 *
	 * @param current writes the span's context to where the operators of the pipeline
	 * find it
	 */
	private record Subscription(SpanLifecycle lifecycle, Span span, ResultRecorder recorder, String site,
			UnaryOperator<reactor.util.context.Context> current, AtomicBoolean ended) {

		void succeed(@Nullable Object value) {
			if (this.ended.compareAndSet(false, true)) {
				this.lifecycle.succeed(this.span, value, this.recorder, this.site);
			}
		}

		void fail(Throwable error) {
			if (this.ended.compareAndSet(false, true)) {
				this.lifecycle.fail(this.span, error);
			}
		}

		// After the cancellation went on to the work below, so that spans there end
		// first.
		void finish(SignalType signal) {
			if (signal == SignalType.CANCEL && this.ended.compareAndSet(false, true)) {
				this.lifecycle.cancel(this.span);
			}
		}

	}

}
