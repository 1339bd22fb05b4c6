package io.kosmos.tracing.autoconfigure.nats;

import java.net.URI;
import java.time.Instant;
import java.util.List;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracedSpan;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.nats.NatsProperties.Consumer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The spans of one connection, and the contexts in its messages. Thread-safe.
 */
final class NatsSpans {

	private static final String MESSAGE_ID = "Nats-Msg-Id";

	private final Connection connection;

	private final Spans spans;

	private final MessageSpans messages;

	private final Consumer consumer;

	private final TracingFailures failures;

	private final String inboxPrefix;

	private volatile @Nullable Server server;

	NatsSpans(Connection connection, Spans spans, MessageSpans messages, Consumer consumer, TracingFailures failures) {
		this.connection = connection;
		this.spans = spans;
		this.messages = messages;
		this.consumer = consumer;
		this.failures = failures;
		this.inboxPrefix = connection.getOptions().getInboxPrefix();
	}

	/**
	 * Describe the span of a message that is sent.
	 * @param operation what jnats calls it
	 * @param subject where it goes
	 * @param message the message
	 * @return a builder
	 */
	Spans.Builder send(String operation, String subject, Outgoing message) {
		Spans.Builder span = span(operation, "send", SpanKind.PRODUCER, Subject.of(subject, this.inboxPrefix, null));
		String id = (message.options() != null) ? message.options().getMessageId() : null;
		return span.attribute(MessagingAttributes.MESSAGE_ID, (id != null) ? id : id(message.headers()))
			.attribute(MessagingAttributes.MESSAGE_BODY_SIZE, (long) message.size());
	}

	/**
	 * Describe the span of the work for a message.
	 */
	Spans.Builder process(Message message, @Nullable String pattern) {
		Spans.Builder span = message("process", "process", SpanKind.CONSUMER, message, pattern);
		return belowSender(span, sender(message));
	}

	/**
	 * Record that the application asked for a message and got it.
	 */
	void received(Message message, @Nullable String pattern, Instant asked) {
		attempt(() -> {
			Spans.Builder span = message("receive", "receive", SpanKind.CLIENT, message, pattern);
			Context sender = sender(message);
			if (isInTrace()) {
				span.link(sender);
			}
			else {
				belowSender(span, sender);
			}
			span.startTimestamp(asked).start().end();
		});
	}

	/**
	 * Record that the application asked for messages and got some.
	 */
	void received(List<Message> batch, @Nullable String pattern, Instant asked) {
		attempt(() -> {
			Message first = batch.get(0);
			Subject subject = subject(first, pattern);
			Spans.Builder span = span("receive", "receive", SpanKind.CLIENT, subject)
				.attribute(MessagingAttributes.BATCH_MESSAGE_COUNT, (long) batch.size())
				// Of one message, not of all.
				.attribute(MessagingAttributes.DESTINATION_NAME,
						(subject.template() != null) ? subject.template() : subject.name());
			describeConsumer(span, first);
			batch.forEach((message) -> span.link(sender(message)));
			span.startTimestamp(asked).start().end();
		});
	}

	/**
	 * Describe the span of an acknowledgement.
	 */
	Spans.Builder settle(String operation, Message message, @Nullable String pattern) {
		Spans.Builder span = message(operation, "settle", SpanKind.CLIENT, message, pattern);
		return isInTrace() ? span : belowSender(span, sender(message));
	}

	TracedSpan current() {
		return this.spans.current();
	}

	/**
	 * The headers of a message with the current context.
	 * @param message the message
	 * @return its own headers if no others can be sent
	 */
	@Nullable Headers headers(Outgoing message) {
		try {
			if (!this.connection.getServerInfo().isHeadersSupported() || this.connection.getOptions().isNoHeaders()) {
				return message.headers();
			}
			Headers headers = new Headers(message.headers());
			// It belongs to the context that is replaced, and may not be written again.
			headers.remove("tracestate");
			this.messages.inject(Context.current(), new HeaderCarrier(headers, server().host()), HeaderCarrier.SETTER);
			boolean fits = headers.serializedLength() + message.size() <= this.connection.getMaxPayload();
			return (fits && !headers.isEmpty()) ? headers : message.headers();
		}
		catch (Throwable ex) {
			this.failures.record("the headers of a message to NATS", ex);
			return message.headers();
		}
	}

