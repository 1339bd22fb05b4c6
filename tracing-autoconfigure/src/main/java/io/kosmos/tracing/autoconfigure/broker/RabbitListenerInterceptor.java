package io.kosmos.tracing.autoconfigure.broker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import com.rabbitmq.client.Channel;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageReceiverContext;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Lets the span of a listener that returns a future or {@code Mono} end when the message
 * is settled, and not when the method returns.
 */
final class RabbitListenerInterceptor implements MethodInterceptor {

	// RabbitMQ's default, after which it takes the message back.
	private static final Duration CONSUMER_TIMEOUT = Duration.ofMinutes(30);

	// The current observation is in a static thread local, so that any registry finds it.
	private final ObservationRegistry observations = ObservationRegistry.create();

	private final Map<String, Boolean> asynchronous = new ConcurrentHashMap<>();

	private final Supplier<MessageTracing> tracing;

	private final ObjectProvider<RabbitListenerEndpointRegistry> endpoints;

	RabbitListenerInterceptor(Supplier<MessageTracing> tracing,
			ObjectProvider<RabbitListenerEndpointRegistry> endpoints) {
		this.tracing = tracing;
		this.endpoints = endpoints;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Observation observation = this.observations.getCurrentObservation();
		if (observation != null && observation.getContextView() instanceof RabbitMessageReceiverContext observed) {
			this.tracing.get().attempt(() -> watch(invocation.getArguments(), observed));
		}
		return invocation.proceed();
	}

	private void watch(@Nullable Object[] arguments, RabbitMessageReceiverContext observed) {
		if (!this.asynchronous.computeIfAbsent(observed.getListenerId(), this::isAsynchronous)) {
			return;
		}
		Settlement settlement = new Settlement(observed.getCarrier().getMessageProperties().getDeliveryTag(),
				CONSUMER_TIMEOUT);
		for (int i = 0; i < arguments.length; i++) {
			if (arguments[i] instanceof Channel channel) {
				arguments[i] = settlement.watch(channel);
				observed.put(Settlement.class, settlement);
			}
		}
	}

	private boolean isAsynchronous(String listener) {
		RabbitListenerEndpointRegistry registry = this.endpoints.getIfUnique();
		Object container = (registry != null) ? registry.getListenerContainer(listener) : null;
		MessageListener messageListener = (container instanceof AbstractMessageListenerContainer known)
				? known.getMessageListener() : null;
		return messageListener != null && messageListener.isAsyncReplies();
	}

}
