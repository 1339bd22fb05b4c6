package io.kosmos.tracing.autoconfigure.http;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.http.JdkClientObservations.Call;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A builder of the JDK's WebSockets with a span of the handshake.
 */
final class TracedWebSocketBuilder implements WebSocket.Builder {

	private static final int SWITCHING_PROTOCOLS = 101;

	private final Supplier<WebSocket.Builder> builders;

	private final WebSocket.Builder delegate;

	private final JdkClientObservations observations;

	private final Map<String, List<String>> headers = new TreeMap<>();

	private final List<UnaryOperator<WebSocket.Builder>> settings = new ArrayList<>();

	/**
	 * Create the builder.
	 * @param builders makes builders; headers of a trace are added to one of its own for
	 * each connection, since they cannot be taken away again
	 * @param observations observes the handshakes
	 */
	TracedWebSocketBuilder(Supplier<WebSocket.Builder> builders, JdkClientObservations observations) {
		this.builders = builders;
		this.delegate = builders.get();
		this.observations = observations;
	}

	private WebSocket.Builder set(UnaryOperator<WebSocket.Builder> setting) {
		setting.apply(this.delegate);
		this.settings.add(setting);
		return this;
	}

	@Override
	public WebSocket.Builder header(String name, String value) {
		set((builder) -> builder.header(name, value));
		this.headers.put(name, List.of(value));
		return this;
	}

	@Override
	public WebSocket.Builder connectTimeout(Duration timeout) {
		return set((builder) -> builder.connectTimeout(timeout));
	}

	@Override
	public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
		return set((builder) -> builder.subprotocols(mostPreferred, lesserPreferred));
	}

	@Override
	public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
		Call call = this.observations.start("GET", uri, this.headers);
		if (call == null) {
			return this.delegate.buildAsync(uri, listener);
		}
		try (Scope ignored = call.open()) {
			WebSocket.Builder builder = this.builders.get();
			this.settings.forEach((setting) -> setting.apply(builder));
			call.propagate(builder::header);
			CompletableFuture<WebSocket> future = builder.buildAsync(uri, listener);
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
