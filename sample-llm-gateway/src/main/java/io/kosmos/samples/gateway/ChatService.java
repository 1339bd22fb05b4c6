package io.kosmos.samples.gateway;

import java.util.function.Consumer;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Service;

/**
 * Asks the provider that offers the model, with one {@code chat} span for each answer,
 * streamed or not. What the span tells of the answer is read by {@link AnswerMapper}.
 */
@Service
class ChatService {

	private static final Logger logger = LoggerFactory.getLogger(ChatService.class);

	private final ModelCatalog models;

	private final AgentSpans agents;

	ChatService(ModelCatalog models, AgentSpans agents) {
		this.models = models;
		this.agents = agents;
	}

	ChatCompletion complete(ChatRequest request) {
		ModelProvider provider = provider(request);
		return chat(provider, request).in(() -> {
			ChatCompletion completion = provider.complete(request);
			logger.info("{} answered", request.model());
			return completion;
		});
	}

	void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		ModelProvider provider = provider(request);
		chat(provider, request).in(() -> {
			provider.stream(request, (chunk) -> {
				this.agents.currentLlm().chunk(chunk);
				forward(request, chunk, chunks);
			});
			logger.info("{} answered", request.model());
		});
	}

	private ModelProvider provider(ChatRequest request) {
		ModelProvider provider = this.models.forChat(request.model());
		if (provider == null) {
			throw ApiException.modelNotFound(request.model());
		}
		return provider;
	}

	private Spans.Builder chat(ModelProvider provider, ChatRequest request) {
		return this.agents.llm(provider.name(), request.model())
			.attribute(KosmosAttributes.LLM_STREAMING, request.streaming());
	}

	private static void forward(ChatRequest request, ChatCompletionChunk chunk, Consumer<ChatCompletionChunk> chunks) {
		if (request.usageWanted()) {
			chunks.accept(chunk);
		}
		else if (!chunk.choices().isEmpty()) {
			chunks.accept(chunk.withoutUsage());
		}
	}

}
