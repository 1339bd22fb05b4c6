package io.kosmos.samples.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

import io.kosmos.samples.gateway.GatewayProperties.OpenAi;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks an OpenAI-compatible server.
 */
final class OpenAiProvider implements ModelProvider {

	private static final String CHAT_COMPLETIONS = "/chat/completions";

	private static final String DATA = "data:";

	private final RestClient restClient;

	private final JsonMapper jsonMapper;

	private final List<String> models;

	OpenAiProvider(OpenAi openAi, RestClient.Builder builder, JsonMapper jsonMapper) {
		this.restClient = builder.baseUrl(String.valueOf(openAi.baseUrl())).defaultHeaders((headers) -> {
			if (StringUtils.hasText(openAi.apiKey())) {
				headers.setBearerAuth(openAi.apiKey());
			}
		}).build();
		this.jsonMapper = jsonMapper;
		this.models = List.copyOf(openAi.models());
	}

	@Override
	public String name() {
		return "openai";
	}

	@Override
	public List<String> chatModels() {
		return this.models;
	}

	@Override
	public ChatCompletion complete(ChatRequest request) {
		try {
			ChatCompletion completion = this.restClient.post()
				.uri(CHAT_COMPLETIONS)
				.contentType(MediaType.APPLICATION_JSON)
				.accept(MediaType.APPLICATION_JSON)
				.body(request)
				.retrieve()
				.onStatus(HttpStatusCode::isError, (sent, response) -> {
					throw failure(request, response);
				})
				.body(ChatCompletion.class);
			if (completion == null) {
				throw ApiException.upstreamError("The provider's answer is empty", null);
			}
			return completion;
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	@Override
	public void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		try {
			// The tokens are counted even if the caller does not want to know.
			this.restClient.post()
				.uri(CHAT_COMPLETIONS)
				.contentType(MediaType.APPLICATION_JSON)
				.accept(MediaType.TEXT_EVENT_STREAM)
				.body(request.withUsage())
				.exchange((sent, response) -> {
					if (response.getStatusCode().isError()) {
						throw failure(request, response);
					}
					read(response, chunks);
					return true;
				});
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	private void read(ClientHttpResponse response, Consumer<ChatCompletionChunk> chunks) throws IOException {
		// Closing the body before its end is what stops a model whose answer nobody wants
		// any more.
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(response.getBody(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (!line.startsWith(DATA)) {
					continue;
				}
				String data = line.substring(DATA.length()).strip();
				if (data.equals("[DONE]")) {
					return;
				}
				chunks.accept(chunk(data));
			}
		}
		throw ApiException.upstreamError("The provider ended its answer early", null);
	}

	private ChatCompletionChunk chunk(String data) {
		try {
			JsonNode json = this.jsonMapper.readTree(data);
			if (json.has("error")) {
				throw ApiException.upstreamError("The provider failed while it was answering", null);
			}
			return this.jsonMapper.treeToValue(json, ChatCompletionChunk.class);
		}
		catch (JacksonException ex) {
			throw ApiException.upstreamError("The provider's answer cannot be read", ex);
		}
	}

	// What the provider says about a failure is not passed on: it may name the key.
	private static ApiException failure(ChatRequest request, ClientHttpResponse response) throws IOException {
		int status = response.getStatusCode().value();
		return switch (status) {
			case 400, 413, 422 -> ApiException.invalidRequest("The provider refused the request as invalid", null);
			case 404 -> ApiException.modelNotFound(request.model());
			case 429 -> ApiException.rateLimited(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER));
			default -> ApiException.upstreamError("The provider answered with status " + status, null);
		};
	}

	private static ApiException failure(RestClientException ex) {
		if (isTimeout(ex.getCause())) {
			return ApiException.upstreamTimeout(ex);
		}
		return ApiException.upstreamError((ex instanceof ResourceAccessException)
				? "The connection to the provider failed" : "The provider's answer cannot be read", ex);
	}

	private static boolean isTimeout(@Nullable Throwable cause) {
		return cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException;
	}

}
