package io.kosmos.samples.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

/**
 * A server that does, and fails, as a test needs it.
 */
final class StubServer implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile HttpHandler behaviour = (exchange) -> answer(exchange, 500, "", List.of());

	private volatile String lastRequest = "";

	StubServer() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/v1/chat/completions", (exchange) -> {
			try (exchange) {
				this.lastRequest = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
				this.behaviour.handle(exchange);
			}
		});
		this.server.start();
	}

	String baseUrl() {
		return "http://localhost:" + this.server.getAddress().getPort() + "/v1";
	}

	String lastRequest() {
		return this.lastRequest;
	}

	void behave(HttpHandler behaviour) {
		this.behaviour = behaviour;
	}

	void answer(int status, String contentType, String... parts) {
		behave((exchange) -> answer(exchange, status, contentType, List.of(parts)));
	}

	static void answer(HttpExchange exchange, int status, String contentType, List<String> parts) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", contentType);
		exchange.sendResponseHeaders(status, 0);
		for (String part : parts) {
			exchange.getResponseBody().write(part.getBytes(StandardCharsets.UTF_8));
			exchange.getResponseBody().flush();
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
