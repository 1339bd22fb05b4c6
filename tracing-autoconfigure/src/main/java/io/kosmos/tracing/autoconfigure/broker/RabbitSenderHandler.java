package io.kosmos.tracing.autoconfigure.broker;

import java.util.Objects;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.Unstarted;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageSenderContext;
import org.springframework.amqp.rabbit.support.micrometer.RabbitTemplateObservation;
import org.springframework.amqp.rabbit.support.micrometer.RabbitTemplateObservation.DefaultRabbitTemplateObservationConvention;
import org.springframework.util.StringUtils;

/**
 * Messages that a {@code RabbitTemplate} sends. The span has the name of the exchange, or
 * of the queue if it is the default exchange.
 */
final class RabbitSenderHandler extends MessageObservationHandler<RabbitMessageSenderContext> {

	private static final String TRACE_STATE = "tracestate";

	private final RabbitServers servers;

	RabbitSenderHandler(MessageTracing tracing, Tracer tracer, RabbitServers servers) {
		super(tracing, tracer, RabbitMessageSenderContext.class, RabbitTemplateObservation.TEMPLATE_OBSERVATION,
				DefaultRabbitTemplateObservationConvention.INSTANCE);
		this.servers = servers;
	}

	@Override
	Context start(RabbitMessageSenderContext observed) {
		Message message = Objects.requireNonNull(observed.getCarrier());
		MessageProperties properties = message.getMessageProperties();
		String exchange = observed.getExchange();
		String routingKey = observed.getRoutingKey();
		String target = StringUtils.hasLength(exchange) ? exchange : routingKey;
		AttributesBuilder attributes = Attributes.builder();
		this.servers.describeOnly(attributes);
		attributes.put(MessagingAttributes.DESTINATION_NAME, RabbitMessages.destination(exchange, routingKey));
		RabbitMessages.describeDestination(target, attributes);
		RabbitMessages.put(attributes, MessageAttributes.ROUTING_KEY, routingKey);
		RabbitMessages.describe(message, attributes);
		// Only what came from a broker goes on: an application may send one message
		// twice.
		boolean forwarded = properties.getReceivedExchange() != null;
		Unstarted span = tracing().send(RabbitMessages.name(target),
				(context) -> forwarded ? tracing().extract(context, properties, RabbitMessages.GETTER) : context);
		span.builder().setAllAttributes(attributes.build());
		Context context = span.start();
		tracing().attempt(() -> {
			properties.getHeaders().remove(TRACE_STATE);
			tracing().inject(context, properties, this.servers.onlyHost(), RabbitMessages.SETTER);
		});
		return context;
	}

	@Override
	Throwable cause(Throwable error) {
		return RabbitMessages.cause(error);
	}

}
