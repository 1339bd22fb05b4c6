package io.kosmos.tracing.autoconfigure.websocket;

import java.util.function.Supplier;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;

/**
 * Gives WebFlux handlers sessions whose messages have spans.
 */
final class ReactiveAdapterBeanPostProcessor implements BeanPostProcessor {

	private final Supplier<WebSocketMessageSpans> spans;

	ReactiveAdapterBeanPostProcessor(Supplier<WebSocketMessageSpans> spans) {
		this.spans = spans;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean.getClass() != WebSocketHandlerAdapter.class) {
			return bean;
		}
		WebSocketMessageSpans spans = this.spans.get();
		if (!spans.areWanted()) {
			return bean;
		}
		WebSocketHandlerAdapter adapter = (WebSocketHandlerAdapter) bean;
		WebSocketService service = adapter.getWebSocketService();
		WebSocketHandlerAdapter traced = new WebSocketHandlerAdapter(
				(exchange, handler) -> service.handleRequest(exchange, new ReactiveMessageHandler(handler, spans)));
		traced.setOrder(adapter.getOrder());
		return traced;
	}

}
