package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that answers over HTTP with whatever the test tells it to, unless told
 * otherwise like a model that calls a tool when it is offered one.
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

	/** The choice of a tool. */
	static final String TOOL_CALL = """
			{
				"id": "chatcmpl-2",
				"object": "chat.completion",
				"model": "atlas-large",
				"choices": [{"index": 0, "message": {"role": "assistant", "content": null, "tool_calls": [
					{"id": "call_7", "type": "function", "function": {"name": "create_work_order",
						"arguments": "{\\"asset\\": \\"P-101\\", \\"description\\": \\"hot bearing\\", \\"priority\\": 2}"}}
				]}, "finish_reason": "tool_calls"}],
				"usage": {"prompt_tokens": 17, "completion_tokens": 4, "total_tokens": 21}
			}
			""";

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile Reply reply = this::complete;

	private volatile @Nullable Headers headers;

	private final List<String> bodies = new CopyOnWriteArrayList<>();

	GatewayStub() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/v1/chat/completions", (exchange) -> {
			this.headers = exchange.getRequestHeaders();
			this.bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
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
		this.reply = this::complete;
		this.bodies.clear();
		this.headers = null;
	}

	void answer(int status, String json) {
		this.reply = (exchange) -> send(exchange, status, json);
	}

	void answer(Reply reply) {
		this.reply = reply;
	}

	/**
	 * The last request.
	 * @return its body
	 */
	String body() {
		return this.bodies.get(this.bodies.size() - 1);
	}

	/**
	 * All requests.
	 * @return their bodies
	 */
	List<String> bodies() {
		return this.bodies;
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

	private void complete(HttpExchange exchange) throws IOException {
		if (body().contains("\"stream\":true")) {
			stream(exchange, "Forty-", "two.");
			event(exchange, """
					{"choices": [], "usage": {"prompt_tokens": 17, "completion_tokens": 4, "total_tokens": 21}}""");
			event(exchange, "[DONE]");
			return;
		}
		exchange.getResponseHeaders().set("Kosmos-Usage", "calls=1, tools=0, tokens=21, cost=0.0005, currency=USD");
		send(exchange, 200, body().contains("\"tools\":") ? TOOL_CALL : COMPLETION);
	}

	/**
	 * Begin a streamed answer.
	 * @param exchange where to
	 * @param texts the chunks
	 */
	static void stream(HttpExchange exchange, String... texts) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		for (String text : texts) {
			event(exchange, "{\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"%s\"}}]}".formatted(text));
		}
	}

	static void event(HttpExchange exchange, String data) throws IOException {
		exchange.getResponseBody().write("data: %s\n\n".formatted(data).getBytes(StandardCharsets.UTF_8));
		exchange.getResponseBody().flush();
	}

	static void send(HttpExchange exchange, int status, String json) throws IOException {
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
