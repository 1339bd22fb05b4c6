package io.kosmos.tracing.autoconfigure.websocket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.handler.ExceptionWebSocketHandlerDecorator;
import org.springframework.web.socket.handler.LoggingWebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Puts {@link ServletMessageHandler} around every handler that is mapped to a path,
 * whether it is a bean or not, before the mapping is made of the paths.
 */
final class ServletMappingBeanPostProcessor implements InstantiationAwareBeanPostProcessor {

	private final Supplier<WebSocketMessageSpans> spans;

	ServletMappingBeanPostProcessor(Supplier<WebSocketMessageSpans> spans) {
		this.spans = spans;
	}

	@Override
	@SuppressWarnings("unchecked")
	public boolean postProcessAfterInstantiation(Object bean, String beanName) {
		if (bean instanceof WebSocketHandlerMapping mapping) {
			WebSocketMessageSpans spans = this.spans.get();
			for (Map.Entry<String, Object> entry : ((Map<String, Object>) mapping.getUrlMap()).entrySet()) {
				if (entry.getValue().getClass() == WebSocketHttpRequestHandler.class) {
					entry.setValue(trace((WebSocketHttpRequestHandler) entry.getValue(), spans));
				}
			}
		}
		return true;
	}

	private static WebSocketHttpRequestHandler trace(WebSocketHttpRequestHandler handler, WebSocketMessageSpans spans) {
		WebSocketHttpRequestHandler traced = new WebSocketHttpRequestHandler(
				new ServletMessageHandler(withoutDefaults(handler.getWebSocketHandler()), spans),
				handler.getHandshakeHandler());
		List<HandshakeInterceptor> interceptors = new ArrayList<>(handler.getHandshakeInterceptors());
		interceptors.add(0, new ServletHandshake());
		traced.setHandshakeInterceptors(interceptors);
		return traced;
	}

	/*
	 * The new request handler adds those decorators again.
	 */
	private static WebSocketHandler withoutDefaults(WebSocketHandler handler) {
		WebSocketHandler inner = handler;
		while (inner instanceof ExceptionWebSocketHandlerDecorator
				|| inner instanceof LoggingWebSocketHandlerDecorator) {
			inner = ((WebSocketHandlerDecorator) inner).getDelegate();
		}
		return inner;
	}

}
