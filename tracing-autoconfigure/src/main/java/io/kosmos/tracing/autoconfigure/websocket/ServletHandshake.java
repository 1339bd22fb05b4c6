package io.kosmos.tracing.autoconfigure.websocket;

import java.util.Map;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Keeps the context of a handshake in the attributes of the session.
 */
final class ServletHandshake implements HandshakeInterceptor {

	private static final String CONTEXT = ServletHandshake.class.getName() + ".context";

	static Context context(WebSocketSession session) {
		return (session.getAttributes().get(CONTEXT) instanceof Context context) ? context : Context.root();
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		attributes.put(CONTEXT, Context.current());
		return true;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
		// The server span ends with the request.
	}

}
