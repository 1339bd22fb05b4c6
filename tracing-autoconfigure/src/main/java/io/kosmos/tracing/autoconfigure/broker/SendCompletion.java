package io.kosmos.tracing.autoconfigure.broker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.kosmos.tracing.MessagingAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.core.ProducerPostProcessor;

/**
 * Adds the server, partition, offset and size to the spans of records, which only the
 * producer knows.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
final class SendCompletion<K, V> implements ProducerPostProcessor<K, V> {

	/**
	 * The span of the record that is being sent.
	 */
	static final ContextKey<Span> SENDING = ContextKey.named("kosmos-kafka-sending");

	private final Supplier<MessageTracing> tracing;

	private final @Nullable Server server;

	/**
	 * Create it.
	 * @param tracing makes the spans
	 * @param configuration the configuration of the producers
	 */
	SendCompletion(Supplier<MessageTracing> tracing, Map<String, Object> configuration) {
		this.tracing = tracing;
		this.server = KafkaServers.server(configuration);
	}

	@Override
	public Producer<K, V> apply(Producer<K, V> producer) {
		AtomicReference<Producer<K, V>> result = new AtomicReference<>(producer);
		this.tracing.get().attempt(() -> result.set(watch(producer)));
		return result.get();
	}

	@SuppressWarnings("unchecked")
	private Producer<K, V> watch(Producer<K, V> producer) {
		return (Producer<K, V>) Proxy.newProxyInstance(SendCompletion.class.getClassLoader(),
				new Class<?>[] { Producer.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("send") && arguments.length == 2
							&& arguments[1] instanceof Callback callback) {
						arguments[1] = observe(callback);
					}
					try {
						return method.invoke(producer, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	private Callback observe(Callback callback) {
		Span sending = Context.current().get(SENDING);
		// A record that is sent without a template, below the span of another one.
		if (sending == null || !sending.getSpanContext().equals(Span.current().getSpanContext())) {
			return callback;
		}
		return (metadata, error) -> {
			this.tracing.get().attempt(() -> describe(sending, metadata, error));
			callback.onCompletion(metadata, error);
		};
	}

	private void describe(Span span, @Nullable RecordMetadata metadata, @Nullable Exception error) {
		AttributesBuilder attributes = Attributes.builder();
		if (this.server != null) {
			this.server.describe(attributes);
		}
		if (metadata != null && error == null) {
			attributes.put(MessageAttributes.PARTITION, Integer.toString(metadata.partition()));
			if (metadata.hasOffset()) {
				attributes.put(MessageAttributes.OFFSET, metadata.offset());
			}
			if (metadata.serializedValueSize() >= 0) {
				attributes.put(MessagingAttributes.MESSAGE_BODY_SIZE, (long) metadata.serializedValueSize());
			}
		}
		span.setAllAttributes(attributes.build());
	}

}
