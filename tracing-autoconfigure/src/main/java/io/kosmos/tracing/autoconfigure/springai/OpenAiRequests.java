package io.kosmos.tracing.autoconfigure.springai;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

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

	private final Map<String, StreamedAnswer> answers = new ConcurrentHashMap<>();

	@Override
	public Prompt mark(Prompt prompt, StreamedAnswer answer) {
		if (!(prompt.getOptions() instanceof OpenAiChatOptions options)) {
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
