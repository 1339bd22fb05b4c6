package io.kosmos.samples.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingResult;
import com.knuddels.jtokkit.api.EncodingType;
import io.kosmos.samples.gateway.EmbeddingList.Embedding;
import io.kosmos.samples.gateway.GatewayProperties.Embedded;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.StringUtils;

/**
 * Models inside the gateway. The same request always gets the same answer:
 * <ul>
 * <li>the results of tools, if some follow the last user message,
 * <li>else calls of the tools that {@link ToolChooser} chooses for that message,
 * <li>else the sentences of its knowledge, and of the system messages, that fit that
 * message best.
 * </ul>
 * A limit of tokens cuts text only. Tools count as many tokens as their JSON has.
 */
final class EmbeddedProvider implements ModelProvider {

	private static final String NO_ANSWER = "I have no knowledge about that.";

	// What OpenAI counts for the markers around each message and before the answer.
	private static final int TOKENS_PER_MESSAGE = 3;

	private static final int TOKENS_BEFORE_ANSWER = 3;

	private static final int DEFAULT_DIMENSIONS = 256;

	private static final int MAX_DIMENSIONS = 2048;

	private static final Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

	private final Knowledge knowledge = Knowledge.load();

	private final String name;

	private final Map<String, Integer> sentences;

	private final List<String> embeddingModels;

	private final Embedded settings;

	private final JsonMapper jsonMapper;

	private final ToolChooser toolChooser;

	/**
	 * Create a provider.
	 * @param name its name
	 * @param sentences its models, each with how many sentences its answers have
	 * @param embeddingModels its models for embeddings
	 * @param settings how its models behave
	 * @param jsonMapper writes arguments of tools
	 */
	private EmbeddedProvider(String name, Map<String, Integer> sentences, List<String> embeddingModels,
			Embedded settings, JsonMapper jsonMapper) {
		this.name = name;
		this.sentences = sentences;
		this.embeddingModels = embeddingModels;
		this.settings = settings;
		this.jsonMapper = jsonMapper;
		this.toolChooser = new ToolChooser(jsonMapper);
	}

	static EmbeddedProvider kosmos(Embedded settings, JsonMapper jsonMapper) {
		return new EmbeddedProvider("kosmos", Map.of("kosmos-mini", 1, "kosmos-large", 3), List.of("kosmos-embed"),
				settings, jsonMapper);
	}

	static EmbeddedProvider atlas(Embedded settings, JsonMapper jsonMapper) {
		return new EmbeddedProvider("atlas", Map.of("atlas-mini", 2, "atlas-large", 5), List.of(), settings,
				jsonMapper);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public List<String> chatModels() {
		return this.sentences.keySet().stream().sorted().toList();
	}

	@Override
	public List<String> embeddingModels() {
		return this.embeddingModels;
	}

	@Override
	public ChatCompletion complete(ChatRequest request) {
		Answer answer = answer(request);
		generate(answer, (chunk) -> {
		});
		return new ChatCompletion(newId(), ChatCompletion.OBJECT, Instant.now().getEpochSecond(), request.model(),
				List.of(new ChatCompletion.Choice(0, answer.message(), answer.finishReason())), answer.usage());
	}

	@Override
	public void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		Answer answer = answer(request);
		ChatCompletionChunk empty = new ChatCompletionChunk(newId(), ChatCompletionChunk.OBJECT,
				Instant.now().getEpochSecond(), request.model(), List.of(), null);
		generate(answer, (choice) -> chunks.accept(new ChatCompletionChunk(empty.id(), empty.object(), empty.created(),
				empty.model(), List.of(choice), null)));
		chunks.accept(new ChatCompletionChunk(empty.id(), empty.object(), empty.created(), empty.model(), List.of(),
				answer.usage()));
	}

	@Override
	public EmbeddingList embed(EmbeddingRequest request) {
		int dimensions = (request.dimensions() != null) ? request.dimensions() : DEFAULT_DIMENSIONS;
		if (dimensions > MAX_DIMENSIONS) {
			throw ApiException.invalidRequest("dimensions must be at most " + MAX_DIMENSIONS, "dimensions");
		}
		List<String> texts = request.texts();
		List<Embedding> data = IntStream.range(0, texts.size()).mapToObj((i) -> {
			TextVector vector = TextVector.of(texts.get(i), dimensions);
			return new Embedding("embedding", i, request.base64() ? vector.base64() : vector.values());
		}).toList();
		return new EmbeddingList("list", data, request.model(),
				Usage.ofEmbeddings(texts.stream().mapToLong(EmbeddedProvider::tokens).sum()));
	}

