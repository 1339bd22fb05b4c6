package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.Unstarted;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;
import org.springframework.kafka.support.micrometer.KafkaTemplateObservation;
import org.springframework.kafka.support.micrometer.KafkaTemplateObservation.DefaultKafkaTemplateObservationConvention;

/**
 * Records that a {@code KafkaTemplate} sends. What only the broker and the serializers
 * know is added by {@link SendCompletion}.
 */
final class KafkaSenderHandler extends MessageObservationHandler<KafkaRecordSenderContext> {

	private static final String TRACE_STATE = "tracestate";

	private final KafkaServers servers;

	KafkaSenderHandler(MessageTracing tracing, Tracer tracer, KafkaServers servers) {
		super(tracing, tracer, KafkaRecordSenderContext.class, KafkaTemplateObservation.TEMPLATE_OBSERVATION,
				DefaultKafkaTemplateObservationConvention.INSTANCE);
		this.servers = servers;
	}

	@Override
	Context start(KafkaRecordSenderContext observed) {
		ProducerRecord<?, ?> record = observed.getRecord();
		AttributesBuilder attributes = Attributes.builder();
		attributes.put(MessagingAttributes.DESTINATION_NAME, record.topic());
		if (record.partition() != null) {
			attributes.put(MessageAttributes.PARTITION, record.partition().toString());
		}
		KafkaRecords.describe(record.key(), record.value(), attributes);
		Unstarted span = tracing().send(record.topic(),
				(context) -> tracing().extract(context, record.headers(), KafkaRecords.GETTER));
		span.builder().setAllAttributes(attributes.build());
		Context context = span.start();
		tracing().attempt(() -> {
			if (clear(record.headers())) {
				tracing().inject(context, record.headers(), this.servers.producerHost(), KafkaRecords.SETTER);
			}
		});
		return context.with(SendCompletion.SENDING, Span.fromContext(context));
	}

	// Kafka's producer makes the headers of a record that it was given read-only.
	private static boolean clear(Headers headers) {
		try {
			headers.remove(TRACE_STATE);
			return true;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	@Override
	Throwable cause(Throwable error) {
		return KafkaRecords.cause(error);
	}

}
