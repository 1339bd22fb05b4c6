package io.kosmos.tracing.autoconfigure.broker;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.AddressedCarrier;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Starts and ends the spans of messages of one system. Thread-safe.
 */
final class MessageTracing {

	/**
	 * Links of a batch, which is what a span of the SDK holds unless told otherwise.
	 */
	static final int MAX_LINKS = 128;

	private static final ContextKey<String> BATCH = ContextKey.named("kosmos-message-batch");

	private final String system;

	private final ConsumerSpan consumer;

	private final Supplier<OpenTelemetry> openTelemetry;

	private final TracingFailures failures;

	/**
	 * Create it.
	 * @param system name of the system in the semantic conventions
	 * @param consumer how the work for a message is tied to what sent it
	 * @param openTelemetry gives the SDK at the first use
	 * @param failures where failures are recorded
	 */
	MessageTracing(String system, ConsumerSpan consumer, Supplier<OpenTelemetry> openTelemetry,
			TracingFailures failures) {
		this.system = system;
		this.consumer = consumer;
		this.openTelemetry = openTelemetry;
		this.failures = failures;
	}

	/**
	 * Do something that must not fail the work that is traced.
	 */
	void attempt(Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			this.failures.record("messages of " + this.system, ex);
		}
	}

	/**
	 * The span of a message that is sent, below the current one. Below none, or below
	 * that of a batch, a message that is sent on stays in the trace that it came with.
	 * @param destination where to, of low cardinality
	 * @param cameWith the context that the message holds already
	 */
	Unstarted send(String destination, UnaryOperator<Context> cameWith) {
		Context current = Context.current();
		SpanContext span = Span.fromContext(current).getSpanContext();
		boolean batch = span.isValid() && span.getSpanId().equals(current.get(BATCH));
		Context parent = current;
		if (batch || !span.isValid()) {
			Context extracted = cameWith.apply(current.with(Span.getInvalid()));
			if (Span.fromContext(extracted).getSpanContext().isValid()) {
				parent = extracted;
			}
		}
		SpanBuilder builder = builder("send", destination, SpanKind.PRODUCER).setParent(parent);
		if (batch && parent != current) {
			builder.addLink(span);
		}
		return new Unstarted(parent, builder);
	}

	/**
	 * The span of the work for a message.
	 * @param destination where from, of low cardinality
	 * @param sender the current context, with that of the sender if the message has one
	 */
	Unstarted process(String destination, Context sender) {
		SpanBuilder builder = builder("process", destination, SpanKind.CONSUMER);
		SpanContext span = Span.fromContext(sender).getSpanContext();
		if (this.consumer == ConsumerSpan.LINK && span.isRemote()) {
			Context parent = sender.with(Span.getInvalid());
			return new Unstarted(parent, builder.setParent(parent).addLink(span));
		}
		return new Unstarted(sender, builder.setParent(sender));
	}

	/**
	 * The span of the work for several messages, made current on this thread.
	 * @param destination where from, of low cardinality, or {@code null} if from several
	 * @param messages the messages
	 * @param attributes what else is known of all of them
	 */
	OpenBatch processBatch(@Nullable String destination, List<BatchedMessage> messages, Attributes attributes) {
		Context parent = Context.current();
		SpanBuilder builder = builder("process", destination, SpanKind.CONSUMER).setParent(parent);
		builder.setAllAttributes(attributes);
		builder.setAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, (long) messages.size());
		int links = 0;
		for (BatchedMessage message : messages) {
			SpanContext sender = Span.fromContext(message.sender()).getSpanContext();
			if (sender.isValid() && links < MAX_LINKS) {
				builder.addLink(sender, message.attributes());
				links++;
			}
		}
		Span span = builder.startSpan();
		Context context = parent.with(span).with(BATCH, span.getSpanContext().getSpanId());
		return new OpenBatch(span, context.makeCurrent());
	}

	/**
	 * The span of a further attempt at a message within one delivery.
	 */
	Span retry(String destination, int attempt) {
		return tracer("retry", destination, SpanKind.INTERNAL)
			.setAttribute(KosmosAttributes.MESSAGE_DELIVERY_ATTEMPT, (long) attempt)
			.startSpan();
	}

	private SpanBuilder builder(String operation, @Nullable String destination, SpanKind kind) {
		return tracer(operation, destination, kind).setAttribute(MessagingAttributes.SYSTEM, this.system)
			.setAttribute(MessagingAttributes.OPERATION_NAME, operation)
			.setAttribute(MessagingAttributes.OPERATION_TYPE, operation);
	}

	private SpanBuilder tracer(String operation, @Nullable String destination, SpanKind kind) {
		return this.openTelemetry.get()
			.getTracer("io.kosmos.tracing")
			.spanBuilder((destination != null) ? operation + " " + destination : operation)
			.setSpanKind(kind);
	}

	/**
	 * Write a context to a message.
	 * @param host the broker that it goes to, {@code null} if that is not known
	 */
	<C> void inject(Context context, C headers, @Nullable String host, TextMapSetter<C> setter) {
		this.openTelemetry.get()
			.getPropagators()
			.getTextMapPropagator()
			.inject(context, new Outgoing<>(headers, host), (outgoing, key, value) -> {
				if (outgoing != null) {
					setter.set(outgoing.headers(), key, value);
				}
			});
	}

	<C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
		return this.openTelemetry.get().getPropagators().getTextMapPropagator().extract(context, carrier, getter);
	}

	void end(Span span, @Nullable Throwable error) {
		attempt(() -> {
			try {
				if (error != null) {
					span.setAttribute(MessageAttributes.ERROR_TYPE, error.getClass().getName());
					span.setStatus(StatusCode.ERROR);
					String message = error.getMessage();
					if (message != null) {
						span.setStatus(StatusCode.ERROR, message);
					}
					span.recordException(error);
				}
			}
			finally {
				span.end();
			}
		});
	}

	/**
	 * A span that is about to start.
	 *
	 * @param parent the context that it starts in
	 * @param builder its builder
	 */
	record Unstarted(Context parent, SpanBuilder builder) {

		Context start() {
			return this.parent.with(this.builder.startSpan());
		}

	}

	/**
	 * One message of a batch.
	 *
	 * @param sender context of what sent it
	 * @param attributes what is known of it alone
	 */
	record BatchedMessage(Context sender, Attributes attributes) {

	}

	/**
	 * The span of a batch, current on a thread.
	 *
	 * @param span the span
	 * @param scope the scope
	 */
	record OpenBatch(Span span, Scope scope) {

		void close(MessageTracing tracing, @Nullable Throwable error) {
			tracing.attempt(this.scope::close);
			tracing.end(this.span, error);
		}

	}

	private record Outgoing<C>(C headers, @Nullable String host) implements AddressedCarrier {

	}

}
