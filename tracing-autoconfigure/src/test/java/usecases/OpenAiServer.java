package usecases;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A provider that speaks the OpenAI protocol over real HTTP and says what it is told to:
 * {@code POST /v1/chat/completions}, plain and streamed, and {@code POST /v1/embeddings}.
 * Answers are given in the order in which they were scripted, one for each request; a
 * request without one is refused with status 400.
 * <p>
 * The answering model calls itself {@value #MODEL}. A completion takes 10 tokens of
 * prompt, 4 of them cached, and 5 of answer, 2 of them for reasoning; a streamed one
 * tells so only when asked to. An embedding takes 7 tokens.
 */
public final class OpenAiServer implements AutoCloseable {

	/** The model that answers, whatever model is asked for. */
	public static final String MODEL = "gpt-4o-2024-08-06";

	private static final JsonMapper json = new JsonMapper();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final Queue<Answer> script = new ConcurrentLinkedQueue<>();

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final CountDownLatch abandoned = new CountDownLatch(1);

	private final HttpServer server;

	private volatile boolean closed;

	private OpenAiServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.executor);
		this.server.createContext("/v1/chat/completions", this::complete);
		this.server.createContext("/v1/embeddings", this::embed);
		this.server.start();
	}

	/**
	 * Start a server on a free port.
	 * @return the server
	 * @throws IOException if there is no port
	 */
	public static OpenAiServer start() throws IOException {
		return new OpenAiServer();
	}

	/**
	 * The base URL that clients are configured with.
	 * @return the URL, with {@code /v1}
	 */
	public String url() {
		return "http://localhost:" + this.server.getAddress().getPort() + "/v1";
	}

	/**
	 * Script what the next requests for completions are answered.
	 * @param answers the answers, in order
	 * @return this server
	 */
	public OpenAiServer answers(Answer... answers) {
		this.script.addAll(Arrays.asList(answers));
		return this;
	}

	/**
	 * What was asked so far.
	 * @return the requests, oldest first
	 */
	public List<Request> requests() {
		return this.requests;
	}

	/**
	 * Wait until the client gives up an answer that {@link #hanging hangs}.
	 * @return whether it did, within ten seconds
	 */
	public boolean awaitAbandoned() {
		try {
			return this.abandoned.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * An answer of text, whole or streamed as the request wants it.
	 * @param chunks the text, in the pieces that it is streamed in
	 * @return the answer
	 */
	public static Answer text(String... chunks) {
		return new Answer(200, Arrays.asList(chunks), List.of(), Ending.COMPLETE);
	}

	/**
	 * An answer that asks for tools, whole or streamed as the request wants it.
	 * @param calls the calls
	 * @return the answer
	 */
	public static Answer toolCalls(ToolCall... calls) {
		return new Answer(200, List.of(), Arrays.asList(calls), Ending.COMPLETE);
	}

	/**
	 * An answer whose connection breaks: a streamed one after some chunks.
	 * @param chunks what is said before
	 * @return the answer
	 */
	public static Answer broken(String... chunks) {
		return new Answer(200, Arrays.asList(chunks), List.of(), Ending.BROKEN);
	}

	/**
	 * An answer that does not come, or a streamed one that stays open after some chunks,
	 * until the client gives it up.
	 * @param chunks what is said before
	 * @return the answer
	 */
	public static Answer hanging(String... chunks) {
		return new Answer(200, Arrays.asList(chunks), List.of(), Ending.HANGING);
	}

	/**
	 * An error that is not worth a retry.
	 * @param status HTTP status
	 * @return the answer
	 */
	public static Answer error(int status) {
		return new Answer(status, List.of(), List.of(), Ending.COMPLETE);
	}

	/**
	 * A call of a tool.
	 * @param id id of the call
	 * @param name name of the tool
	 * @param arguments arguments as JSON
	 * @return the call
	 */
	public static ToolCall call(String id, String name, String arguments) {
		return new ToolCall(id, name, arguments);
	}

	private void complete(HttpExchange exchange) throws IOException {
		Request request = receive(exchange);
		Answer answer = this.script.poll();
		if (answer == null || answer.status() != 200) {
			refuse(exchange, (answer != null) ? answer.status() : 400);
		}
		else if (request.body().path("stream").asBoolean(false)) {
			stream(exchange, request, answer);
		}
		else if (answer.ending() == Ending.COMPLETE) {
			send(exchange, 200, completion(answer));
		}
		else {
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, 0);
			if (answer.ending() == Ending.HANGING) {
				hang(exchange.getResponseBody(), " ");
			}
			throw new IOException("The connection breaks here, before the answer");
		}
	}

	private void embed(HttpExchange exchange) throws IOException {
		Request request = receive(exchange);
		JsonNode input = request.body().path("input");
		boolean base64 = "base64".equals(request.body().path("encoding_format").asString(""));
		List<Object> data = new ArrayList<>();
		for (int i = 0; i < (input.isArray() ? input.size() : 1); i++) {
			data.add(Map.of("object", "embedding", "index", i, "embedding", base64 ? base64() : List.of(0.25, 0.5, 1)));
		}
		send(exchange, 200, Map.of("object", "list", "model", "text-embedding-3-small", "data", data, "usage",
				Map.of("prompt_tokens", 7, "total_tokens", 7)));
	}

	private static String base64() {
		ByteBuffer buffer = ByteBuffer.allocate(3 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
		buffer.putFloat(0.25f).putFloat(0.5f).putFloat(1f);
		return Base64.getEncoder().encodeToString(buffer.array());
	}

	private Request receive(HttpExchange exchange) throws IOException {
		Request request = new Request(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(),
				json.readTree(exchange.getRequestBody().readAllBytes()));
		this.requests.add(request);
		return request;
	}

	private void stream(HttpExchange exchange, Request request, Answer answer) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		OutputStream body = exchange.getResponseBody();
		event(body, chunk(Map.of("role", "assistant", "content", ""), null));
		for (String text : answer.chunks()) {
			event(body, chunk(Map.of("content", text), null));
		}
		for (int i = 0; i < answer.toolCalls().size(); i++) {
			ToolCall call = answer.toolCalls().get(i);
			int half = call.arguments().length() / 2;
			event(body, chunk(toolCall(i, call, call.arguments().substring(0, half)), null));
			event(body, chunk(toolCall(i, null, call.arguments().substring(half)), null));
		}
		switch (answer.ending()) {
			case BROKEN -> throw new IOException("The connection breaks here, without the last chunk");
			case HANGING -> hang(body, ": still thinking\n\n");
			case COMPLETE -> {
				event(body, chunk(Map.of(), answer.finishReason()));
				if (request.body().path("stream_options").path("include_usage").asBoolean(false)) {
					Map<String, Object> last = chunk(Map.of(), null);
					last.put("choices", List.of());
					last.put("usage", usage());
					event(body, last);
				}
				body.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
				exchange.close();
			}
		}
	}

	private void hang(OutputStream body, String filler) throws IOException {
		try {
			while (!this.closed) {
				body.write(filler.getBytes(StandardCharsets.UTF_8));
				body.flush();
				Thread.sleep(Duration.ofMillis(20).toMillis());
			}
		}
		catch (IOException ex) {
			this.abandoned.countDown();
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void event(OutputStream body, Object data) throws IOException {
		body.write(("data: " + json.writeValueAsString(data) + "\n\n").getBytes(StandardCharsets.UTF_8));
		body.flush();
	}

	private static Map<String, Object> chunk(Map<String, Object> delta, @Nullable String finishReason) {
		Map<String, Object> choice = new LinkedHashMap<>();
		choice.put("index", 0);
		choice.put("delta", delta);
		choice.put("finish_reason", finishReason);
		Map<String, Object> chunk = new LinkedHashMap<>();
		chunk.put("id", "chatcmpl-1");
		chunk.put("object", "chat.completion.chunk");
		chunk.put("created", 1_700_000_000);
		chunk.put("model", MODEL);
		chunk.put("choices", List.of(choice));
		return chunk;
	}

	private static Map<String, Object> toolCall(int index, @Nullable ToolCall call, String arguments) {
		Map<String, Object> delta = new LinkedHashMap<>();
		delta.put("index", index);
		Map<String, Object> function = new LinkedHashMap<>();
		if (call != null) {
			delta.put("id", call.id());
			delta.put("type", "function");
			function.put("name", call.name());
		}
		function.put("arguments", arguments);
		delta.put("function", function);
		return Map.of("tool_calls", List.of(delta));
	}

	private static Map<String, Object> completion(Answer answer) {
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("role", "assistant");
		message.put("content", answer.chunks().isEmpty() ? null : String.join("", answer.chunks()));
		message.put("refusal", null);
		if (!answer.toolCalls().isEmpty()) {
			message.put("tool_calls",
					answer.toolCalls()
						.stream()
						.map((call) -> Map.of("id", call.id(), "type", "function", "function",
								Map.of("name", call.name(), "arguments", call.arguments())))
						.toList());
		}
		Map<String, Object> choice = new LinkedHashMap<>();
		choice.put("index", 0);
		choice.put("message", message);
		choice.put("logprobs", null);
		choice.put("finish_reason", answer.finishReason());
		return Map.of("id", "chatcmpl-1", "object", "chat.completion", "created", 1_700_000_000, "model", MODEL,
				"choices", List.of(choice), "usage", usage());
	}

	private static Map<String, Object> usage() {
		return Map.of("prompt_tokens", 10, "completion_tokens", 5, "total_tokens", 15, "prompt_tokens_details",
				Map.of("cached_tokens", 4), "completion_tokens_details", Map.of("reasoning_tokens", 2));
	}

	private static void refuse(HttpExchange exchange, int status) throws IOException {
		// Asks OpenAI's own client not to retry.
		exchange.getResponseHeaders().set("x-should-retry", "false");
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("message", "Refused with " + status);
		error.put("type", "server_error");
		error.put("param", null);
		error.put("code", null);
		send(exchange, status, Map.of("error", error));
	}

	private static void send(HttpExchange exchange, int status, Object body) throws IOException {
		byte[] bytes = json.writeValueAsBytes(body);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	@Override
	public void close() {
		this.closed = true;
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	private enum Ending {

		COMPLETE, BROKEN, HANGING

	}

	/**
	 * What a request is answered.
	 *
	 * @param status HTTP status
	 * @param chunks text, in pieces
	 * @param toolCalls tools that are asked for
	 * @param ending what happens after the last piece of a streamed answer
	 */
	public record Answer(int status, List<String> chunks, List<ToolCall> toolCalls, Ending ending) {

		private String finishReason() {
			return this.toolCalls.isEmpty() ? "stop" : "tool_calls";
		}

	}

	/**
	 * A tool that the model asks for.
	 *
	 * @param id id of the call
	 * @param name name of the tool
	 * @param arguments arguments as JSON
	 */
	public record ToolCall(String id, String name, String arguments) {
	}

	/**
	 * What was asked.
	 *
	 * @param path path of the URL
	 * @param headers headers
	 * @param body body
	 */
	public record Request(String path, Headers headers, JsonNode body) {

		/**
		 * The span that the request says it comes from.
		 * @return the span id in its {@code traceparent}, or {@code null} without one
		 */
		public @Nullable String parentSpanId() {
			String traceparent = this.headers.getFirst("traceparent");
			return (traceparent != null) ? traceparent.split("-")[2] : null;
		}

	}

}
