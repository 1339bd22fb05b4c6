package io.kosmos.tracing.autoconfigure.websocket;

import java.util.List;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A handler whose session makes spans of messages. It is subscribed to in the context of
 * the handshake.
 */
final class ReactiveMessageHandler implements WebSocketHandler {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final WebSocketHandler delegate;

	private final WebSocketMessageSpans spans;

	ReactiveMessageHandler(WebSocketHandler delegate, WebSocketMessageSpans spans) {
		this.delegate = delegate;
		this.spans = spans;
	}

	@Override
	public List<String> getSubProtocols() {
		return this.delegate.getSubProtocols();
	}

	@Override
	public Mono<Void> handle(WebSocketSession session) {
		return Mono.deferContextual((subscriber) -> this.delegate
			.handle(new ReactiveTracedSession(session, this.spans, context(subscriber))));
	}

	private static Context context(ContextView subscriber) {
		try (ContextSnapshot.Scope scope = snapshots.setThreadLocalsFrom(subscriber)) {
			return Context.current();
		}
	}

}
