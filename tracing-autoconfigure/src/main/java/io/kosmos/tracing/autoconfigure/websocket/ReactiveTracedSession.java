package io.kosmos.tracing.autoconfigure.websocket;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import io.kosmos.tracing.autoconfigure.websocket.WebSocketMessageSpans.Message;
import io.opentelemetry.context.Context;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A session whose messages have spans. They are moments: what operators do with a message
 * is done in the context of the subscription, which is that of the handshake.
 */
final class ReactiveTracedSession implements WebSocketSession {

	private final WebSocketSession delegate;

	private final WebSocketMessageSpans spans;

	private final Context handshake;

	ReactiveTracedSession(WebSocketSession delegate, WebSocketMessageSpans spans, Context handshake) {
		this.delegate = delegate;
		this.spans = spans;
		this.handshake = handshake;
	}

	@Override
	public Flux<WebSocketMessage> receive() {
		return this.delegate.receive()
			.doOnNext((message) -> this.spans.receive(this.handshake, describe(message), () -> {
			}));
	}

	@Override
	public Mono<Void> send(Publisher<WebSocketMessage> messages) {
		return this.delegate
			.send(Flux.from(messages).doOnNext((message) -> this.spans.send(this.handshake, describe(message), () -> {
			})));
	}

	private Message describe(WebSocketMessage message) {
		return new Message(getId(), message.getType().name().toLowerCase(Locale.ROOT),
				(long) message.getPayload().readableByteCount());
	}

	@Override
	public String getId() {
		return this.delegate.getId();
	}

	@Override
	public HandshakeInfo getHandshakeInfo() {
		return this.delegate.getHandshakeInfo();
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.delegate.bufferFactory();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.delegate.getAttributes();
	}

	@Override
	public boolean isOpen() {
		return this.delegate.isOpen();
	}

	@Override
	public Mono<Void> close(CloseStatus status) {
		return this.delegate.close(status);
	}

	@Override
	public Mono<CloseStatus> closeStatus() {
		return this.delegate.closeStatus();
	}

	@Override
	public WebSocketMessage textMessage(String payload) {
		return this.delegate.textMessage(payload);
	}

	@Override
	public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.binaryMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pingMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pongMessage(payloadFactory);
	}

}
