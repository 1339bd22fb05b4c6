package io.kosmos.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * A span that is running: what can be added to it. Every method is safe to call from any
 * thread, does nothing on a span that is not recorded, and never throws.
 */
public interface TracedSpan {

	/**
	 * Set an attribute.
	 * @param <T> type of the value
	 * @param key the key, which fixes the type
	 * @param value the value; {@code null} sets nothing
	 * @return this span
	 */
	<T> TracedSpan attribute(AttributeKey<T> key, @Nullable T value);

	/**
	 * Set a string attribute.
	 * @param key the key
	 * @param value the value; {@code null} sets nothing
	 * @return this span
	 */
	default TracedSpan attribute(String key, @Nullable String value) {
		return attribute(AttributeKey.stringKey(key), value);
	}

	/**
	 * Set an integral attribute.
	 * @param key the key
	 * @param value the value
	 * @return this span
	 */
	default TracedSpan attribute(String key, long value) {
		return attribute(AttributeKey.longKey(key), value);
	}

	/**
	 * Set a floating point attribute.
	 * @param key the key
	 * @param value the value
	 * @return this span
	 */
	default TracedSpan attribute(String key, double value) {
		return attribute(AttributeKey.doubleKey(key), value);
	}

	/**
	 * Set a boolean attribute.
	 * @param key the key
	 * @param value the value
	 * @return this span
	 */
	default TracedSpan attribute(String key, boolean value) {
		return attribute(AttributeKey.booleanKey(key), value);
	}

	/**
	 * Add an event with the current time.
	 * @param name name of the event, of low cardinality
	 * @return this span
	 */
	default TracedSpan event(String name) {
		return event(name, Attributes.empty());
	}

	/**
	 * Add an event with the current time.
	 * @param name name of the event, of low cardinality
	 * @param attributes what the event tells
	 * @return this span
	 */
	TracedSpan event(String name, Attributes attributes);

	/**
	 * Link the span to the span in a context. Samplers see only links that are there when
	 * the span starts.
	 * @param context the context; one without a span adds nothing
	 * @return this span
	 */
	TracedSpan link(Context context);

	/**
	 * Mark the span as failed: status ERROR, {@code error.type}, and an {@code exception}
	 * event with type, message and stack trace.
	 * @param error what went wrong
	 * @return this span
	 */
	TracedSpan error(Throwable error);

	/**
	 * Id of the trace, 32 lower-case hexadecimal characters, all zero outside any trace.
	 * @return the trace id
	 */
	String traceId();

	/**
	 * Id of the span, 16 lower-case hexadecimal characters, all zero outside any trace.
	 * @return the span id
	 */
	String spanId();

}
