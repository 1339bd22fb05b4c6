package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.Spans;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.prompt.ChatOptions;

/**
 * Calls of chat models: one span for each request to a model. A stream through a chat
 * client ends with its last chunk, see {@link StreamedAnswer}; one without a client with
 * the end of the model's answer.
 */
final class ChatModelHandler extends SpanObservationHandler<ChatModelObservationContext> {

	ChatModelHandler(SpringAiTracing tracing) {
		super(tracing, ChatModelObservationContext.class);
	}

	@Override
	Spans.Builder span(ChatModelObservationContext observed, Context parent) {
		ChatOptions options = observed.getRequest().getOptions();
		Spans.Builder builder = tracing().agents()
			.llm(Providers.conventional(observed.getOperationMetadata().provider()),
					(options != null) ? options.getModel() : null)
			.attribute(KosmosAttributes.LLM_STREAMING, observed.isStreaming() ? true : null);
		if (options == null) {
			return builder;
		}
		return builder.attribute(GenAiAttributes.REQUEST_TEMPERATURE, options.getTemperature())
			.attribute(GenAiAttributes.REQUEST_TOP_P, options.getTopP())
			.attribute(GenAiAttributes.REQUEST_TOP_K,
					(options.getTopK() != null) ? options.getTopK().longValue() : null)
			.attribute(GenAiAttributes.REQUEST_MAX_TOKENS,
					(options.getMaxTokens() != null) ? options.getMaxTokens().longValue() : null)
			.attribute(GenAiAttributes.REQUEST_FREQUENCY_PENALTY, options.getFrequencyPenalty())
			.attribute(GenAiAttributes.REQUEST_PRESENCE_PENALTY, options.getPresencePenalty())
			.attribute(GenAiAttributes.REQUEST_STOP_SEQUENCES, options.getStopSequences());
	}

	@Override
	boolean isStreaming(ChatModelObservationContext observed) {
		return observed.isStreaming();
	}

	@Override
	void started(ChatModelObservationContext observed, Work work, DetachedSpan span) {
		LlmCall call = tracing().agents().llmIn(span.context());
		if (call.capturesContent()) {
			call.input(Messages.of(observed.getRequest()));
		}
		StreamedAnswer answer = observed.isStreaming() ? StreamedAnswer.awaitedBy(work) : null;
		if (answer != null) {
			answer.startedBy(call, span);
			observed.put(StreamedAnswer.class, answer);
		}
	}

	@Override
	void end(ChatModelObservationContext observed, DetachedSpan span, @Nullable Throwable error) {
		ChatResponse response = observed.getResponse();
		StreamedAnswer answer = observed.get(StreamedAnswer.class);
		if (error == null && response == null && observed.isStreaming()) {
			span.cancel();
		}
		else if (answer != null) {
			answer.modelIsDone();
		}
		else if (error != null) {
			span.fail(error);
		}
		else {
			span.end(response);
		}
	}

}
