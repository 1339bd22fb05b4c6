package io.kosmos.tracing.autoconfigure.span;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracedSpan;
import io.kosmos.tracing.UsageSums;
import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link Spans} over the OpenTelemetry SDK.
 */
final class DefaultSpans implements Spans {

	// Not the name of the span, which may be any at run time.
	private static final String SITE = "Spans";

	private final SpanLifecycle lifecycle;

	DefaultSpans(SpanLifecycle lifecycle) {
		this.lifecycle = lifecycle;
	}

	@Override
	public Builder span(String name) {
		Assert.notNull(name, "'name' must not be null");
		return new DefaultBuilder(name, null);
	}

	@Override
	public TracedSpan current() {
		return new CurrentSpan(Span.current());
	}

	/**
	 * Describe the span of an operation.
	 */
	Builder operation(OperationType type, String spanName) {
		return new DefaultBuilder(spanName, type);
	}

	/**
	 * Count what ran elsewhere.
	 */
	void count(UsageSums usage) {
		if (usage.llmCalls() < 0 || usage.toolCalls() < 0 || (usage.tokens() != null && usage.tokens() < 0)) {
			this.lifecycle.operations().refuse("usage", usage, "without a negative count");
			return;
		}
		Operation.addRemote(Context.current(), usage);
	}

	private final class DefaultBuilder implements Builder {

		private final String name;

		private final @Nullable OperationType type;

		private SpanKind kind;

		private @Nullable Context parent;

		private boolean newRoot;

		private @Nullable Long startEpochNanos;

		private @Nullable List<SpanContext> links;

		/** Keys and values in turn. */
		private final List<Object> attributes = new ArrayList<>(4);

		private DefaultBuilder(String name, @Nullable OperationType type) {
			this.name = name;
			this.type = type;
			this.kind = (type != null) ? type.kind() : SpanKind.INTERNAL;
		}

		@Override
		public Builder kind(SpanKind kind) {
			this.kind = kind;
			return this;
		}

		@Override
		public Builder newRoot() {
			this.newRoot = true;
			return this;
		}

		@Override
		public Builder parent(Context parent) {
			this.parent = parent;
			return this;
		}

		@Override
		public Builder link(Context context) {
			SpanContext linked = Span.fromContext(context).getSpanContext();
			if (linked.isValid()) {
				if (this.links == null) {
					this.links = new ArrayList<>();
				}
				this.links.add(linked);
			}
			return this;
		}

		@Override
		public Builder startTimestamp(@Nullable Instant timestamp) {
			this.startEpochNanos = DefaultSpans.this.lifecycle.epochNanos(timestamp, SITE);
			return this;
		}

		private Context parent() {
			return (this.parent != null) ? this.parent : Context.current();
		}

		@Override
		public <T> Builder attribute(AttributeKey<T> key, @Nullable T value) {
			if (value != null) {
				this.attributes.add(key);
				this.attributes.add(value);
			}
			return this;
		}

		@Override
		public <T extends @Nullable Object, E extends Throwable> T in(Work<T, E> work) throws E {
			SpanLifecycle lifecycle = DefaultSpans.this.lifecycle;
			Context parent = parent();
			Span span = start(parent);
			if (span == null) {
				return work.run();
			}
			Scope scope = lifecycle.makeCurrent(parent.with(span), SITE);
			T result;
			try {
				result = work.run();
			}
			catch (Throwable ex) {
				lifecycle.close(scope, SITE);
				lifecycle.fail(span, ex);
				throw ex;
			}
			lifecycle.close(scope, SITE);
			if (SpanLifecycle.isAsynchronous(span, result)) {
				return lifecycle.follow(span, parent, result, ResultRecorder.NONE, SITE, this::start);
			}
			lifecycle.succeed(span, result, ResultRecorder.NONE, SITE);
			return result;
		}

		@Override
		public OpenSpan open() {
			Context parent = parent();
			Span span = start(parent);
			if (span == null) {
				// Knows the trace, records nothing, and ends nobody else's span.
				return new ScopedSpan(Span.wrap(Span.fromContext(parent).getSpanContext()), Scope.noop());
			}
			return new ScopedSpan(span, DefaultSpans.this.lifecycle.makeCurrent(parent.with(span), SITE));
		}

		@Override
		public DetachedSpan start() {
			Context parent = parent();
			Span span = start(parent);
			return new DefaultDetachedSpan((span != null) ? span : Span.wrap(Span.fromContext(parent).getSpanContext()),
					parent);
		}

		@SuppressWarnings("unchecked")
		private Span startPlain(SpanBuilder builder) {
			builder.setSpanKind(this.kind);
			for (int i = 0; i < this.attributes.size(); i += 2) {
				builder.setAttribute((AttributeKey<Object>) this.attributes.get(i), this.attributes.get(i + 1));
			}
			return new StatusAwareSpan(builder.startSpan());
		}

