package io.kosmos.tracing.autoconfigure.nats;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracedSpan;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamReader;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * A connection, or anything that came from it, with tracing around. All calls go on to
 * the same call of what is traced, which gets its own objects back and never a proxy:
 * jnats expects its classes. Proxies rather than classes, so that methods which other
 * versions of jnats have are there too.
 */
final class TracedObject implements InvocationHandler {

	/** The first one that fits is what the proxy is. */
	private static final List<Class<?>> TYPES = List.of(Connection.class, JetStream.class, JetStreamManagement.class,
			Dispatcher.class, JetStreamSubscription.class, Subscription.class, StreamContext.class,
			ConsumerContext.class, OrderedConsumerContext.class, FetchConsumer.class, IterableConsumer.class,
			JetStreamReader.class, Message.class);

	private final Object target;

	private final NatsSpans spans;

	/** Of the connection that all this came from. */
	private final @Nullable TracedObject root;

	/** The subject that messages are asked for by, if it is known. */
	private final @Nullable String pattern;

	private final Object proxy;

	private TracedObject(Object target, Class<?> type, NatsSpans spans, @Nullable TracedObject root,
			@Nullable String pattern) {
		this.target = target;
		this.spans = spans;
		this.root = root;
		this.pattern = pattern;
		this.proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, this);
	}

	static Connection connection(Connection connection, NatsSpans spans) {
		return (Connection) new TracedObject(connection, Connection.class, spans, null, null).proxy;
	}

	static boolean isTraced(Object candidate) {
		return handler(candidate) != null;
	}

	private static @Nullable TracedObject handler(@Nullable Object candidate) {
		return (candidate != null && Proxy.isProxyClass(candidate.getClass())
				&& Proxy.getInvocationHandler(candidate) instanceof TracedObject traced) ? traced : null;
	}

	private static @Nullable Object unwrap(@Nullable Object candidate) {
		TracedObject traced = handler(candidate);
		return (traced != null) ? traced.target : candidate;
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) throws Throwable {
		@Nullable Object[] arguments = (given != null) ? given.clone() : new Object[0];
		for (int i = 0; i < arguments.length; i++) {
			arguments[i] = unwrap(arguments[i]);
		}
		String name = method.getName();
		if (this.target instanceof Connection connection && (name.equals("publish") || name.startsWith("request"))) {
			return send(connection, method, arguments);
		}
		if (this.target instanceof JetStream jetStream && name.startsWith("publish")) {
			return send(jetStream, method, arguments);
		}
		if (this.target instanceof Message message) {
			return settle(message, method, arguments);
		}
		String pattern = pattern(name, arguments);
		for (int i = 0; i < arguments.length; i++) {
			if (arguments[i] instanceof MessageHandler handler) {
				arguments[i] = new TracedHandler(handler, this.spans, pattern, (message) -> traced(message, pattern));
			}
		}
		Instant asked = Instant.now();
		return result(call(method, arguments), pattern, asked);
	}

	private @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
		try {
			return method.invoke(this.target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw (ex.getCause() != null) ? ex.getCause() : ex;
		}
	}

	/**
	 * The subject that messages are asked for by: told to JetStream when subscribing, and
	 * a part of the consumer later. Without JetStream each message knows it.
	 */
	private @Nullable String pattern(String method, @Nullable Object[] arguments) {
		Object first = (arguments.length > 0) ? arguments[0] : null;
		if (this.target instanceof JetStream) {
			return (method.equals("subscribe") && first instanceof String subject) ? subject : null;
		}
		// Not that of the subscription which it may come from: it has others too.
		if (this.target instanceof Dispatcher) {
			return null;
		}
		if (this.target instanceof StreamContext && first instanceof OrderedConsumerConfiguration consumer) {
			return only(consumer.getFilterSubjects());
		}
		if (this.target instanceof ConsumerContext consumer) {
			ConsumerInfo info = consumer.getCachedConsumerInfo();
			return (info != null) ? only(info.getConsumerConfiguration().getFilterSubjects()) : null;
		}
		return this.pattern;
	}

	private static @Nullable String only(@Nullable List<String> subjects) {
		return (subjects != null && subjects.size() == 1) ? subjects.get(0) : null;
	}

	@SuppressWarnings("unchecked")
	private @Nullable Object result(@Nullable Object result, @Nullable String pattern, Instant asked) {
		if (result == null) {
			return null;
		}
		if (result == this.target) {
			return this.proxy;
		}
		if (result instanceof Message message) {
			this.spans.received(message, pattern, asked);
			return traced(message, pattern);
		}
		if (this.target instanceof JetStreamSubscription) {
			if (result instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Message) {
				List<Message> messages = new ArrayList<>((List<Message>) list);
				this.spans.received(messages, pattern, asked);
				messages.replaceAll((message) -> traced(message, pattern));
				return messages;
			}
			if (result instanceof Iterator<?> iterator) {
				return new TracedIterator((Iterator<Message>) iterator, (message) -> {
					this.spans.received(message, pattern, Instant.now());
					return traced(message, pattern);
				});
			}
		}
		return traced(result, pattern);
	}

	private Message traced(Message message, @Nullable String pattern) {
		return (Message) traced((Object) message, pattern);
	}

	private Object traced(Object result, @Nullable String pattern) {
		TracedObject root = (this.root != null) ? this.root : this;
		if (result == root.target) {
			return root.proxy;
		}
		for (Class<?> type : TYPES) {
			if (type.isInstance(result)) {
				return new TracedObject(result, type, this.spans, root, pattern).proxy;
			}
		}
		return result;
	}

	private @Nullable Object send(Connection connection, Method method, @Nullable Object[] arguments) throws Throwable {
		Outgoing message = Outgoing.of(arguments);
		String subject = message.subject();
		if (subject == null) {
			return call(method, arguments);
		}
		if (method.getName().equals("publish")) {
			this.spans.send("send", subject, message)
				.in(() -> connection.publish(subject, message.replyTo(), this.spans.headers(message), message.body()));
			return null;
		}
		if (method.getReturnType() == Message.class) {
			return this.spans.send("request", subject, message).in(() -> {
				Message reply = connection.request(subject, this.spans.headers(message), message.body(),
						message.timeout());
				if (reply == null || reply.isStatusMessage()) {
					this.spans.current().error(new NoReplyException());
				}
				return reply;
			});
		}
		return inFuture("request", subject, message,
				(headers) -> connection.requestWithTimeout(subject, headers, message.body(), message.timeout()),
				(span, reply) -> {
				});
	}

	private @Nullable Object send(JetStream jetStream, Method method, @Nullable Object[] arguments) throws Throwable {
		Outgoing message = Outgoing.of(arguments);
		String subject = message.subject();
		if (subject == null) {
			return call(method, arguments);
		}
		if (method.getReturnType() == PublishAck.class) {
			return this.spans.send("send", subject, message).in(() -> {
				PublishAck ack = jetStream.publish(subject, this.spans.headers(message), message.body(),
						message.options());
				if (ack != null) {
					describe(this.spans.current(), ack);
				}
				return ack;
			});
		}
		return inFuture("send", subject, message,
				(headers) -> jetStream.publishAsync(subject, headers, message.body(), message.options()),
				TracedObject::describe);
	}

	private static void describe(TracedSpan span, PublishAck ack) {
		span.attribute(KosmosAttributes.NATS_STREAM, ack.getStream())
			.attribute(KosmosAttributes.NATS_STREAM_SEQUENCE, ack.getSeqno());
	}

	private <T> @Nullable CompletableFuture<T> inFuture(String operation, String subject, Outgoing message,
			Function<@Nullable Headers, @Nullable CompletableFuture<T>> call, Answer<T> answer) {
		DetachedSpan span = this.spans.send(operation, subject, message).start();
		try (Scope scope = span.makeCurrent()) {
			CompletableFuture<T> future = call.apply(this.spans.headers(message));
			if (future == null) {
				span.end();
				return null;
			}
			future.whenComplete((result, error) -> {
				if (error != null) {
					span.fail(cause(error));
					return;
				}
				answer.describe(span, result);
				span.end();
			});
			return future;
		}
		catch (Throwable ex) {
			span.fail(ex);
			throw ex;
		}
	}

	/**
	 * What jnats put into one or two others, and cancels where nobody answers.
	 */
	private static Throwable cause(Throwable error) {
		Throwable cause = error;
		while ((cause instanceof CompletionException || cause.getClass() == RuntimeException.class)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return (cause instanceof CancellationException) ? new NoReplyException() : cause;
	}

	private @Nullable Object settle(Message message, Method method, @Nullable Object[] arguments) throws Throwable {
		String operation = switch (method.getName()) {
			case "ack", "ackSync" -> "ack";
			case "nak", "nakWithDelay" -> "nak";
			case "term" -> "term";
			default -> null;
		};
		// Only the first one is sent.
		if (operation == null || !message.isJetStream() || (message.lastAck() != null && message.lastAck().terminal)) {
			Object result = call(method, arguments);
			return (result != null && method.getReturnType().isInterface()) ? traced(result, this.pattern) : result;
		}
		return this.spans.settle(operation, message, this.pattern).in(() -> call(method, arguments));
	}

	/**
	 * Takes what a span tells of an answer.
	 */
	@FunctionalInterface
	private interface Answer<T> {

		void describe(TracedSpan span, T answer);

	}

	/**
	 * Hands on messages.
	 */
	private record TracedIterator(Iterator<Message> messages,
			Function<Message, Message> received) implements Iterator<Message> {

		@Override
		public boolean hasNext() {
			return this.messages.hasNext();
		}

		@Override
		public Message next() {
			return this.received.apply(this.messages.next());
		}

	}

	/**
	 * What a native image has to know.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			TYPES.forEach((type) -> hints.proxies().registerJdkProxy(type));
		}

	}

}
