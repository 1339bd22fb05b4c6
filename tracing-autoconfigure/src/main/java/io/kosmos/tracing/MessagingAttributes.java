package io.kosmos.tracing;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The messaging attributes of the OpenTelemetry semantic conventions that kosmos-tracing
 * writes: <a href= "https://opentelemetry.io/docs/specs/semconv/messaging/">semantic
 * conventions 1.41</a>, in which they are still in development. Sizes and counts are
 * longs; a value that is not known is absent, never zero.
 */
public final class MessagingAttributes {

	/** The system that carries the message, such as {@code nats}. */
	public static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");

	/** What is done, in the words of the system: {@code send}, {@code ack}. */
	public static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");

	/**
	 * What is done: {@code create}, {@code send}, {@code receive}, {@code process} or
	 * {@code settle}.
	 */
	public static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");

	/** Queue, topic or subject. */
	public static final AttributeKey<String> DESTINATION_NAME = AttributeKey.stringKey("messaging.destination.name");

	/** The destination without what makes it one of many: {@code orders.*}. */
	public static final AttributeKey<String> DESTINATION_TEMPLATE = AttributeKey
		.stringKey("messaging.destination.template");

	/** Whether the destination is gone after use, as an inbox for one reply is. */
	public static final AttributeKey<Boolean> DESTINATION_TEMPORARY = AttributeKey
		.booleanKey("messaging.destination.temporary");

	/** The subscription of the destination that a message was consumed from. */
	public static final AttributeKey<String> DESTINATION_SUBSCRIPTION_NAME = AttributeKey
		.stringKey("messaging.destination.subscription.name");

	/** The group of consumers that share the messages. */
	public static final AttributeKey<String> CONSUMER_GROUP_NAME = AttributeKey
		.stringKey("messaging.consumer.group.name");

	/** Id of the message in its system. */
	public static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");

	/** What a message and its reply have in common, also called correlation id. */
	public static final AttributeKey<String> MESSAGE_CONVERSATION_ID = AttributeKey
		.stringKey("messaging.message.conversation_id");

	/** Size of the body. Unit: bytes. */
	public static final AttributeKey<Long> MESSAGE_BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");

	/** Messages of a batch; absent where there is only ever one. */
	public static final AttributeKey<Long> BATCH_MESSAGE_COUNT = AttributeKey.longKey("messaging.batch.message_count");

	/** Name or address of the broker. */
	public static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	/** Port of the broker. */
	public static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	private MessagingAttributes() {
	}

}
