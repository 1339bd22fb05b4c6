package io.kosmos.tracing.autoconfigure.websocket;

import java.util.function.Supplier;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.websocket.WebSocketProperties.Messages;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Runs what is done with messages of a WebSocket in the trace of the handshake or in a
 * span of its own. No convention names such spans; name, kind and size follow those of
 * <a href=
 * "https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/">messaging</a>.
 * Thread-safe.
 */
final class WebSocketMessageSpans {

	private final Supplier<Spans> spans;

	private final Messages messages;

	WebSocketMessageSpans(Supplier<Spans> spans, Messages messages) {
		this.spans = spans;
		this.messages = messages;
	}

	boolean areWanted() {
		return this.messages != Messages.NONE;
	}

	<E extends Throwable> void receive(Context handshake, Message message, Spans.Action<E> action) throws E {
		try (Scope scope = handshake.makeCurrent()) {
			if (areWanted()) {
				span("websocket receive", SpanKind.CONSUMER, message, true).in(action);
			}
			else {
				action.run();
			}
		}
	}

	/**
	 * Sends within the span in which it is done, or as a received message would be, when
	 * that is no other than the handshake.
	 */
	<E extends Throwable> void send(Context handshake, Message message, Spans.Action<E> action) throws E {
		SpanContext current = Span.current().getSpanContext();
		boolean within = current.isValid() && !current.equals(Span.fromContext(handshake).getSpanContext());
		try (Scope scope = within ? Scope.noop() : handshake.makeCurrent()) {
			span("websocket send", SpanKind.PRODUCER, message, !within).in(action);
		}
	}

	private Spans.Builder span(String name, SpanKind kind, Message message, boolean first) {
		Spans.Builder span = this.spans.get()
			.span(name)
			.kind(kind)
			.attribute(KosmosAttributes.WEBSOCKET_MESSAGE_TYPE, message.type())
			.attribute(MessagingAttributes.MESSAGE_BODY_SIZE, message.size())
			.attribute(KosmosAttributes.WEBSOCKET_SESSION_ID, message.session());
		return (first && this.messages == Messages.LINK) ? span.newRoot() : span;
	}

	/**
	 * What is told of a message.
	 *
	 * @param session id of the session
	 * @param type its type, in small letters
	 * @param size of its body in bytes, {@code null} if that is not known
	 */
	record Message(String session, String type, @Nullable Long size) {

	}

}
