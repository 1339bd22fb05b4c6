package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that answers over HTTP with whatever the test tells it to.
 */
class GatewayStub implements AutoCloseable {

	static final String COMPLETION = """
			{
				"id": "chatcmpl-1",
				"object": "chat.completion",
				"model": "kosmos-mini",
				"choices": [
					{"index": 0, "message": {"role": "assistant", "content": "Forty-two."}, "finish_reason": "stop"}
				],
				"usage": {"prompt_tokens": 17, "completion_tokens": 4, "total_tokens": 21}
			}
			""";

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile Reply reply = GatewayStub::complete;

	private volatile @Nullable Headers headers;

	private volatile @Nullable String body;

	GatewayStub() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/v1/chat/completions", (exchange) -> {
			this.headers = exchange.getRequestHeaders();
			this.body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
			try (exchange) {
				this.reply.to(exchange);
			}
		});
		this.server.start();
	}

	String url() {
		return "http://localhost:" + this.server.getAddress().getPort();
	}

	void reset() {
		this.reply = GatewayStub::complete;
		this.headers = null;
		this.body = null;
	}

	void answer(int status, String json) {
		this.reply = (exchange) -> send(exchange, status, json);
	}

	void answer(Reply reply) {
		this.reply = reply;
	}

	@Nullable String body() {
		return this.body;
	}

	@Nullable String header(String name) {
		Headers received = this.headers;
		return (received != null) ? received.getFirst(name) : null;
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	private static void complete(HttpExchange exchange) throws IOException {
		send(exchange, 200, COMPLETION);
	}

	private static void send(HttpExchange exchange, int status, String json) throws IOException {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, (bytes.length > 0) ? bytes.length : -1);
		exchange.getResponseBody().write(bytes);
	}

	@FunctionalInterface
	interface Reply {

		void to(HttpExchange exchange) throws IOException;

	}

}
