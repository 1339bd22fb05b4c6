package io.kosmos.tracing.autoconfigure.messaging;

import java.time.Instant;
import java.util.function.Consumer;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Puts the context of a span into a message once the span has started.
 */
final class InjectingBuilder implements Spans.Builder {

	private final Spans.Builder span;

	private final Consumer<Context> injection;

	InjectingBuilder(Spans.Builder span, Consumer<Context> injection) {
		this.span = span;
		this.injection = injection;
	}

	@Override
	public Spans.Builder kind(SpanKind kind) {
		this.span.kind(kind);
		return this;
	}

	@Override
	public Spans.Builder newRoot() {
		this.span.newRoot();
		return this;
	}

	@Override
	public Spans.Builder parent(Context parent) {
		this.span.parent(parent);
		return this;
	}

	@Override
	public Spans.Builder link(Context context) {
		this.span.link(context);
		return this;
	}

	@Override
	public Spans.Builder startTimestamp(@Nullable Instant timestamp) {
		this.span.startTimestamp(timestamp);
		return this;
	}

	@Override
	public <T> Spans.Builder attribute(AttributeKey<T> key, @Nullable T value) {
		this.span.attribute(key, value);
		return this;
	}

	@Override
	public <T extends @Nullable Object, E extends Throwable> T in(Spans.Work<T, E> work) throws E {
		return this.span.in(() -> {
			this.injection.accept(Context.current());
			return work.run();
		});
	}

	@Override
	public OpenSpan open() {
		OpenSpan open = this.span.open();
		this.injection.accept(Context.current());
		return open;
	}

	@Override
	public DetachedSpan start() {
		DetachedSpan started = this.span.start();
		this.injection.accept(started.context());
		return started;
	}

}
