package io.kosmos.tracing.autoconfigure.span;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * A span that knows whether anybody set an error on it, by whatever API, so that success
 * of the work around does not overwrite it. The span of the SDK tells its status only in
 * a copy of everything it holds. Thread-safe.
 */
class StatusAwareSpan implements Span {

	/**
	 * Whether the OpenTelemetry Java agent owns the context. It knows the spans of its
	 * own OpenTelemetry alone, so that these must be the current ones and what is done to
	 * them is not seen here.
	 */
	private static final boolean UNSEEN = ClassUtils.isPresent("io.opentelemetry.javaagent.OpenTelemetryAgent",
			ClassLoader.getSystemClassLoader());

	private final Span span;

	// Unseen, an error may have been set, which success must not overwrite.
	private volatile boolean failed = UNSEEN;

	private volatile @Nullable Long endEpochNanos;

	StatusAwareSpan(Span span) {
		this.span = span;
	}

	boolean isFailed() {
		return this.failed;
	}

	/**
	 * Let the span end at a time that is not that of the call of {@link #end()}.
	 */
	void endsAt(long epochNanos) {
		this.endEpochNanos = epochNanos;
	}

	@Nullable Long endEpochNanos() {
		return this.endEpochNanos;
	}

	@Override
	public Context storeInContext(Context context) {
		return (UNSEEN) ? this.span.storeInContext(context) : Span.super.storeInContext(context);
	}

	@Override
	public Span setStatus(StatusCode statusCode, String description) {
		this.failed |= statusCode == StatusCode.ERROR;
		this.span.setStatus(statusCode, description);
		return this;
	}

	@Override
	public <T> Span setAttribute(AttributeKey<T> key, @Nullable T value) {
		this.span.setAttribute(key, value);
		return this;
	}

	@Override
	public Span addEvent(String name, Attributes attributes) {
		this.span.addEvent(name, attributes);
		return this;
	}

	@Override
	public Span addEvent(String name, Attributes attributes, long timestamp, TimeUnit unit) {
		this.span.addEvent(name, attributes, timestamp, unit);
		return this;
	}

	@Override
	public Span recordException(Throwable exception, Attributes additionalAttributes) {
		this.span.recordException(exception, additionalAttributes);
		return this;
	}

	@Override
	public Span addLink(SpanContext spanContext, Attributes attributes) {
		this.span.addLink(spanContext, attributes);
		return this;
	}

	@Override
	public Span updateName(String name) {
		this.span.updateName(name);
		return this;
	}

	@Override
	public void end() {
		Long end = this.endEpochNanos;
		if (end != null) {
			this.span.end(end, TimeUnit.NANOSECONDS);
		}
		else {
			this.span.end();
		}
	}

	@Override
	public void end(long timestamp, TimeUnit unit) {
		this.span.end(timestamp, unit);
	}

	@Override
	public SpanContext getSpanContext() {
		return this.span.getSpanContext();
	}

	@Override
	public boolean isRecording() {
		return this.span.isRecording();
	}

	@Override
	public String toString() {
		return this.span.toString();
	}

}
