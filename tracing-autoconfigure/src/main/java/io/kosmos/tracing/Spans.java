package io.kosmos.tracing;

import java.time.Instant;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Opens spans from code: the twin of {@link Traced @Traced} for calls that no proxy sees
 * and for names that are known only at run time. Inject it as a bean; it is safe for use
 * by any number of threads. With {@code kosmos.tracing.enabled=false} the bean is still
 * there and only runs the work.
 *
 * <pre>
 * List&lt;Document&gt; found = spans.in("athena.rank", () -&gt; rank(candidates));
 *
 * try (OpenSpan span = spans.span("chat " + model).kind(SpanKind.CLIENT).open()) {
 *     span.attribute(GenAiAttributes.REQUEST_MODEL, model);
 * }
 * </pre>
 *
 * What holds for {@code @Traced} holds here: status, errors, cancellation, and work that
 * returns a {@code CompletionStage}, {@code Mono} or {@code Flux} ends its span when that
 * work ends; when that never happens, because nobody subscribes or completes it, the span
 * never ends and is not exported. The first subscription of such a {@code Mono} or
 * {@code Flux} belongs to the span in which it was made, each further one gets a span of
 * its own.
 */
public interface Spans {

	/**
	 * Run work in a span.
	 * @param <T> type of the result
	 * @param <E> what the work may throw
	 * @param name name of the span, of low cardinality
	 * @param work the work
	 * @return what the work returns
	 * @throws E what the work throws, unchanged
	 */
	default <T extends @Nullable Object, E extends Throwable> T in(String name, Work<T, E> work) throws E {
		return span(name).in(work);
	}

	/**
	 * Run an action in a span.
	 * @param <E> what the action may throw
	 * @param name name of the span, of low cardinality
	 * @param action the action
	 * @throws E what the action throws, unchanged
	 */
	default <E extends Throwable> void in(String name, Action<E> action) throws E {
		span(name).in(action);
	}

	/**
	 * Open a span and make it the current one of this thread.
	 * @param name name of the span, of low cardinality
	 * @return the span, to be closed by the same thread
	 */
	default OpenSpan open(String name) {
		return span(name).open();
	}

	/**
	 * Describe a span with more than a name.
	 * @param name name of the span, of low cardinality
	 * @return a builder; it is not thread-safe, and each use of it makes a new span
	 */
	Builder span(String name);

	/**
	 * The current span, whoever opened it, and from wherever this is called.
	 * @return the current span, or one that records nothing if there is none
	 */
	TracedSpan current();

	/**
	 * Description of a span. What is set here is known when the span starts, so that
	 * samplers see it.
	 */
	interface Builder {

		/**
		 * Set the role of the span.
		 * @param kind the kind; INTERNAL unless set
		 * @return this builder
		 */
		Builder kind(SpanKind kind);

		/**
		 * Start a trace of its own, with a link to the current span instead of a parent.
		 * @return this builder
		 */
		Builder newRoot();

		/**
		 * Make the span a child of the span in a context instead of the current one.
		 * @param parent the context
		 * @return this builder
		 */
		Builder parent(Context parent);

		/**
		 * Link the span to the span in a context, as to each message of a batch.
		 * @param context the context; one without a span adds nothing
		 * @return this builder
		 */
		Builder link(Context context);

		/**
		 * Start the span at another time than now, for work that began before it is told.
		 * @param timestamp when the work began; {@code null} is now, and one outside the
		 * years 1970 to 2261 is refused and now
		 * @return this builder
		 */
		Builder startTimestamp(@Nullable Instant timestamp);

		/**
		 * Set an attribute.
		 * @param <T> type of the value
		 * @param key the key, which fixes the type
		 * @param value the value; {@code null} sets nothing
		 * @return this builder
		 */
		<T> Builder attribute(AttributeKey<T> key, @Nullable T value);

		/**
		 * Run work in the span.
		 * @param <T> type of the result
		 * @param <E> what the work may throw
		 * @param work the work
		 * @return what the work returns
		 * @throws E what the work throws, unchanged
		 */
		<T extends @Nullable Object, E extends Throwable> T in(Work<T, E> work) throws E;

		/**
		 * Run an action in the span.
		 * @param <E> what the action may throw
		 * @param action the action
		 * @throws E what the action throws, unchanged
		 */
		default <E extends Throwable> void in(Action<E> action) throws E {
			this.<@Nullable Void, E>in(() -> {
				action.run();
				return null;
			});
		}

		/**
		 * Open the span and make it the current one of this thread.
		 * @return the span, to be closed by the same thread
		 */
		OpenSpan open();

		/**
		 * Start the span without making it the current one of any thread.
		 * @return the span, to be ended by any thread
		 */
		DetachedSpan start();

	}

	/**
	 * Work that has a result: any {@code Supplier}, {@code Callable} or lambda.
	 *
	 * @param <T> type of the result
	 * @param <E> what it may throw
	 */
	@FunctionalInterface
	interface Work<T extends @Nullable Object, E extends Throwable> {

		/**
		 * Do the work.
		 * @return the result
		 * @throws E when it fails
		 */
		T run() throws E;

	}

	/**
	 * Work that has no result: any {@code Runnable} or lambda.
	 *
	 * @param <E> what it may throw
	 */
	@FunctionalInterface
	interface Action<E extends Throwable> {

		/**
		 * Do the work.
		 * @throws E when it fails
		 */
		void run() throws E;

	}

}
