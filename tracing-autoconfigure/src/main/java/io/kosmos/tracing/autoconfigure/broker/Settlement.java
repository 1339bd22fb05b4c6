package io.kosmos.tracing.autoconfigure.broker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import com.rabbitmq.client.Channel;

import org.springframework.util.ClassUtils;

/**
 * When a message that is handled asynchronously is done with: Spring acknowledges or
 * rejects it then, and gives no other sign of it.
 */
final class Settlement {

	private final long deliveryTag;

	private final CompletableFuture<Boolean> acknowledged = new CompletableFuture<>();

	Settlement(long deliveryTag) {
		this.deliveryTag = deliveryTag;
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
			this.acknowledged.complete(true);
		}
		else if (method.equals("basicReject") || method.equals("basicNack")) {
			this.acknowledged.complete(false);
		}
	}

	/**
	 * Do something when the message is acknowledged or rejected, which is now if it was
	 * already.
	 * @param action is told whether it was acknowledged
	 */
	void then(Consumer<Boolean> action) {
		this.acknowledged.thenAccept(action);
	}

}
