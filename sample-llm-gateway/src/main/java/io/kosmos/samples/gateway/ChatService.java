package io.kosmos.samples.gateway;

import java.util.List;
import java.util.function.Consumer;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.trace.SpanKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Service;

/**
 * Asks the provider, with one {@code chat} span for each answer, streamed or not.
 */
@Service
class ChatService {

	private static final Logger logger = LoggerFactory.getLogger(ChatService.class);

	private final ChatProvider provider;

	private final Spans spans;

	ChatService(ChatProvider provider, Spans spans) {
		this.provider = provider;
		this.spans = spans;
	}

	String provider() {
		return this.provider.name();
	}

	List<String> models() {
		return this.provider.models();
	}

	ChatCompletion complete(ChatRequest request) {
		return chatSpan(request).in(() -> {
			requireModel(request);
			ChatCompletion completion = this.provider.complete(request);
			ChatOutcome outcome = new ChatOutcome();
			outcome.add(completion);
			finish(outcome);
			return completion;
		});
	}

	void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks) {
		chatSpan(request).in(() -> {
			requireModel(request);
			ChatOutcome outcome = new ChatOutcome();
			try {
				this.provider.stream(request, (chunk) -> {
					outcome.add(chunk);
					forward(request, chunk, chunks);
				});
			}
			finally {
				finish(outcome);
			}
		});
	}

	private Spans.Builder chatSpan(ChatRequest request) {
		String model = request.model();
		// An unknown model is whatever the caller wrote: it would give the span any
		// number of names.
		return this.spans.span(models().contains(model) ? "chat " + model : "chat")
			.kind(SpanKind.CLIENT)
			.attribute(GenAiAttributes.OPERATION_NAME, "chat")
			.attribute(GenAiAttributes.PROVIDER_NAME, this.provider.name())
			.attribute(GenAiAttributes.REQUEST_MODEL, model)
			.attribute(GenAiAttributes.REQUEST_STREAM, request.streaming() ? true : null)
			.attribute(KosmosAttributes.LLM_PROVIDER, this.provider.name())
			.attribute(KosmosAttributes.LLM_MODEL, model)
			.attribute(KosmosAttributes.LLM_STREAMING, request.streaming());
	}

	private void requireModel(ChatRequest request) {
		if (!models().contains(request.model())) {
			throw ApiException.modelNotFound(request.model());
		}
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
