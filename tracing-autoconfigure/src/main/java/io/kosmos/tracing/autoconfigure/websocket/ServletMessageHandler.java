package io.kosmos.tracing.autoconfigure.websocket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.kosmos.tracing.autoconfigure.websocket.WebSocketMessageSpans.Message;
import io.opentelemetry.context.Scope;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * A handler that runs in the context of the session's handshake. The session is given a
 * decorator, always the same one, only when messages have spans.
 */
final class ServletMessageHandler extends WebSocketHandlerDecorator {

	private static final String SESSION = ServletMessageHandler.class.getName() + ".session";

	private final WebSocketMessageSpans spans;

	ServletMessageHandler(WebSocketHandler delegate, WebSocketMessageSpans spans) {
		super(delegate);
		this.spans = spans;
	}

	private WebSocketSession traced(WebSocketSession session) {
		return this.spans.areWanted() ? (WebSocketSession) session.getAttributes()
			.computeIfAbsent(SESSION, (key) -> new TracedSession(session, this.spans)) : session;
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) throws Exception {
		try (Scope scope = ServletHandshake.context(session).makeCurrent()) {
			super.afterConnectionEstablished(traced(session));
		}
	}

	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
		this.spans.receive(ServletHandshake.context(session), describe(session, message),
				() -> super.handleMessage(traced(session), message));
	}

	@Override
	public void handleTransportError(WebSocketSession session, Throwable exception) throws Exception {
		try (Scope scope = ServletHandshake.context(session).makeCurrent()) {
			super.handleTransportError(traced(session), exception);
		}
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus closeStatus) throws Exception {
		try (Scope scope = ServletHandshake.context(session).makeCurrent()) {
			super.afterConnectionClosed(traced(session), closeStatus);
		}
	}

	private static Message describe(WebSocketSession session, WebSocketMessage<?> message) {
		String type = message.getClass().getSimpleName().replace("Message", "").toLowerCase(Locale.ROOT);
		int size = (message instanceof TextMessage text) ? text.getPayload().getBytes(StandardCharsets.UTF_8).length
				: message.getPayloadLength();
		return new Message(session.getId(), type, (long) size);
	}

	private static final class TracedSession extends WebSocketSessionDecorator {

		private final WebSocketMessageSpans spans;

		private TracedSession(WebSocketSession session, WebSocketMessageSpans spans) {
			super(session);
			this.spans = spans;
		}

		@Override
		public void sendMessage(WebSocketMessage<?> message) throws IOException {
			this.spans.send(ServletHandshake.context(getDelegate()), describe(getDelegate(), message),
					() -> super.sendMessage(message));
		}

	}

}
