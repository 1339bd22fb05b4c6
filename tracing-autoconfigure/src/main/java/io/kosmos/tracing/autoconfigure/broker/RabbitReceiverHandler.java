package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.Unstarted;
import io.kosmos.tracing.autoconfigure.broker.Settlement.Outcome;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.micrometer.RabbitListenerObservation;
import org.springframework.amqp.rabbit.support.micrometer.RabbitListenerObservation.DefaultRabbitListenerObservationConvention;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageReceiverContext;

/**
 * Messages that a listener container hands to its listener, one at a time. The span has
 * the name of the queue.
 */
final class RabbitReceiverHandler extends MessageObservationHandler<RabbitMessageReceiverContext> {

	private final RabbitServers servers;

	RabbitReceiverHandler(MessageTracing tracing, Tracer tracer, RabbitServers servers) {
		super(tracing, tracer, RabbitMessageReceiverContext.class, RabbitListenerObservation.LISTENER_OBSERVATION,
				DefaultRabbitListenerObservationConvention.INSTANCE);
		this.servers = servers;
	}

	@Override
	Context start(RabbitMessageReceiverContext observed) {
		Message message = observed.getCarrier();
		MessageProperties properties = message.getMessageProperties();
		String queue = String.valueOf(properties.getConsumerQueue());
		AttributesBuilder attributes = Attributes.builder();
		this.servers.describeOnly(attributes);
		attributes.put(MessagingAttributes.DESTINATION_NAME, RabbitMessages
			.destination(properties.getReceivedExchange(), properties.getReceivedRoutingKey(), queue));
		RabbitMessages.describeDestination(queue, attributes);
		RabbitMessages.describeDelivery(message, attributes);
		Unstarted span = tracing().process(RabbitMessages.name(queue),
				tracing().extract(Context.current(), properties, RabbitMessages.GETTER));
		span.builder().setAllAttributes(attributes.build());
		return span.start();
	}

	@Override
	public void onStop(RabbitMessageReceiverContext observed) {
		Settlement settlement = (observed.getError() == null) ? observed.get(Settlement.class) : null;
		if (settlement == null) {
			super.onStop(observed);
			return;
		}
		settlement.then((outcome) -> {
			if (outcome == Outcome.REJECTED) {
				tracing().attempt(() -> fail(observed, "rejected", "The message was rejected"));
			}
			else if (outcome == Outcome.UNSETTLED) {
				tracing()
					.attempt(() -> fail(observed, "unsettled", "The message was neither acknowledged nor rejected"));
			}
			super.onStop(observed);
		});
	}

	// Spring logs what went wrong, and tells nobody else.
	private static void fail(RabbitMessageReceiverContext observed, String type, String description) {
		Started started = Started.of(observed);
		if (started != null) {
			started.span().setAttribute(MessageAttributes.ERROR_TYPE, type);
			started.span().setStatus(StatusCode.ERROR, description);
		}
	}

	@Override
	Throwable cause(Throwable error) {
		return RabbitMessages.cause(error);
	}

}
