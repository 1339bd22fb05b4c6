package io.kosmos.tracing.autoconfigure.http;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.kosmos.tracing.autoconfigure.http.JdkClientObservations.Call;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * A builder of the JDK's WebSockets with a span of the handshake.
 */
final class TracedWebSocketBuilder implements WebSocket.Builder {

	private static final int SWITCHING_PROTOCOLS = 101;

	private final WebSocket.Builder delegate;

	private final JdkClientObservations observations;

	private final Map<String, List<String>> headers = new TreeMap<>();

	TracedWebSocketBuilder(WebSocket.Builder delegate, JdkClientObservations observations) {
		this.delegate = delegate;
		this.observations = observations;
	}

	@Override
	public WebSocket.Builder header(String name, String value) {
		this.delegate.header(name, value);
		this.headers.put(name, List.of(value));
		return this;
	}

	@Override
	public WebSocket.Builder connectTimeout(Duration timeout) {
		this.delegate.connectTimeout(timeout);
		return this;
	}

	@Override
	public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
		this.delegate.subprotocols(mostPreferred, lesserPreferred);
		return this;
	}

	@Override
	public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
		Call call = this.observations.start("GET", uri, this.headers);
		if (call == null) {
			return this.delegate.buildAsync(uri, listener);
		}
		try (Observation.Scope scope = call.open()) {
			call.propagate(this.delegate::header);
			CompletableFuture<WebSocket> future = this.delegate.buildAsync(uri, listener);
			future.whenComplete((webSocket, failure) -> call.end(response(failure), failure));
			return future;
		}
		catch (Throwable ex) {
			call.end(null, ex);
			throw ex;
		}
	}

	private static @Nullable JdkResponse response(@Nullable Throwable failure) {
		if (failure == null) {
			return new JdkResponse(SWITCHING_PROTOCOLS);
		}
		Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : failure;
		return (cause instanceof WebSocketHandshakeException refusal) ? new JdkResponse(refusal.getResponse()) : null;
	}

}
