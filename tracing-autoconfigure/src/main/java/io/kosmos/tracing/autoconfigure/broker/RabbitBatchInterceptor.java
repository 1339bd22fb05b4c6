package io.kosmos.tracing.autoconfigure.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.BatchedMessage;
import io.kosmos.tracing.autoconfigure.broker.MessageTracing.OpenBatch;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Message;

/**
 * Runs the listener of a batch, which Spring does not observe, in a span. It must be the
 * outermost advice, so that all attempts at the batch are in one span.
 */
final class RabbitBatchInterceptor implements MethodInterceptor {

	private final Supplier<MessageTracing> tracing;

	private final RabbitServers servers;

	RabbitBatchInterceptor(Supplier<MessageTracing> tracing, RabbitServers servers) {
		this.tracing = tracing;
		this.servers = servers;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		OpenBatch[] batch = new OpenBatch[1];
		for (Object argument : invocation.getArguments()) {
			if (argument instanceof List<?> messages && !messages.isEmpty()) {
				this.tracing.get().attempt(() -> batch[0] = open(messages));
			}
		}
		if (batch[0] == null) {
			return invocation.proceed();
		}
		try {
			Object result = invocation.proceed();
			batch[0].close(this.tracing.get(), null);
			return result;
		}
		catch (Throwable ex) {
			batch[0].close(this.tracing.get(), RabbitMessages.cause(ex));
			throw ex;
		}
	}

	private OpenBatch open(List<?> batch) {
		MessageTracing tracing = this.tracing.get();
		List<BatchedMessage> messages = new ArrayList<>();
		String queue = null;
		for (Object element : batch) {
			Message message = (Message) element;
			queue = message.getMessageProperties().getConsumerQueue();
			AttributesBuilder attributes = Attributes.builder();
			RabbitMessages.describeDelivery(message, attributes);
			messages.add(new BatchedMessage(
					tracing.extract(Context.root(), message.getMessageProperties(), RabbitMessages.GETTER),
					attributes.build()));
		}
		AttributesBuilder attributes = Attributes.builder();
		RabbitMessages.put(attributes, MessagingAttributes.DESTINATION_NAME, queue);
		this.servers.describeOnly(attributes);
		return tracing.processBatch((queue != null) ? RabbitMessages.name(queue) : null, messages, attributes.build());
	}

}
