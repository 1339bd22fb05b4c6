package io.kosmos.tracing;

import java.time.Duration;

/**
 * Makes spans of the events of a framework that tells when a call begins and when it has
 * ended, and lets nobody run in between: the two become one span, with the attributes of
 * both. Inject it as a bean; it is safe for use by any number of threads, and the end may
 * come on another thread than the start. With {@code kosmos.tracing.enabled=false} the
 * bean is still there and does nothing. No method throws because of an event.
 *
 * <pre>
 * events.pre(SpanEvent.of(Type.TOOL, run, "search").callId("1").build());
 * events.post(SpanEvent.of(Type.TOOL, run, "search").callId("1").error(failure).build());
 * </pre>
 *
 * The parent of a span is, in this order,
 * <ol>
 * <li>the open call of the same correlation id that has the parent call id, if the event
 * names one;</li>
 * <li>the open call of the same correlation id that was begun last, not later than this
 * one if both events have timestamps, and whose type makes calls of this type: agents,
 * workflows and custom calls make any; nodes any but nodes; tools any but nodes and
 * tools; policies, plans, retrievals and memory those of models and custom ones; models
 * custom ones alone. So tools that an agent calls at the same time lie side by side;</li>
 * <li>the current span of the thread.</li>
 * </ol>
 * The current span of the thread is not changed.
 * <p>
 * A second start with the same type, correlation id, name and call id begins a second
 * call, and the next end belongs to the call begun last. An end without a start is
 * counted. A call whose end does not come is ended with status ERROR and the description
 * {@code no end event} after {@code kosmos.tracing.events.timeout}, or before that when
 * it is the oldest of more than {@code kosmos.tracing.events.max-open}, and when the
 * application stops. An event that cannot be one, for want of a type, a correlation id or
 * a name, is refused. Each of these is counted, and logged the first time.
 */
public interface SpanEvents {

	/**
	 * A call begins.
	 * @param event the call, with the attributes that are known now
	 */
	void pre(SpanEvent event);

	/**
	 * A call has ended. An {@link SpanEvent#error() error} fails its span.
	 * @param event the call, with the attributes that have become known
	 */
	void post(SpanEvent event);

	/**
	 * Let nothing be lost at the end of a run, before the process is frozen or left: ends
	 * <em>all</em> open calls, of whatever correlation id, with status ERROR and the
	 * description {@code no end event}, and exports all spans of the application that
	 * have ended.
	 * @param timeout how long to wait for that at most; it goes on in the background
	 * after that time, which may be 0
	 * @return whether all is exported
	 */
	boolean flush(Duration timeout);

}
