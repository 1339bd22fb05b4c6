package io.kosmos.samples.orchestrator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.kosmos.samples.orchestrator.Chat.Chunk;
import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.samples.orchestrator.Chat.Request;
import io.kosmos.samples.orchestrator.Chat.Response;
import io.kosmos.samples.orchestrator.Chat.Tool;
import io.kosmos.samples.orchestrator.Chat.ToolCall;
import io.kosmos.samples.orchestrator.Chat.Usage;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.UsageSums;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Talks to the models behind the gateway, in the shape of OpenAI's chat completions. The
 * timeouts are those of {@code spring.http.clients}. It is built from Boot's
 * {@link RestClient.Builder}, so its calls have spans and carry the trace to the gateway.
 * The span of the model itself is the gateway's, which calls the provider.
 */
@Component
public class LlmClient {

	private static final String DATA = "data: ";

	private static final String DONE = "[DONE]";

	private final RestClient gateway;

	private final List<String> providers;

	private final @Nullable ModelPrices prices;

	private final AgentSpans agents;

	private final JsonMapper jsonMapper;

	public LlmClient(RestClient.Builder builder, OrchestratorProperties properties, ObjectProvider<ModelPrices> prices,
			AgentSpans agents, JsonMapper jsonMapper) {
		this.gateway = builder.baseUrl(properties.gateway().url()).build();
		this.providers = properties.gateway().providers();
		this.prices = prices.getIfAvailable();
		this.agents = agents;
		this.jsonMapper = jsonMapper;
	}

	/**
	 * Have a model continue a conversation.
	 * @param model name of the model
	 * @param messages the conversation so far
	 * @param tools tools that the model may choose
	 * @return what the model says
	 * @throws GatewayException if the gateway gives no usable answer
	 */
	public Completion complete(String model, List<Message> messages, List<Tool> tools) {
		try {
			Response response = post(Request.whole(model, messages, tools)).retrieve().body(Response.class);
			if (response == null) {
				throw failure(null);
			}
			Message message = response.message();
			return new Completion(Objects.requireNonNullElse(message.content(), ""),
					Objects.requireNonNullElse(message.toolCalls(), List.of()), spending(model, response.usage()));
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Have a model continue a conversation, and pass it on while it is being made.
	 * @param model name of the model
	 * @param messages the conversation so far
	 * @param listener takes each piece of the answer; what it throws ends the call; none
	 * if {@code null}
	 * @return what the model said
	 * @throws GatewayException if the gateway gives no usable answer
	 */
	public Completion complete(String model, List<Message> messages, @Nullable Consumer<String> listener) {
		if (listener == null) {
			return complete(model, messages, List.of());
		}
		try {
			return post(Request.streamed(model, messages)).exchangeForRequiredValue((request, response) -> {
				if (response.getStatusCode().isError()) {
					throw response.createException();
				}
				return read(model, response.getBody(), listener);
			});
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	private RestClient.RequestBodySpec post(Request request) {
		return this.gateway.post().uri("/v1/chat/completions").body(request);
	}

	private Completion read(String model, InputStream body, Consumer<String> listener) throws IOException {
		StringBuilder text = new StringBuilder();
		Usage usage = null;
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
			Iterator<String> events = reader.lines()
				.filter((line) -> line.startsWith(DATA))
				.map((line) -> line.substring(DATA.length()))
				.takeWhile((data) -> !data.equals(DONE))
				.iterator();
			while (events.hasNext()) {
				Chunk chunk = this.jsonMapper.readValue(events.next(), Chunk.class);
				if (chunk.error() != null) {
					throw failure(null);
				}
				usage = (chunk.usage() != null) ? chunk.usage() : usage;
				if (!chunk.text().isEmpty()) {
					text.append(chunk.text());
					listener.accept(chunk.text());
				}
			}
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
		catch (JacksonException ex) {
			throw new IOException("The gateway sent a chunk that is none", ex);
		}
		if (usage == null) {
			throw failure(null);
		}
		Spending spending = spending(model, usage);
		// A stream begins before the gateway knows what to tell in a header.
		this.agents.count(new UsageSums(1, 0, usage.totalTokens(), spending.cost()));
		return new Completion(text.toString(), List.of(), spending);
	}

	private Spending spending(String model, Usage usage) {
		TokenUsage tokens = TokenUsage.of(usage.promptTokens(), usage.completionTokens());
		ModelPrice price = price(model);
		return new Spending(usage, (price != null) ? price.cost(tokens) : null);
	}

	private @Nullable ModelPrice price(String model) {
		ModelPrices prices = this.prices;
		if (prices == null) {
			return null;
		}
		// No two providers of the gateway have a model of the same name.
		return this.providers.stream()
			.map((provider) -> prices.find(provider, model))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private static GatewayException failure(@Nullable RestClientException ex) {
		if (ex instanceof HttpClientErrorException.NotFound) {
			return new GatewayException(HttpStatus.UNPROCESSABLE_CONTENT, "The gateway does not know this model", ex);
		}
		if (ex != null && (ex.contains(ConnectException.class) || ex.contains(HttpConnectTimeoutException.class))) {
			return new GatewayException(HttpStatus.SERVICE_UNAVAILABLE, "The gateway cannot be reached", ex);
		}
		if (ex != null && ex.contains(HttpTimeoutException.class)) {
			return new GatewayException(HttpStatus.GATEWAY_TIMEOUT, "The gateway did not answer in time", ex);
		}
		return new GatewayException(HttpStatus.BAD_GATEWAY, "The gateway failed", ex);
	}

	/**
	 * What a model says.
	 *
	 * @param text its words, empty if it calls tools
	 * @param toolCalls tools that it wants to have called
	 * @param spending what it took
	 */
	public record Completion(String text, List<ToolCall> toolCalls, Spending spending) {
	}

}
