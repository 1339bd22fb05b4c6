package io.kosmos.tracing.autoconfigure.nats;

import java.util.function.UnaryOperator;

import io.nats.client.Message;
import io.nats.client.MessageHandler;
import org.jspecify.annotations.Nullable;

/**
 * Runs a handler in the span of its message.
 */
final class TracedHandler implements MessageHandler {

	private final MessageHandler handler;

	private final NatsSpans spans;

	private final @Nullable String pattern;

	private final UnaryOperator<Message> traced;

	TracedHandler(MessageHandler handler, NatsSpans spans, @Nullable String pattern, UnaryOperator<Message> traced) {
		this.handler = handler;
		this.spans = spans;
		this.pattern = pattern;
		this.traced = traced;
	}

	@Override
	public void onMessage(Message message) throws InterruptedException {
		this.spans.process(message, this.pattern).in(() -> this.handler.onMessage(this.traced.apply(message)));
	}

}
