package io.kosmos.tracing.autoconfigure.broker;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.rabbitmq.client.LongString;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessagingAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.listener.ListenerExecutionFailedException;
import org.springframework.util.StringUtils;

/**
 * Reads RabbitMQ messages.
 */
final class RabbitMessages {

	static final TextMapSetter<MessageProperties> SETTER = (properties, key,
			value) -> Objects.requireNonNull(properties).setHeader(key, value);

	static final TextMapGetter<MessageProperties> GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(MessageProperties properties) {
			return properties.getHeaders().keySet();
		}

		@Override
		public @Nullable String get(@Nullable MessageProperties properties, String key) {
			Object value = Objects.requireNonNull(properties).getHeaders().get(key);
			if (value instanceof byte[] bytes) {
				return new String(bytes, StandardCharsets.UTF_8);
			}
			return (value instanceof CharSequence || value instanceof LongString) ? value.toString() : null;
		}

	};

	private static final String DELIVERY_COUNT = "x-delivery-count";

	private RabbitMessages() {
	}

	/**
	 * Parts that are there, each once, as the conventions join them.
	 */
	static String destination(@Nullable String... parts) {
		String destination = Stream.of(parts)
			.filter(StringUtils::hasLength)
			.distinct()
			.collect(Collectors.joining(":"));
		return destination.isEmpty() ? "amq.default" : destination;
	}

	/**
	 * The exchange or queue as part of a name, without what the broker or Spring made up.
	 */
	static String name(String destination) {
		if (isReplyTo(destination)) {
			return "(temporary)";
		}
		return isGenerated(destination) ? "(anonymous)" : destination;
	}

	static boolean isReplyTo(String destination) {
		return destination.startsWith("amq.rabbitmq.reply-to");
	}

	static boolean isGenerated(String destination) {
		return destination.startsWith("amq.gen-") || destination.startsWith("spring.gen-");
	}

	static void describeDestination(String destination, AttributesBuilder attributes) {
		if (isReplyTo(destination)) {
			attributes.put(MessagingAttributes.DESTINATION_TEMPORARY, true);
		}
		else if (isGenerated(destination)) {
			attributes.put(MessageAttributes.DESTINATION_ANONYMOUS, true);
		}
	}

	/**
	 * What is known of a message wherever it goes.
	 */
	static void describe(Message message, AttributesBuilder attributes) {
		MessageProperties properties = message.getMessageProperties();
		put(attributes, MessagingAttributes.MESSAGE_ID, properties.getMessageId());
		put(attributes, MessagingAttributes.MESSAGE_CONVERSATION_ID, properties.getCorrelationId());
		attributes.put(MessagingAttributes.MESSAGE_BODY_SIZE, (long) message.getBody().length);
	}

	/**
	 * What is known of a message that was delivered.
	 */
	static void describeDelivery(Message message, AttributesBuilder attributes) {
		MessageProperties properties = message.getMessageProperties();
		describe(message, attributes);
		put(attributes, MessageAttributes.ROUTING_KEY, properties.getReceivedRoutingKey());
		attributes.put(MessageAttributes.DELIVERY_TAG, properties.getDeliveryTag());
		Long attempt = attempt(properties);
		if (attempt != null) {
			attributes.put(KosmosAttributes.MESSAGE_DELIVERY_ATTEMPT, attempt);
		}
		if (Boolean.TRUE.equals(properties.getRedelivered()) || (attempt != null && attempt > 1)) {
			attributes.put(KosmosAttributes.MESSAGE_REDELIVERED, true);
		}
	}

	/**
	 * Which delivery this is: quorum queues count them, and a queue whose messages come
	 * back to it from a dead-letter queue.
	 */
	private static @Nullable Long attempt(MessageProperties properties) {
		long before = 0;
		boolean known = false;
		if (properties.getHeaders().get(DELIVERY_COUNT) instanceof Number count) {
			before += count.longValue();
			known = true;
		}
		if (properties.getHeaders().get("x-death") instanceof List<?> deaths) {
			for (Object death : deaths) {
				if (death instanceof Map<?, ?> entry && entry.get("count") instanceof Number count
						&& Objects.equals(String.valueOf(entry.get("queue")), properties.getConsumerQueue())) {
					before += count.longValue();
					known = true;
				}
			}
		}
		return known ? before + 1 : null;
	}

	static void put(AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
		if (StringUtils.hasLength(value)) {
			attributes.put(key, value);
		}
	}

	static Throwable cause(Throwable error) {
		Throwable cause = error;
		while (cause instanceof ListenerExecutionFailedException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

}
