package io.kosmos.tracing.autoconfigure.springai;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatOptions;

/**
 * The requests of streamed answers to OpenAI's client, which sends them from the common
 * pool. They are known by a header, which {@link OpenAiRequestHandler} takes away before
 * the request is sent. Thread-safe.
 */
final class OpenAiRequests implements RequestMarker {

	static final String HEADER = "x-kosmos-tracing-answer";

	/** The observation of requests that Spring AI gives to OpenAI's client. */
	private static final String OBSERVATION = "okhttp.requests";

	private final Map<String, StreamedAnswer> answers = new ConcurrentHashMap<>();

	private final Supplier<ObservationRegistry> observations;

	/**
	 * Create the requests.
	 * @param observations gives the registry at the first use, since the handlers that
	 * are registered there need these requests
	 */
	OpenAiRequests(Supplier<ObservationRegistry> observations) {
		this.observations = observations;
	}

	@Override
	public Prompt mark(Prompt prompt, StreamedAnswer answer) {
		if (!(prompt.getOptions() instanceof OpenAiChatOptions options) || !isObserved()) {
			return prompt;
		}
		String id = UUID.randomUUID().toString();
		Map<String, String> headers = new HashMap<>();
		if (options.getCustomHeaders() != null) {
			headers.putAll(options.getCustomHeaders());
		}
		headers.put(HEADER, id);
		this.answers.put(id, answer);
		return prompt.mutate().chatOptions(options.mutate().customHeaders(headers).build()).build();
	}

	/**
	 * Whether anybody will take the header away.
	 */
	private boolean isObserved() {
		return !Observation.createNotStarted(OBSERVATION, this.observations.get()).isNoop();
	}

	@Override
	public void forget(StreamedAnswer answer) {
		this.answers.values().remove(answer);
	}

	/**
	 * The answer that a request is for.
	 * @return the answer, or {@code null} if the request is not marked
	 */
	@Nullable StreamedAnswer answer(Request request) {
		String id = request.header(HEADER);
		return (id != null) ? this.answers.get(id) : null;
	}

}
