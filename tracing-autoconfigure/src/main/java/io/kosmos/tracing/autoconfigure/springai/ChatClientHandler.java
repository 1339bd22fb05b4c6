package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.client.observation.ChatClientObservationContext;
import org.springframework.ai.chat.memory.ChatMemory;

/**
 * Calls of chat clients. They have a span of their own only where nothing else holds
 * their calls of models and tools together, so that these stand directly below the agent
 * that makes them.
 */
final class ChatClientHandler extends SpanObservationHandler<ChatClientObservationContext> {

	ChatClientHandler(SpringAiTracing tracing) {
		super(tracing, ChatClientObservationContext.class);
	}

	@Override
	Spans.@Nullable Builder span(ChatClientObservationContext observed, Context parent) {
		boolean held = Span.fromContext(parent).getSpanContext().isValid();
		return held ? null : tracing().spans().span("chat_client");
	}

	@Override
	@Nullable String conversation(ChatClientObservationContext observed) {
		Object conversation = observed.getRequest().context().get(ChatMemory.CONVERSATION_ID);
		return (conversation != null) ? conversation.toString() : null;
	}

	@Override
	boolean isStreaming(ChatClientObservationContext observed) {
		return observed.isStream();
	}

	@Override
	void end(ChatClientObservationContext observed, DetachedSpan span, @Nullable Throwable error) {
		if (error == null && observed.isStream() && observed.getResponse() == null) {
			span.cancel();
		}
		else {
			super.end(observed, span, error);
		}
	}

}
