package io.kosmos.tracing.autoconfigure.broker;

import io.opentelemetry.api.common.AttributeKey;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

/**
 * Attributes of messages in the semantic conventions 1.41, where they are still in
 * development, and two of ours for what those have no name for.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">messaging
 * spans</a>
 */
final class MessageAttributes {

	static final AttributeKey<String> SYSTEM = stringKey("messaging.system");

	static final AttributeKey<String> OPERATION_NAME = stringKey("messaging.operation.name");

	static final AttributeKey<String> OPERATION_TYPE = stringKey("messaging.operation.type");

	static final AttributeKey<String> DESTINATION = stringKey("messaging.destination.name");

	static final AttributeKey<Boolean> DESTINATION_ANONYMOUS = booleanKey("messaging.destination.anonymous");

	static final AttributeKey<Boolean> DESTINATION_TEMPORARY = booleanKey("messaging.destination.temporary");

	static final AttributeKey<String> PARTITION = stringKey("messaging.destination.partition.id");

	static final AttributeKey<String> MESSAGE_ID = stringKey("messaging.message.id");

	static final AttributeKey<String> CONVERSATION_ID = stringKey("messaging.message.conversation_id");

	/** Unit: bytes. */
	static final AttributeKey<Long> BODY_SIZE = longKey("messaging.message.body.size");

	static final AttributeKey<Long> BATCH_COUNT = longKey("messaging.batch.message_count");

	static final AttributeKey<String> CONSUMER_GROUP = stringKey("messaging.consumer.group.name");

	static final AttributeKey<String> CLIENT_ID = stringKey("messaging.client.id");

	static final AttributeKey<String> ROUTING_KEY = stringKey("messaging.rabbitmq.destination.routing_key");

	static final AttributeKey<Long> DELIVERY_TAG = longKey("messaging.rabbitmq.message.delivery_tag");

	static final AttributeKey<Long> OFFSET = longKey("messaging.kafka.offset");

	static final AttributeKey<String> KEY = stringKey("messaging.kafka.message.key");

	static final AttributeKey<Boolean> TOMBSTONE = booleanKey("messaging.kafka.message.tombstone");

	static final AttributeKey<String> SERVER_ADDRESS = stringKey("server.address");

	static final AttributeKey<Long> SERVER_PORT = longKey("server.port");

	static final AttributeKey<String> ERROR_TYPE = stringKey("error.type");

	/** Whether the message was delivered before. Set only if it was. */
	static final AttributeKey<Boolean> REDELIVERED = booleanKey("kosmos.message.redelivered");

	/** How many times the message has been delivered, with this time. */
	static final AttributeKey<Long> DELIVERY_ATTEMPT = longKey("kosmos.message.delivery_attempt");

	private MessageAttributes() {
	}

}
