package io.kosmos.tracing.autoconfigure.broker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.rabbitmq.client.Channel;

import org.springframework.util.ClassUtils;

/**
 * When a message that is handled asynchronously is done with: Spring acknowledges or
 * rejects it then, and gives no other sign of it.
 */
final class Settlement {

	private final long deliveryTag;

	private final Duration patience;

	private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

	/**
	 * Create it.
	 * @param deliveryTag the message
	 * @param patience how long after the return of the listener it may be settled
	 */
	Settlement(long deliveryTag, Duration patience) {
		this.deliveryTag = deliveryTag;
		this.patience = patience;
	}

	/**
	 * The channel, watched.
	 */
	Channel watch(Channel channel) {
		return (Channel) Proxy.newProxyInstance(Settlement.class.getClassLoader(), ClassUtils.getAllInterfaces(channel),
				(proxy, method, arguments) -> {
					try {
						return method.invoke(channel, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
					finally {
						settle(method.getName(), arguments);
					}
				});
	}

	private void settle(String method, Object[] arguments) {
		if (arguments == null || arguments.length == 0 || !(arguments[0] instanceof Long tag)
				|| tag != this.deliveryTag) {
			return;
		}
		if (method.equals("basicAck")) {
			this.outcome.complete(Outcome.ACKNOWLEDGED);
		}
		else if (method.equals("basicReject") || method.equals("basicNack")) {
			this.outcome.complete(Outcome.REJECTED);
		}
	}

	/**
	 * Do something when the message is acknowledged or rejected, which is now if it was
	 * already, or when neither came for too long.
	 * @param action is told what became of the message
	 */
	void then(Consumer<Outcome> action) {
		this.outcome.completeOnTimeout(Outcome.UNSETTLED, this.patience.toMillis(), TimeUnit.MILLISECONDS)
			.thenAccept(action);
	}

	/**
	 * What became of a message.
	 */
	enum Outcome {

		/** It was acknowledged. */
		ACKNOWLEDGED,

		/** It was rejected. */
		REJECTED,

		/** Neither. */
		UNSETTLED

	}

}
