package io.kosmos.tracing.autoconfigure.span;

import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * How a span starts, becomes current and ends; the one place that knows what success,
 * failure and cancellation look like. Thread-safe. No method throws because of tracing.
 */
final class SpanLifecycle {

	static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Flux",
			SpanLifecycle.class.getClassLoader())
			&& ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
					SpanLifecycle.class.getClassLoader());

	private final SingletonSupplier<Tracer> tracer;

	private final SingletonSupplier<Boolean> unsampledParentDecides;

	private final Operations operations;

	private final Failures failures;

	/**
	 * Create the life cycle.
	 * @param tracer gives the tracer at the first use, so that nothing of the SDK is
	 * created before the application needs it
	 * @param unsampledParentDecides whether the sampler never samples below an unsampled
	 * local parent, so that no span has to be made to learn it
	 * @param operations what agents, models, tools and so on share
	 * @param failures where failures are recorded
	 */
	SpanLifecycle(Supplier<Tracer> tracer, Supplier<Boolean> unsampledParentDecides, Operations operations,
			Failures failures) {
		this.tracer = SingletonSupplier.of(tracer);
		this.unsampledParentDecides = SingletonSupplier.of(unsampledParentDecides);
		this.operations = operations;
		this.failures = failures;
	}

	Operations operations() {
		return this.operations;
	}

	Failures failures() {
		return this.failures;
	}

	/**
	 * Whether a child of the given context would certainly not be recorded.
	 */
	boolean unsampled(Context parent) {
		Span span = Span.fromContextOrNull(parent);
		if (span == null) {
			return false;
		}
		SpanContext context = span.getSpanContext();
		// Whether it is recording comes late, since a span takes a lock to tell.
		return !context.isSampled() && !context.isRemote() && context.isValid() && !span.isRecording()
				&& Boolean.TRUE.equals(this.unsampledParentDecides.get());
	}

	SpanBuilder builder(String name, Context parent, boolean newRoot) {
		SpanBuilder builder = this.tracer.obtain().spanBuilder(name);
		if (!newRoot) {
			return builder.setParent(parent);
		}
		// What else is in the context, the ids of the request among it, is for this span
		// too.
		builder.setParent(parent.with(Span.getInvalid()));
		Span caller = Span.fromContext(parent);
		if (caller.getSpanContext().isValid()) {
			builder.addLink(caller.getSpanContext());
		}
		return builder;
	}

	/**
	 * A time as the SDK takes it.
	 * @return nanoseconds since the epoch, or {@code null} for none or one that it cannot
	 * take
	 */
	@Nullable Long epochNanos(@Nullable Instant timestamp, String site) {
		if (timestamp == null) {
			return null;
		}
		long seconds = timestamp.getEpochSecond();
		// For the SDK, 0 is no time at all.
		if (seconds < 1 || seconds >= TimeUnit.NANOSECONDS.toSeconds(Long.MAX_VALUE)) {
			this.failures.record(site + " timestamp",
					new IllegalArgumentException("The time must be after 1970 and before 2262 but is " + timestamp));
			return null;
		}
		return TimeUnit.SECONDS.toNanos(seconds) + timestamp.getNano();
	}

	Scope makeCurrent(Context context, String site) {
		try {
			return context.makeCurrent();
		}
		catch (Throwable ex) {
			this.failures.record(site, ex);
			return Scope.noop();
		}
	}

	void close(Scope scope, String site) {
		try {
			scope.close();
		}
		catch (Throwable ex) {
			this.failures.record(site, ex);
		}
	}

	/**
	 * Whether a method with the given return type may return an asynchronous result.
	 */
	static boolean mayBeAsynchronous(Class<?> returnType) {
		return returnType.isInterface() || mayBe(returnType, Future.class) || mayBe(returnType, CompletionStage.class)
				|| (REACTOR && ReactorTracing.mayReturnPublisher(returnType));
	}

	static boolean mayBe(Class<?> returnType, Class<?> type) {
		return returnType.isAssignableFrom(type) || type.isAssignableFrom(returnType);
	}

	/**
	 * Whether the work goes on after the call that gave this result.
	 */
	static boolean isAsynchronous(Span span, @Nullable Object result) {
		return result instanceof Future || result instanceof CompletionStage
				|| (REACTOR && ReactorTracing.isReplaceable(result))
				|| (TracedStream.isReplaceable(result) && modelCall(span) != null);
	}

	/**
	 * The call of a model that a span stands for, if it does.
	 */
	static @Nullable Operation modelCall(Span span) {
		return (span instanceof OperationSpan known && known.operation().type() == OperationType.LLM)
				? known.operation() : null;
	}

	/**
	 * End the span when an asynchronous result completes.
	 * @param <T> type of the result
	 * @param span the span of the call
	 * @param parent the context in which the span was started
	 * @param result what the work returned
	 * @param recorder takes the final value
	 * @param site names the call in a failure
	 * @param again starts the span of a further subscription, if the result is reactive
	 * @return what the caller gets
	 */
	@SuppressWarnings("unchecked")
	<T extends @Nullable Object> T follow(Span span, Context parent, T result, ResultRecorder recorder, String site,
			SpanStarter again) {
		if (REACTOR && ReactorTracing.isReplaceable(result)) {
			return (T) ReactorTracing.continueIn(this, span, result, recorder, site, again);
		}
		Operation call = modelCall(span);
		if (call != null && result instanceof Stream<?> stream && TracedStream.isReplaceable(stream)) {
			return (T) TracedStream.trace(this, span, call, parent.with(span), stream, site);
		}
		if (result instanceof CompletionStage<?> stage) {
			try {
				stage.whenComplete((value, error) -> end(span, value, error, recorder, site));
			}
			catch (Throwable ex) {
				// A stage that takes no callback: end now rather than never.
				this.failures.record(site, ex);
				succeed(span, null, ResultRecorder.NONE, site);
			}
		}
		else if (result instanceof Future<?> future && future.isDone()) {
			endWithDone(span, future, recorder, site);
		}
		else {
			succeed(span, null, ResultRecorder.NONE, site);
		}
		return result;
	}

	private void endWithDone(Span span, Future<?> future, ResultRecorder recorder, String site) {
		try {
			succeed(span, future.get(), recorder, site);
		}
		catch (Throwable ex) {
			fail(span, (ex instanceof ExecutionException && ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private void end(Span span, @Nullable Object value, @Nullable Throwable error, ResultRecorder recorder,
			String site) {
		if (error == null) {
			succeed(span, value, recorder, site);
			return;
		}
		fail(span, (error instanceof CompletionException && error.getCause() != null) ? error.getCause() : error);
	}

	void succeed(Span span, @Nullable Object result, ResultRecorder recorder, String site) {
		try {
			if (span instanceof OperationSpan known) {
				known.operation().result(result);
			}
			if (recorder != ResultRecorder.NONE && takesAttributes(span)) {
				record(recorder, span, result, site);
			}
			if (!(span instanceof StatusAwareSpan known && known.isFailed())) {
				span.setStatus(StatusCode.OK);
			}
			span.end();
		}
		catch (Throwable ex) {
			this.failures.record(site, ex);
		}
	}

	/**
	 * Whether attributes are of any use to the span: an operation wants them for metrics
	 * even when it is not recorded.
	 */
	static boolean takesAttributes(Span span) {
		return span instanceof OperationSpan || span.isRecording();
	}

	private void record(ResultRecorder recorder, Span span, @Nullable Object result, String site) {
		try {
			recorder.record(span, result);
		}
		catch (Throwable ex) {
			this.failures.record(site, ex);
		}
	}

	void fail(Span span, Throwable error) {
		if (error instanceof CancellationException) {
			cancel(span);
			return;
		}
		try {
			recordError(span, error);
			span.end();
		}
		catch (Throwable ex) {
			this.failures.record("the end of a failed span", ex);
		}
	}

	void cancel(Span span) {
		try {
			span.setAttribute(KosmosAttributes.CANCELLED, true);
			span.end();
		}
		catch (Throwable ex) {
			this.failures.record("the end of a cancelled span", ex);
		}
	}

	void recordError(Span span, Throwable error) {
		// Business code is not checked for null.
		if (error == null) {
			span.setStatus(StatusCode.ERROR);
			return;
		}
		if (span instanceof OperationSpan known) {
			known.operation().failed(error);
		}
		if (!span.isRecording()) {
			return;
		}
		try {
			span.setAttribute(Operation.ERROR_TYPE, error.getClass().getName());
			// Before anything that the exception itself does, which may fail.
			span.setStatus(StatusCode.ERROR);
			String message = error.getMessage();
			if (message != null) {
				span.setStatus(StatusCode.ERROR, message);
			}
			span.recordException(error);
		}
		catch (Throwable ex) {
			this.failures.record("the record of " + error.getClass().getName(), ex);
		}
	}

	/**
	 * Takes attributes from a result.
	 */
	@FunctionalInterface
	interface ResultRecorder {

		/** Takes nothing. */
		ResultRecorder NONE = (span, result) -> {
		};

		void record(Span span, @Nullable Object result);

	}

	/**
	 * Starts a span below a context. Gives {@code null} when it cannot, or when the span
	 * would not be recorded anyway.
	 */
	@FunctionalInterface
	interface SpanStarter {

		@Nullable Span start(Context parent);

	}

}
