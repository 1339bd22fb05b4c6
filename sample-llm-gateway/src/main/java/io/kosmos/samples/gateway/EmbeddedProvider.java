package io.kosmos.samples.gateway;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingResult;
import com.knuddels.jtokkit.api.EncodingType;
import io.kosmos.samples.gateway.ChatCompletion.Usage;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A model inside the gateway: it answers with the sentences of its knowledge, and of the
 * system messages, that fit the last user message best. The same request always gets the
 * same answer.
 */
final class EmbeddedProvider implements ChatProvider {

	private static final String NO_ANSWER = "I have no knowledge about that.";

	// How many sentences an answer of each model has.
	private static final Map<String, Integer> SENTENCES = Map.of("kosmos-mini", 1, "kosmos-large", 3);

	// What OpenAI counts for the markers around each message and before the answer.
	private static final int TOKENS_PER_MESSAGE = 3;

	private static final int TOKENS_BEFORE_ANSWER = 3;

	private final Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

	private final Knowledge knowledge = Knowledge.load();

	@Override
	public String name() {
		return "kosmos";
	}

	@Override
	public List<String> models() {
		return SENTENCES.keySet().stream().sorted().toList();
	}

	@Override
	public ChatCompletion complete(ChatRequest request) {
		Answer answer = answer(request);
		return new ChatCompletion(newId(), ChatCompletion.OBJECT, Instant.now().getEpochSecond(), request.model(), List
			.of(new ChatCompletion.Choice(0, new ChatMessage("assistant", answer.text()), answer.finishReason())),
				answer.usage());
	}

	@Override
	public void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		Answer answer = answer(request);
		ChatCompletionChunk empty = new ChatCompletionChunk(newId(), ChatCompletionChunk.OBJECT,
				Instant.now().getEpochSecond(), request.model(), List.of(), null);
		chunks.accept(chunk(empty, new ChatMessage("assistant", ""), null));
		for (String word : answer.text().split("(?<=\\s)")) {
			chunks.accept(chunk(empty, new ChatMessage(null, word), null));
		}
		chunks.accept(chunk(empty, new ChatMessage(null, null), answer.finishReason()));
		chunks.accept(new ChatCompletionChunk(empty.id(), empty.object(), empty.created(), empty.model(), List.of(),
				answer.usage()));
	}

	private Answer answer(ChatRequest request) {
		List<ChatMessage> messages = request.messages();
		List<String> context = messages.stream()
			.filter((message) -> "system".equals(message.role()))
			.map(ChatMessage::content)
			.filter(StringUtils::hasText)
			.toList();
		List<String> questions = messages.stream()
			.filter((message) -> "user".equals(message.role()))
			.map(ChatMessage::content)
			.filter(StringUtils::hasText)
			.toList();
		String question = questions.isEmpty() ? "" : questions.get(questions.size() - 1);
		List<String> found = this.knowledge.find(question, context, SENTENCES.getOrDefault(request.model(), 1));
		String text = found.isEmpty() ? NO_ANSWER : String.join(" ", found);
		int limit = (request.maxTokens() != null) ? request.maxTokens() : Integer.MAX_VALUE;
		EncodingResult tokens = this.encoding.encodeOrdinary(text, limit);
		return new Answer(this.encoding.decode(tokens.getTokens()), tokens.isTruncated() ? "length" : "stop",
				Usage.of(promptTokens(messages), tokens.getTokens().size()));
	}

	private long promptTokens(List<ChatMessage> messages) {
		return TOKENS_BEFORE_ANSWER + messages.stream()
			.mapToLong((message) -> TOKENS_PER_MESSAGE + tokens(message.role()) + tokens(message.content()))
			.sum();
	}

	private int tokens(@Nullable String text) {
		return (text != null) ? this.encoding.countTokensOrdinary(text) : 0;
	}

	private static ChatCompletionChunk chunk(ChatCompletionChunk empty, ChatMessage delta,
			@Nullable String finishReason) {
		return new ChatCompletionChunk(empty.id(), empty.object(), empty.created(), empty.model(),
				List.of(new ChatCompletionChunk.Choice(0, delta, finishReason)), null);
	}

	private static String newId() {
		return "chatcmpl-" + UUID.randomUUID();
	}

	private record Answer(String text, String finishReason, Usage usage) {

	}

}
