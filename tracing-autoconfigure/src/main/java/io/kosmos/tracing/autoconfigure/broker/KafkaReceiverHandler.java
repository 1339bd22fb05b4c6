package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.Unstarted;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import org.springframework.kafka.support.micrometer.KafkaListenerObservation;
import org.springframework.kafka.support.micrometer.KafkaListenerObservation.DefaultKafkaListenerObservationConvention;
import org.springframework.kafka.support.micrometer.KafkaRecordReceiverContext;
import org.springframework.util.StringUtils;

/**
 * Records that a listener container hands to its listener, one at a time.
 */
final class KafkaReceiverHandler extends MessageObservationHandler<KafkaRecordReceiverContext> {

	private final KafkaServers servers;

	KafkaReceiverHandler(MessageTracing tracing, Tracer tracer, KafkaServers servers) {
		super(tracing, tracer, KafkaRecordReceiverContext.class, KafkaListenerObservation.LISTENER_OBSERVATION,
				DefaultKafkaListenerObservationConvention.INSTANCE);
		this.servers = servers;
	}

	@Override
	Context start(KafkaRecordReceiverContext observed) {
		ConsumerRecord<?, ?> record = observed.getRecord();
		AttributesBuilder attributes = Attributes.builder();
		this.servers.describeConsumer(attributes);
		attributes.put(MessagingAttributes.DESTINATION_NAME, record.topic());
		if (StringUtils.hasLength(observed.getGroupId())) {
			attributes.put(MessagingAttributes.CONSUMER_GROUP_NAME, observed.getGroupId());
		}
		if (StringUtils.hasLength(observed.getClientId())) {
			attributes.put(MessageAttributes.CLIENT_ID, observed.getClientId());
		}
		KafkaRecords.describe(record.key(), record.value(), attributes);
		KafkaRecords.describeDelivery(record, attributes);
		Unstarted span = tracing().process(record.topic(),
				tracing().extract(Context.current(), record.headers(), KafkaRecords.GETTER));
		span.builder().setAllAttributes(attributes.build());
		return span.start();
	}

	@Override
	Throwable cause(Throwable error) {
		return KafkaRecords.cause(error);
	}

}
