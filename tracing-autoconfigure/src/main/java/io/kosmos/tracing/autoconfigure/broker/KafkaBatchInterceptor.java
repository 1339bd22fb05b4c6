package io.kosmos.tracing.autoconfigure.broker;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.BatchedMessage;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.OpenBatch;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Runs the listener of a batch, which Spring does not observe, in a span: one, also where
 * several of these are composed into one interceptor.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
final class KafkaBatchInterceptor<K, V> implements BatchInterceptor<K, V> {

	private static final ThreadLocal<Opened> OPEN = new ThreadLocal<>();

	private final @Nullable BatchInterceptor<K, V> delegate;

	private final Supplier<MessageTracing> tracing;

	private final KafkaServers servers;

	/**
	 * Create the interceptor.
	 * @param delegate the interceptor of the application, if it has one
	 * @param tracing makes the spans
	 * @param servers the servers
	 */
	KafkaBatchInterceptor(@Nullable BatchInterceptor<K, V> delegate, Supplier<MessageTracing> tracing,
			KafkaServers servers) {
		this.delegate = delegate;
		this.tracing = tracing;
		this.servers = servers;
	}

	@Override
	public @Nullable ConsumerRecords<K, V> intercept(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		close(null);
		ConsumerRecords<K, V> result = (this.delegate != null) ? this.delegate.intercept(records, consumer) : records;
		if (result != null && OPEN.get() == null) {
			this.tracing.get().attempt(() -> OPEN.set(new Opened(this, open(result))));
		}
		return result;
	}

	private OpenBatch open(ConsumerRecords<K, V> records) {
		MessageTracing tracing = this.tracing.get();
		List<BatchedMessage> messages = new ArrayList<>();
		Set<String> topics = new LinkedHashSet<>();
		Set<Integer> partitions = new LinkedHashSet<>();
		for (ConsumerRecord<K, V> record : records) {
			topics.add(record.topic());
			partitions.add(record.partition());
			AttributesBuilder attributes = Attributes.builder();
			attributes.put(MessagingAttributes.DESTINATION_NAME, record.topic());
			KafkaRecords.describe(record.key(), record.value(), attributes);
			KafkaRecords.describeDelivery(record, attributes);
			messages.add(new BatchedMessage(tracing.extract(Context.root(), record.headers(), KafkaRecords.GETTER),
					attributes.build()));
		}
		AttributesBuilder attributes = Attributes.builder();
		this.servers.describeConsumer(attributes);
		String topic = (topics.size() == 1) ? topics.iterator().next() : null;
		if (topic != null) {
			attributes.put(MessagingAttributes.DESTINATION_NAME, topic);
			if (partitions.size() == 1) {
				attributes.put(MessageAttributes.PARTITION, partitions.iterator().next().toString());
			}
		}
		String group = KafkaUtils.getConsumerGroupId();
		if (group != null) {
			attributes.put(MessagingAttributes.CONSUMER_GROUP_NAME, group);
		}
		return tracing.processBatch(topic, messages, attributes.build());
	}

	private void close(@Nullable Throwable error) {
		Opened opened = OPEN.get();
		if (opened != null && opened.by() == this) {
			OPEN.remove();
			opened.batch().close(this.tracing.get(), error);
		}
	}

	@Override
	public void success(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.success(records, consumer);
			}
		}
		finally {
			close(null);
		}
	}

	@Override
	public void failure(ConsumerRecords<K, V> records, Exception exception, Consumer<K, V> consumer) {
		try {
			if (this.delegate != null) {
				this.delegate.failure(records, exception, consumer);
			}
		}
		finally {
			close(KafkaRecords.cause(exception));
		}
	}

	@Override
	public void setupThreadState(Consumer<?, ?> consumer) {
		// Of a batch whose transaction could not begin.
		close(null);
		if (this.delegate != null) {
			this.delegate.setupThreadState(consumer);
		}
	}

	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		if (this.delegate != null) {
			this.delegate.clearThreadState(consumer);
		}
		close(null);
	}

	/**
	 * The batch of a thread.
	 *
	 * @param by what opened it and is to close it
	 * @param batch the batch
	 */
	private record Opened(KafkaBatchInterceptor<?, ?> by, OpenBatch batch) {

	}

}