	private Spans.Builder message(String operation, String type, SpanKind kind, Message message,
			@Nullable String pattern) {
		Spans.Builder span = span(operation, type, kind, subject(message, pattern));
		attempt(() -> {
			span.attribute(MessagingAttributes.MESSAGE_ID, id(message.getHeaders()));
			byte[] body = message.getData();
			span.attribute(MessagingAttributes.MESSAGE_BODY_SIZE, (body != null) ? (long) body.length : null);
			describeConsumer(span, message);
			if (message.isJetStream()) {
				NatsJetStreamMetaData delivery = message.metaData();
				span.attribute(KosmosAttributes.NATS_STREAM_SEQUENCE, delivery.streamSequence())
					.attribute(KosmosAttributes.MESSAGING_DELIVERY_COUNT, delivery.deliveredCount());
			}
		});
		return span;
	}

	private static void describeConsumer(Spans.Builder span, Message message) {
		Subscription subscription = message.getSubscription();
		String queue = (subscription != null) ? subscription.getQueueName() : null;
		span.attribute(MessagingAttributes.CONSUMER_GROUP_NAME, StringUtils.hasText(queue) ? queue : null);
		if (message.isJetStream()) {
			NatsJetStreamMetaData delivery = message.metaData();
			span.attribute(MessagingAttributes.DESTINATION_SUBSCRIPTION_NAME, delivery.getConsumer())
				.attribute(KosmosAttributes.NATS_STREAM, delivery.getStream());
		}
	}

	private Spans.Builder span(String operation, String type, SpanKind kind, Subject subject) {
		Server server = server();
		return this.spans.span(subject.spanName(operation))
			.kind(kind)
			.attribute(MessagingAttributes.SYSTEM, "nats")
			.attribute(MessagingAttributes.OPERATION_NAME, operation)
			.attribute(MessagingAttributes.OPERATION_TYPE, type)
			.attribute(MessagingAttributes.DESTINATION_NAME, subject.name())
			.attribute(MessagingAttributes.DESTINATION_TEMPLATE, subject.template())
			.attribute(MessagingAttributes.DESTINATION_TEMPORARY, subject.temporary() ? Boolean.TRUE : null)
			.attribute(MessagingAttributes.SERVER_ADDRESS, server.host())
			.attribute(MessagingAttributes.SERVER_PORT, server.port());
	}

	private Subject subject(Message message, @Nullable String pattern) {
		String subscribed = pattern;
		// That of JetStream is where it delivers to.
		if (subscribed == null && !message.isJetStream()) {
			Subscription subscription = message.getSubscription();
			subscribed = (subscription != null) ? subscription.getSubject() : null;
		}
		return Subject.of(message.getSubject(), this.inboxPrefix, subscribed);
	}

	private Context sender(Message message) {
		Headers headers = message.getHeaders();
		return (headers != null)
				? this.messages.extract(Context.root(), new HeaderCarrier(headers, null), HeaderCarrier.GETTER)
				: Context.root();
	}

	private Spans.Builder belowSender(Spans.Builder span, Context sender) {
		span.parent(sender);
		return (this.consumer == Consumer.LINK) ? span.newRoot() : span;
	}

	private static boolean isInTrace() {
		return Span.current().getSpanContext().isValid();
	}

	private static @Nullable String id(@Nullable Headers headers) {
		return (headers != null) ? headers.getFirst(MESSAGE_ID) : null;
	}

	private Server server() {
		String url = this.connection.getConnectedUrl();
		Server known = this.server;
		if (known == null || (url != null && !url.equals(known.url()))) {
			known = Server.of(url);
			this.server = known;
		}
		return known;
	}

	private void attempt(Runnable work) {
		try {
			work.run();
		}
		catch (Throwable ex) {
			this.failures.record("the span of a message from NATS", ex);
		}
	}

	/**
	 * The server that the connection is made to, or was last.
	 *
	 * @param url as jnats tells it
	 * @param host its host
	 * @param port its port
	 */
	private record Server(@Nullable String url, @Nullable String host, @Nullable Long port) {

		private static final Server UNKNOWN = new Server(null, null, null);

		static Server of(@Nullable String url) {
			try {
				if (url != null) {
					URI uri = URI.create(url);
					return new Server(url, uri.getHost(), (uri.getPort() > 0) ? (long) uri.getPort() : null);
				}
			}
			catch (IllegalArgumentException ex) {
				// An address that nobody can read is not told.
				return new Server(url, null, null);
			}
			return UNKNOWN;
		}

	}

}
