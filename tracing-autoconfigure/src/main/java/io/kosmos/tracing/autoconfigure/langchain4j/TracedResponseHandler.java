package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.function.Consumer;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.LlmCall;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * Follows a streamed answer to its last chunk, its failure or its cancellation. What the
 * application does with the answer runs in the context of its caller, not in the span of
 * the call.
 */
final class TracedResponseHandler implements StreamingChatResponseHandler {

	private final StreamingChatResponseHandler handler;

	private final DetachedSpan span;

	private final LlmCall call;

	private final Context caller;

	private volatile boolean cancelled;

	private volatile boolean toolCallStreamed;

	TracedResponseHandler(StreamingChatResponseHandler handler, DetachedSpan span, LlmCall call, Context caller) {
		this.handler = handler;
		this.span = span;
		this.call = call;
		this.caller = caller;
	}

	@Override
	public void onPartialResponse(String partialResponse) {
		this.call.chunk();
		tell((handler) -> handler.onPartialResponse(partialResponse));
	}

	@Override
	public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
		this.call.chunk();
		PartialResponseContext cancellable = new PartialResponseContext(cancellable(context.streamingHandle()));
		tell((handler) -> handler.onPartialResponse(partialResponse, cancellable));
	}

	@Override
	public void onPartialThinking(PartialThinking partialThinking) {
		this.call.chunk();
		tell((handler) -> handler.onPartialThinking(partialThinking));
	}

	@Override
	public void onPartialThinking(PartialThinking partialThinking, PartialThinkingContext context) {
		this.call.chunk();
		PartialThinkingContext cancellable = new PartialThinkingContext(cancellable(context.streamingHandle()));
		tell((handler) -> handler.onPartialThinking(partialThinking, cancellable));
	}

	@Override
	public void onPartialToolCall(PartialToolCall partialToolCall) {
		toolCallChunk();
		tell((handler) -> handler.onPartialToolCall(partialToolCall));
	}

	@Override
	public void onPartialToolCall(PartialToolCall partialToolCall, PartialToolCallContext context) {
		toolCallChunk();
		PartialToolCallContext cancellable = new PartialToolCallContext(cancellable(context.streamingHandle()));
		tell((handler) -> handler.onPartialToolCall(partialToolCall, cancellable));
	}

	private void toolCallChunk() {
		this.toolCallStreamed = true;
		this.call.chunk();
	}

	@Override
	public void onCompleteToolCall(CompleteToolCall completeToolCall) {
		if (!this.toolCallStreamed) {
			this.call.chunk();
		}
		tell((handler) -> handler.onCompleteToolCall(completeToolCall));
	}

	@Override
	public void onUnmappedRawEvent(Object rawEvent) {
		tell((handler) -> handler.onUnmappedRawEvent(rawEvent));
	}

	@Override
	public void onCompleteResponse(ChatResponse completeResponse) {
		this.span.end(completeResponse);
		try {
			tell((handler) -> handler.onCompleteResponse(completeResponse));
		}
		catch (Throwable ex) {
			// Models only log it, so that nobody tells the caller that nothing follows.
			DetachedSpan stream = Invocation.in(this.caller).stream();
			if (stream != null) {
				stream.fail(ex);
			}
			throw ex;
		}
	}

	@Override
	public void onError(Throwable error) {
		if (!this.cancelled) {
			LangChain4jSpans.fail(this.span, error);
		}
		tell((handler) -> handler.onError(error));
	}

	private void tell(Consumer<StreamingChatResponseHandler> event) {
		try (Scope scope = this.caller.makeCurrent()) {
			event.accept(this.handler);
		}
	}

	private StreamingHandle cancellable(StreamingHandle handle) {
		return new StreamingHandle() {

			@Override
			public void cancel() {
				TracedResponseHandler.this.cancelled = true;
				handle.cancel();
				TracedResponseHandler.this.span.cancel();
				DetachedSpan stream = Invocation.in(TracedResponseHandler.this.caller).stream();
				if (stream != null) {
					stream.cancel();
				}
			}

			@Override
			public boolean isCancelled() {
				return handle.isCancelled();
			}

		};
	}

}
