package io.kosmos.tracing.autoconfigure.nats;

import java.time.Duration;

import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What is given to any of the methods that send a message. None of it is changed.
 *
 * @param subject the subject, {@code null} if the call is a wrong one
 * @param replyTo where a reply is to go
 * @param headers the headers
 * @param body the body
 * @param timeout how long to wait for a reply
 * @param options of JetStream
 */
record Outgoing(@Nullable String subject, @Nullable String replyTo, @Nullable Headers headers, byte @Nullable [] body,
		@Nullable Duration timeout, @Nullable PublishOptions options) {

	static Outgoing of(@Nullable Object[] arguments) {
		String subject = null;
		String replyTo = null;
		Headers headers = null;
		byte[] body = null;
		Duration timeout = null;
		PublishOptions options = null;
		for (int i = 0; i < arguments.length; i++) {
			Object argument = arguments[i];
			if (argument instanceof Message message) {
				subject = message.getSubject();
				replyTo = message.getReplyTo();
				headers = message.getHeaders();
				body = message.getData();
			}
			else if (argument instanceof String text) {
				if (i == 0) {
					subject = text;
				}
				else {
					replyTo = text;
				}
			}
			else if (argument instanceof Headers given) {
				headers = given;
			}
			else if (argument instanceof byte[] bytes) {
				body = bytes;
			}
			else if (argument instanceof Duration duration) {
				timeout = duration;
			}
			else if (argument instanceof PublishOptions given) {
				options = given;
			}
		}
		return new Outgoing(subject, replyTo, headers, body, timeout, options);
	}

	int size() {
		return (this.body != null) ? this.body.length : 0;
	}

}
