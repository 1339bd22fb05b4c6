package io.kosmos.samples.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A caller of the gateway that knows only HTTP.
 */
final class GatewayClient {

	private static final JsonMapper jsonMapper = new JsonMapper();

	private final HttpClient http = HttpClient.newHttpClient();

	private final String baseUrl;

	GatewayClient(int port) {
		this.baseUrl = "http://localhost:" + port;
	}

	Answer get(String path) {
		return send(HttpRequest.newBuilder(uri(path)));
	}

	Answer chat(String body) {
		return post("/v1/chat/completions", body);
	}

	Answer post(String path, String body) {
		return send(HttpRequest.newBuilder(uri(path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body)));
	}

	/**
	 * Ask as a client that accepts nothing but an event stream.
	 */
	Answer streamedChat(String body) {
		return send(HttpRequest.newBuilder(uri("/v1/chat/completions"))
			.header("Content-Type", "application/json")
			.header("Accept", "text/event-stream")
			.POST(BodyPublishers.ofString(body)));
	}

	private URI uri(String path) {
		return URI.create(this.baseUrl + path);
	}

	private Answer send(HttpRequest.Builder request) {
		try {
			return new Answer(this.http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Answer(HttpResponse<String> response) {

		int status() {
			return this.response.statusCode();
		}

		String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		JsonNode json() {
			return jsonMapper.readTree(this.response.body());
		}

		/**
		 * The data of all events, in order.
		 */
		List<String> events() {
			return this.response.body().lines().filter((line) -> !line.isEmpty()).map((line) -> {
				if (!line.startsWith("data: ")) {
					throw new IllegalStateException("Not an event: " + line);
				}
				return line.substring("data: ".length());
			}).toList();
		}

		List<JsonNode> chunks() {
			return events().stream().filter((data) -> !data.equals("[DONE]")).map(jsonMapper::readTree).toList();
		}

		String streamedContent() {
			StringBuilder content = new StringBuilder();
			for (JsonNode chunk : chunks()) {
				content.append(chunk.at("/choices/0/delta/content").asString(""));
			}
			return content.toString();
		}

	}

}
