package io.kosmos.tracing.autoconfigure.propagation;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the span that called in the context, as an invalid span of which
 * nobody becomes a child. It is a span because nothing but the span of an extracted
 * context reaches the start of a span through Micrometer's bridge.
 */
final class UntrustedCaller implements Span {

	private final SpanContext link;

	/**
	 * Create the span.
	 * @param caller the span that called, of which the ids are kept
	 */
	UntrustedCaller(SpanContext caller) {
		this.link = SpanContext.createFromRemoteParent(caller.getTraceId(), caller.getSpanId(), TraceFlags.getDefault(),
				TraceState.getDefault());
	}

	/**
	 * The span that called, to be linked.
	 */
	SpanContext link() {
		return this.link;
	}

	@Override
	public SpanContext getSpanContext() {
		return SpanContext.getInvalid();
	}

	@Override
	public boolean isRecording() {
		return false;
	}

	@Override
	public <T> Span setAttribute(AttributeKey<T> key, @Nullable T value) {
		return this;
	}

	@Override
	public Span addEvent(String name, Attributes attributes) {
		return this;
	}

	@Override
	public Span addEvent(String name, Attributes attributes, long timestamp, TimeUnit unit) {
		return this;
	}

	@Override
	public Span setStatus(StatusCode statusCode, String description) {
		return this;
	}

	@Override
	public Span recordException(Throwable exception, Attributes additionalAttributes) {
		return this;
	}

	@Override
	public Span updateName(String name) {
		return this;
	}

	@Override
	public void end() {
	}

	@Override
	public void end(long timestamp, TimeUnit unit) {
	}

}
