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
import java.util.function.Consumer;

import io.kosmos.samples.orchestrator.Chat.Chunk;
import io.kosmos.samples.orchestrator.Chat.Request;
import io.kosmos.samples.orchestrator.Chat.Response;
import io.kosmos.samples.orchestrator.Chat.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * The gateway over HTTP, in the shape of OpenAI's chat completions. The timeouts are
 * those of {@code spring.http.clients}. It is built from Boot's
 * {@link RestClient.Builder}, so its calls have spans and carry the trace to the gateway.
 */
@Component
@ConditionalOnProperty(name = "orchestrator.gateway.protocol", havingValue = "http", matchIfMissing = true)
class HttpGateway implements Gateway {

	private static final String DATA = "data: ";

	private static final String DONE = "[DONE]";

	private final RestClient gateway;

	private final JsonMapper jsonMapper;

	HttpGateway(RestClient.Builder builder, OrchestratorProperties properties, JsonMapper jsonMapper) {
		this.gateway = builder.baseUrl(properties.gateway().url()).build();
		this.jsonMapper = jsonMapper;
	}

	@Override
	public Response complete(Request request) {
		try {
			Response response = post(request).retrieve().body(Response.class);
			if (response == null) {
				throw failure(null);
			}
			return response;
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	@Override
	public Usage stream(Request request, Consumer<String> listener) {
		try {
			return post(request).exchangeForRequiredValue((sent, response) -> {
				if (response.getStatusCode().isError()) {
					throw response.createException();
				}
				return read(response.getBody(), listener);
			});
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	@Override
	public boolean reportsUsage() {
		return true;
	}

	private RestClient.RequestBodySpec post(Request request) {
		return this.gateway.post().uri("/v1/chat/completions").body(request);
	}

	private Usage read(InputStream body, Consumer<String> listener) throws IOException {
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
		return usage;
	}

	private static GatewayException failure(@Nullable RestClientException ex) {
		if (ex instanceof HttpClientErrorException.NotFound) {
			return GatewayException.unknownModel(ex);
		}
		if (ex != null && (ex.contains(ConnectException.class) || ex.contains(HttpConnectTimeoutException.class))) {
			return GatewayException.unreachable(ex);
		}
		if (ex != null && ex.contains(HttpTimeoutException.class)) {
			return GatewayException.late(ex);
		}
		return GatewayException.failed(ex);
	}

}
