package io.kosmos.samples.gateway;

import java.util.function.Consumer;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Service;

/**
 * Asks the provider that offers the model, with one {@code chat} span for each answer,
 * streamed or not.
 */
@Service
class ChatService {

	private static final Logger logger = LoggerFactory.getLogger(ChatService.class);

	private final ModelCatalog models;

	private final Spans spans;

	ChatService(ModelCatalog models, Spans spans) {
		this.models = models;
		this.spans = spans;
	}

	ChatCompletion complete(ChatRequest request) {
		ModelProvider provider = this.models.forChat(request.model());
		return chatSpan(request, provider).in(() -> {
			ChatCompletion completion = required(provider, request).complete(request);
			ChatOutcome outcome = new ChatOutcome();
			outcome.add(completion);
			finish(outcome);
			return completion;
		});
	}

	void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		ModelProvider provider = this.models.forChat(request.model());
		chatSpan(request, provider).in(() -> {
			ModelProvider answering = required(provider, request);
			ChatOutcome outcome = new ChatOutcome();
			try {
				answering.stream(request, (chunk) -> {
					outcome.add(chunk);
					forward(request, chunk, chunks);
				});
			}
			finally {
				finish(outcome);
			}
		});
	}

	private Spans.Builder chatSpan(ChatRequest request, @Nullable ModelProvider provider) {
		String model = request.model();
		String providerName = (provider != null) ? provider.name() : null;
		// An unknown model is whatever the caller wrote: it would give the span any
		// number of names.
		return this.spans.span((provider != null) ? "chat " + model : "chat")
			.kind(SpanKind.CLIENT)
			.attribute(GenAiAttributes.OPERATION_NAME, "chat")
			.attribute(GenAiAttributes.PROVIDER_NAME, providerName)
			.attribute(GenAiAttributes.REQUEST_MODEL, model)
			.attribute(GenAiAttributes.REQUEST_STREAM, request.streaming() ? true : null)
			.attribute(KosmosAttributes.LLM_PROVIDER, providerName)
			.attribute(KosmosAttributes.LLM_MODEL, model)
			.attribute(KosmosAttributes.LLM_STREAMING, request.streaming());
	}

	private static ModelProvider required(@Nullable ModelProvider provider, ChatRequest request) {
		if (provider == null) {
			throw ApiException.modelNotFound(request.model());
		}
		return provider;
	}

	private static void forward(ChatRequest request, ChatCompletionChunk chunk, Consumer<ChatCompletionChunk> chunks) {
		if (request.usageWanted()) {
			chunks.accept(chunk);
		}
		else if (!chunk.choices().isEmpty()) {
			chunks.accept(chunk.withoutUsage());
		}
	}

	private void finish(ChatOutcome outcome) {
		outcome.writeTo(this.spans.current());
		if (outcome.finishReason() != null) {
			logger.info("{} answered, finish_reason={} prompt_tokens={} completion_tokens={}", outcome.model(),
					outcome.finishReason(), outcome.promptTokens(), outcome.completionTokens());
		}
	}

}
