package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.autoconfigure.broker.MessageObservationHandler.Started;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;

/**
 * Ends the observations that Spring leaves to the listener's adapter although the adapter
 * is never reached: those of records that cannot be deserialized or converted, and of
 * records that an interceptor drops or fails for.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
final class KafkaRecordInterceptor<K, V> implements RecordInterceptor<K, V> {

	// The current observation is in a static thread local, so that any registry finds it.
	private final ObservationRegistry observations = ObservationRegistry.create();

	private final ThreadLocal<Unfinished> unfinished = new ThreadLocal<>();

	private final @Nullable RecordInterceptor<K, V> delegate;

	/**
	 * Create the interceptor.
	 * @param delegate the interceptor of the application, if it has one
	 */
	KafkaRecordInterceptor(@Nullable RecordInterceptor<K, V> delegate) {
		this.delegate = delegate;
	}

	@Override
	public @Nullable ConsumerRecord<K, V> intercept(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		ConsumerRecord<K, V> result = (this.delegate != null) ? this.delegate.intercept(record, consumer) : record;
		if (result == null) {
			remember(null);
		}
		return result;
	}

	private void remember(@Nullable Exception error) {
		Observation current = this.observations.getCurrentObservation();
		if (current != null && current.getContextView() instanceof KafkaRecordReceiverContext) {
			this.unfinished.set(new Unfinished(current, error));
		}
	}

	@Override
	public void success(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		if (this.delegate != null) {
			this.delegate.success(record, consumer);
		}
	}

	@Override
	public void failure(ConsumerRecord<K, V> record, Exception exception, Consumer<K, V> consumer) {
		remember(exception);
		if (this.delegate != null) {
			this.delegate.failure(record, exception, consumer);
		}
	}

	@Override
	public void afterRecord(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
		finish();
		if (this.delegate != null) {
			this.delegate.afterRecord(record, consumer);
		}
	}

	// The adapter and, without one, the container have ended theirs by now.
	private void finish() {
		Unfinished remembered = this.unfinished.get();
		if (remembered == null) {
			return;
		}
		this.unfinished.remove();
		Observation observation = remembered.observation();
		Started started = Started.of(observation.getContextView());
		if (started != null && !started.ended().get()) {
			if (remembered.error() != null) {
				observation.error(remembered.error());
			}
			observation.stop();
		}
	}

	@Override
	public void setupThreadState(Consumer<?, ?> consumer) {
		this.unfinished.remove();
		if (this.delegate != null) {
			this.delegate.setupThreadState(consumer);
		}
	}

	@Override
	public void clearThreadState(Consumer<?, ?> consumer) {
		if (this.delegate != null) {
			this.delegate.clearThreadState(consumer);
		}
	}

	/**
	 * An observation that may not have been stopped.
	 *
	 * @param observation the observation
	 * @param error what went wrong, if anything
	 */
	private record Unfinished(Observation observation, @Nullable Exception error) {

	}

}
