package io.kosmos.tracing;

import java.time.Instant;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A span that belongs to no thread: made for work whose end comes as an event, on
 * whatever thread. It must be ended; ending it again does nothing. Thread-safe.
 */
public interface DetachedSpan extends TracedSpan {

	/**
	 * The context in which the work runs.
	 * @return the context that the span was started in, with the span
	 */
	Context context();

	/**
	 * Make the span the current one of this thread for a while.
	 * @return to be closed by the same thread; closing it does not end the span
	 */
	Scope makeCurrent();

	/**
	 * Say when the work ended, for an end that is told later. The span is still to be
	 * ended, and then has this time.
	 * @param timestamp when the work ended, not before it began; {@code null} sets
	 * nothing, and one outside the years 1970 to 2261 is refused
	 * @return this span
	 */
	DetachedSpan endTimestamp(@Nullable Instant timestamp);

	/**
	 * End the span with status OK unless {@link #error(Throwable)} was called.
	 */
	default void end() {
		end(null);
	}

	/**
	 * End the span as work that returned a result: with status OK, unless
	 * {@link #error(Throwable)} was called, and with what every {@link ResultMapper}
	 * reads from the result if the span is one of {@link AgentSpans}.
	 * @param result what the work returned
	 */
	void end(@Nullable Object result);

	/**
	 * End the span as work that failed. A
	 * {@link java.util.concurrent.CancellationException} is a cancellation.
	 * @param error what went wrong
	 */
	void fail(Throwable error);

	/**
	 * End the span as work that was cancelled, which is no error.
	 */
	void cancel();

}