		@SuppressWarnings("unchecked")
		private Span startOperation(SpanBuilder builder, OperationType type, Context parent) {
			builder.setSpanKind(this.kind);
			Operation operation = DefaultSpans.this.lifecycle.operations().begin(type, parent);
			if (this.startEpochNanos != null) {
				operation.startedAt(this.startEpochNanos);
			}
			for (int i = 0; i < this.attributes.size(); i += 2) {
				operation.set((AttributeKey<Object>) this.attributes.get(i), this.attributes.get(i + 1),
						builder::setAttribute);
			}
			operation.writeOperationName(builder::setAttribute);
			operation.writeAgent(builder::setAttribute);
			return new OperationSpan(builder.startSpan(), operation);
		}

		private @Nullable Span start(Context parent) {
			SpanLifecycle lifecycle = DefaultSpans.this.lifecycle;
			// With a parent of its own, the work needs the span to be in that context at
			// all.
			if (this.type == null && !this.newRoot && this.parent == null && lifecycle.unsampled(parent)) {
				return null;
			}
			try {
				SpanBuilder builder = lifecycle.builder(this.name, parent, this.newRoot);
				if (this.startEpochNanos != null) {
					builder.setStartTimestamp(this.startEpochNanos, TimeUnit.NANOSECONDS);
				}
				if (this.links != null) {
					this.links.forEach(builder::addLink);
				}
				return (this.type != null) ? startOperation(builder, this.type, parent) : startPlain(builder);
			}
			catch (Throwable ex) {
				lifecycle.failures().record(SITE, ex);
				return null;
			}
		}

	}

	/**
	 * A span that no thread owns.
	 */
	private final class DefaultDetachedSpan extends CurrentSpan implements DetachedSpan {

		private final Span span;

		private final Context context;

		private final AtomicBoolean ended = new AtomicBoolean();

		private DefaultDetachedSpan(Span span, Context parent) {
			super(span);
			this.span = span;
			this.context = parent.with(span);
		}

		@Override
		public Context context() {
			return this.context;
		}

		@Override
		public Scope makeCurrent() {
			return DefaultSpans.this.lifecycle.makeCurrent(this.context, SITE);
		}

		@Override
		public DetachedSpan endTimestamp(@Nullable Instant timestamp) {
			Long epochNanos = DefaultSpans.this.lifecycle.epochNanos(timestamp, SITE);
			if (epochNanos != null && this.span instanceof StatusAwareSpan known) {
				known.endsAt(epochNanos);
			}
			return this;
		}

		@Override
		public void end(@Nullable Object result) {
			if (this.ended.compareAndSet(false, true)) {
				DefaultSpans.this.lifecycle.succeed(this.span, result, ResultRecorder.NONE, SITE);
			}
		}

		@Override
		public void fail(Throwable error) {
			if (this.ended.compareAndSet(false, true)) {
				DefaultSpans.this.lifecycle.fail(this.span, error);
			}
		}

		@Override
		public void cancel() {
			if (this.ended.compareAndSet(false, true)) {
				DefaultSpans.this.lifecycle.cancel(this.span);
			}
		}

	}

	private class CurrentSpan implements TracedSpan {

		private final Span span;

		CurrentSpan(Span span) {
			this.span = span;
		}

		@Override
		public <T> TracedSpan attribute(AttributeKey<T> key, @Nullable T value) {
			if (value != null) {
				attempt(() -> this.span.setAttribute(key, value));
			}
			return this;
		}

		@Override
		public TracedSpan event(String name, Attributes attributes) {
			attempt(() -> this.span.addEvent(name, attributes));
			return this;
		}

		@Override
		public TracedSpan link(Context context) {
			attempt(() -> this.span.addLink(Span.fromContext(context).getSpanContext()));
			return this;
		}

		@Override
		public TracedSpan error(Throwable error) {
			DefaultSpans.this.lifecycle.recordError(this.span, error);
			return this;
		}

		@Override
		public String traceId() {
			return this.span.getSpanContext().getTraceId();
		}

		@Override
		public String spanId() {
			return this.span.getSpanContext().getSpanId();
		}

		private void attempt(Runnable change) {
			try {
				change.run();
			}
			catch (Throwable ex) {
				DefaultSpans.this.lifecycle.failures().record(SITE, ex);
			}
		}

	}

	private final class ScopedSpan extends CurrentSpan implements OpenSpan {

		private final Span span;

		private final Scope scope;

		private boolean closed;

		private ScopedSpan(Span span, Scope scope) {
			super(span);
			this.span = span;
			this.scope = scope;
		}

		@Override
		public void close() {
			if (this.closed) {
				return;
			}
			this.closed = true;
			SpanLifecycle lifecycle = DefaultSpans.this.lifecycle;
			lifecycle.close(this.scope, SITE);
			lifecycle.succeed(this.span, null, ResultRecorder.NONE, SITE);
		}

	}

}
