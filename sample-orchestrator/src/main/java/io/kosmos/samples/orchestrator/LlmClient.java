package io.kosmos.samples.orchestrator;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Talks to the models behind the gateway, in the shape of OpenAI's chat completions. The
 * timeouts are those of {@code spring.http.clients}. It is built from Boot's
 * {@link RestClient.Builder}, so its calls have spans and carry the trace to the gateway.
 */
@Component
public class LlmClient {

	private final RestClient gateway;

	public LlmClient(RestClient.Builder builder, OrchestratorProperties properties) {
		this.gateway = builder.baseUrl(properties.gateway().url()).build();
	}

	/**
	 * Have a model continue a conversation.
	 * @param model name of the model
	 * @param messages the conversation so far
	 * @return what the model says
	 * @throws GatewayException if the gateway gives no usable answer
	 */
	public Completion complete(String model, List<Message> messages) {
		try {
			Completion completion = this.gateway.post()
				.uri("/v1/chat/completions")
				.body(new Request(model, messages))
				.retrieve()
				.body(Completion.class);
			if (completion == null) {
				throw new GatewayException(HttpStatus.BAD_GATEWAY, "The gateway failed", null);
			}
			return completion;
		}
		catch (RestClientException ex) {
			throw failure(ex);
		}
	}

	private static GatewayException failure(RestClientException ex) {
		if (ex instanceof HttpClientErrorException.NotFound) {
			return new GatewayException(HttpStatus.UNPROCESSABLE_CONTENT, "The gateway does not know this model", ex);
		}
		if (ex.contains(ConnectException.class) || ex.contains(HttpConnectTimeoutException.class)) {
			return new GatewayException(HttpStatus.SERVICE_UNAVAILABLE, "The gateway cannot be reached", ex);
		}
		if (ex.contains(HttpTimeoutException.class)) {
			return new GatewayException(HttpStatus.GATEWAY_TIMEOUT, "The gateway did not answer in time", ex);
		}
		return new GatewayException(HttpStatus.BAD_GATEWAY, "The gateway failed", ex);
	}

	/**
	 * One turn of a conversation.
	 *
	 * @param role {@code system}, {@code user} or {@code assistant}
	 * @param content what is said
	 */
	public record Message(String role, String content) {

		public Message {
			Assert.notNull(content, "There must be content");
		}

	}

	/**
	 * What a model says.
	 *
	 * @param choices its answers, of which the first counts
	 * @param usage tokens that it took
	 */
	public record Completion(List<Choice> choices, Usage usage) {

		public Completion {
			Assert.notEmpty(choices, "There must be a choice");
			Assert.notNull(usage, "There must be usage");
		}

		String text() {
			return choices().get(0).message().content();
		}

	}

	/**
	 * One of the answers.
	 *
	 * @param message the answer
	 */
	public record Choice(Message message) {

		public Choice {
			Assert.notNull(message, "There must be a message");
		}

	}

	/**
	 * Tokens, as the gateway counts them.
	 *
	 * @param promptTokens tokens of the conversation
	 * @param completionTokens tokens of the answer
	 * @param totalTokens both together
	 */
	public record Usage(long promptTokens, long completionTokens, long totalTokens) {
	}

	private record Request(String model, List<Message> messages) {
	}

}
