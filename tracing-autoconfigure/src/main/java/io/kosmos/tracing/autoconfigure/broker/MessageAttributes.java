package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.MessagingAttributes;
import io.opentelemetry.api.common.AttributeKey;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

/**
 * The attributes that RabbitMQ and Kafka have beside {@link MessagingAttributes}, in the
 * semantic conventions 1.41, where they are still in development.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">messaging
 * spans</a>
 */
final class MessageAttributes {

	static final AttributeKey<Boolean> DESTINATION_ANONYMOUS = booleanKey("messaging.destination.anonymous");

	static final AttributeKey<String> PARTITION = stringKey("messaging.destination.partition.id");

	static final AttributeKey<String> CLIENT_ID = stringKey("messaging.client.id");

	static final AttributeKey<String> ROUTING_KEY = stringKey("messaging.rabbitmq.destination.routing_key");

	static final AttributeKey<Long> DELIVERY_TAG = longKey("messaging.rabbitmq.message.delivery_tag");

	static final AttributeKey<Long> OFFSET = longKey("messaging.kafka.offset");

	static final AttributeKey<String> KEY = stringKey("messaging.kafka.message.key");

	static final AttributeKey<Boolean> TOMBSTONE = booleanKey("messaging.kafka.message.tombstone");

	static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");

	private MessageAttributes() {
	}

}