	private Answer answer(ChatRequest request) {
		List<ChatMessage> messages = request.messages();
		int asked = IntStream.range(0, messages.size())
			.filter((i) -> messages.get(i).hasRole("user") && StringUtils.hasText(messages.get(i).text()))
			.reduce(-1, (first, second) -> second);
		String question = (asked >= 0) ? messages.get(asked).text() : "";
		List<ChatMessage> since = messages.subList(asked + 1, messages.size());
		long promptTokens = promptTokens(request);
		if (since.stream().anyMatch((message) -> message.hasRole("tool"))) {
			return text(request, results(since), promptTokens);
		}
		List<ToolCall> calls = this.toolChooser.choose(request, question);
		if (!calls.isEmpty()) {
			return new Answer("", calls, "tool_calls", Usage.ofAnswer(promptTokens, tokens(calls)));
		}
		List<String> context = messages.stream()
			.filter((message) -> message.hasRole("system") || message.hasRole("developer"))
			.map(ChatMessage::text)
			.toList();
		List<String> found = this.knowledge.find(question, context, this.sentences.getOrDefault(request.model(), 1));
		return text(request, found.isEmpty() ? NO_ANSWER : String.join(" ", found), promptTokens);
	}

	private static Answer text(ChatRequest request, String text, long promptTokens) {
		EncodingResult tokens = encoding.encodeOrdinary(text, request.tokenLimit());
		return new Answer(encoding.decode(tokens.getTokens()), List.of(), tokens.isTruncated() ? "length" : "stop",
				Usage.ofAnswer(promptTokens, tokens.getTokens().size()));
	}

	private static String results(List<ChatMessage> messages) {
		return messages.stream()
			.filter((message) -> message.hasRole("tool"))
			.map((result) -> "%s: %s".formatted(messages.stream()
				.flatMap((message) -> message.calls().stream())
				.filter((call) -> Objects.equals(call.id(), result.toolCallId()))
				.map(ToolCall::name)
				.filter(Objects::nonNull)
				.findFirst()
				.orElse("tool"), result.text()))
			.collect(Collectors.joining("\n"));
	}

	private void generate(Answer answer, Consumer<ChatCompletionChunk.Choice> chunks) {
		int made = 0;
		for (ChatCompletionChunk.Choice chunk : answer.chunks()) {
			if (Objects.equals(this.settings.failAfterChunks(), made)) {
				throw ApiException.upstreamError("The provider failed while it was answering", null);
			}
			pause();
			chunks.accept(chunk);
			made++;
		}
	}

	private void pause() {
		try {
			Thread.sleep(this.settings.chunkDelay().toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CancellationException("The gateway stops");
		}
	}

	private long promptTokens(ChatRequest request) {
		long tools = request.tools().isEmpty() ? 0 : tokens(this.jsonMapper.writeValueAsString(request.tools()));
		return TOKENS_BEFORE_ANSWER + tools
				+ request.messages()
					.stream()
					.mapToLong((message) -> TOKENS_PER_MESSAGE + tokens(message.role()) + tokens(message.text())
							+ tokens(message.calls()))
					.sum();
	}

	private static long tokens(List<ToolCall> calls) {
		return calls.stream().mapToLong((call) -> tokens(call.name()) + tokens(call.arguments())).sum();
	}

	private static long tokens(@Nullable String text) {
		return (text != null) ? encoding.countTokensOrdinary(text) : 0;
	}

	private static String newId() {
		return "chatcmpl-" + UUID.randomUUID();
	}

	/**
	 * An answer.
	 *
	 * @param text what is said, empty if tools are called
	 * @param calls the tools that are called
	 * @param finishReason why the model stops
	 * @param usage token counts
	 */
	private record Answer(String text, List<ToolCall> calls, String finishReason, Usage usage) {

		ChatMessage message() {
			return this.calls.isEmpty() ? new ChatMessage("assistant", this.text)
					: new ChatMessage("assistant", this.calls);
		}

		List<ChatCompletionChunk.Choice> chunks() {
			List<ChatMessage> deltas = new ArrayList<>();
			deltas.add(new ChatMessage("assistant", this.calls.isEmpty() ? "" : null));
			for (int i = 0; i < this.calls.size(); i++) {
				ToolCall call = this.calls.get(i);
				deltas.add(new ChatMessage(null, List.of(ToolCall.start(i, call))));
				for (String part : Objects.requireNonNull(call.arguments()).split("(?<=[\\s:,])")) {
					deltas.add(new ChatMessage(null, List.of(ToolCall.addition(i, part))));
				}
			}
			if (!this.text.isEmpty()) {
				for (String word : this.text.split("(?<=\\s)")) {
					deltas.add(new ChatMessage(null, word));
				}
			}
			List<ChatCompletionChunk.Choice> chunks = new ArrayList<>();
			deltas.forEach((delta) -> chunks.add(new ChatCompletionChunk.Choice(0, delta, null)));
			chunks.add(new ChatCompletionChunk.Choice(0, new ChatMessage(null, (String) null), this.finishReason));
			return chunks;
		}

	}

}
