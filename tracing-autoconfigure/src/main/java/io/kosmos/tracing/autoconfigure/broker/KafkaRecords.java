package io.kosmos.tracing.autoconfigure.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessagingAttributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.KafkaException;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * Reads Kafka records.
 */
final class KafkaRecords {

	static final TextMapSetter<Headers> SETTER = (headers, key,
			value) -> Objects.requireNonNull(headers).remove(key).add(key, value.getBytes(StandardCharsets.UTF_8));

	static final TextMapGetter<Headers> GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(Headers headers) {
			List<String> keys = new ArrayList<>();
			headers.forEach((header) -> keys.add(header.key()));
			return keys;
		}

		@Override
		public @Nullable String get(@Nullable Headers headers, String key) {
			byte[] value = value(Objects.requireNonNull(headers), key);
			return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
		}

	};

	private KafkaRecords() {
	}

	private static byte @Nullable [] value(Headers headers, String key) {
		Header header = headers.lastHeader(key);
		return (header != null) ? header.value() : null;
	}

	/**
	 * The key and whether there is a value. A key that has no text of its own is left
	 * out.
	 */
	static void describe(@Nullable Object key, @Nullable Object value, AttributesBuilder attributes) {
		if (key instanceof CharSequence || key instanceof Number || key instanceof UUID || key instanceof Enum<?>) {
			attributes.put(MessageAttributes.KEY, key.toString());
		}
		if (value == null) {
			attributes.put(MessageAttributes.TOMBSTONE, true);
		}
	}

	/**
	 * Where a record was read, and how often.
	 */
	static void describeDelivery(ConsumerRecord<?, ?> record, AttributesBuilder attributes) {
		attributes.put(MessageAttributes.PARTITION, Integer.toString(record.partition()));
		attributes.put(MessageAttributes.OFFSET, record.offset());
		if (record.serializedValueSize() >= 0) {
			attributes.put(MessagingAttributes.MESSAGE_BODY_SIZE, (long) record.serializedValueSize());
		}
		byte[] attempt = value(record.headers(), KafkaHeaders.DELIVERY_ATTEMPT);
		if (attempt != null && attempt.length == Integer.BYTES) {
			int number = ByteBuffer.wrap(attempt).getInt();
			attributes.put(KosmosAttributes.MESSAGE_DELIVERY_ATTEMPT, (long) number);
			if (number > 1) {
				attributes.put(KosmosAttributes.MESSAGE_REDELIVERED, true);
			}
		}
	}

	static Throwable cause(Throwable error) {
		Throwable cause = error;
		while (cause instanceof KafkaException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

}
