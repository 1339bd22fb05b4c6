package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolExecution;
import io.kosmos.tracing.DetachedSpan;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.NullUnmarked;

/**
 * The answer that an AI service streams: its span ends with it, and the callbacks of the
 * application run in the context of the application.
 */
@NullUnmarked
final class TracedTokenStream implements TokenStream {

	private final TokenStream stream;

	private final DetachedSpan span;

	private final Context context;

	private final Context caller;

	private boolean completionFollowed;

	/**
	 * Create the stream.
	 * @param stream the stream
	 * @param span span of the AI service
	 * @param context context in which the AI service works
	 * @param caller context of the application
	 */
	TracedTokenStream(TokenStream stream, DetachedSpan span, Context context, Context caller) {
		this.stream = stream;
		this.span = span;
		this.context = context;
		this.caller = caller;
	}

	private <T> Consumer<T> outside(Consumer<T> handler) {
		return (handler != null) ? this.caller.wrapConsumer(handler) : null;
	}

	private <T, U> BiConsumer<T, U> outside(BiConsumer<T, U> handler) {
		return (handler != null) ? this.caller.wrapConsumer(handler) : null;
	}

	@Override
	public TokenStream onPartialResponse(Consumer<String> handler) {
		this.stream.onPartialResponse(outside(handler));
		return this;
	}

	@Override
	public TokenStream onPartialResponseWithContext(BiConsumer<PartialResponse, PartialResponseContext> handler) {
		this.stream.onPartialResponseWithContext(outside(handler));
		return this;
	}

	@Override
	public TokenStream onPartialThinking(Consumer<PartialThinking> handler) {
		this.stream.onPartialThinking(outside(handler));
		return this;
	}

	@Override
	public TokenStream onPartialThinkingWithContext(BiConsumer<PartialThinking, PartialThinkingContext> handler) {
		this.stream.onPartialThinkingWithContext(outside(handler));
		return this;
	}

	@Override
	public TokenStream onPartialToolCall(Consumer<PartialToolCall> handler) {
		this.stream.onPartialToolCall(outside(handler));
		return this;
	}

	@Override
	public TokenStream onPartialToolCallWithContext(BiConsumer<PartialToolCall, PartialToolCallContext> handler) {
		this.stream.onPartialToolCallWithContext(outside(handler));
		return this;
	}

	@Override
	public TokenStream onRetrieved(Consumer<List<Content>> handler) {
		this.stream.onRetrieved(outside(handler));
		return this;
	}

	@Override
	public TokenStream onIntermediateResponse(Consumer<ChatResponse> handler) {
		this.stream.onIntermediateResponse(outside(handler));
		return this;
	}

	@Override
	public TokenStream beforeToolExecution(Consumer<BeforeToolExecution> handler) {
		this.stream.beforeToolExecution(outside(handler));
		return this;
	}

	@Override
	public TokenStream onUnmappedRawEvent(Consumer<Object> handler) {
		this.stream.onUnmappedRawEvent(outside(handler));
		return this;
	}

	@Override
	public TokenStream onToolExecuted(Consumer<ToolExecution> handler) {
		this.stream.onToolExecuted(outside(handler));
		return this;
	}

	@Override
	public TokenStream onCompleteResponse(Consumer<ChatResponse> handler) {
		this.completionFollowed = true;
		Consumer<ChatResponse> outside = outside(handler);
		this.stream.onCompleteResponse((response) -> {
			this.span.end();
			if (outside != null) {
				outside.accept(response);
			}
		});
		return this;
	}

	@Override
	public TokenStream onError(Consumer<Throwable> handler) {
		Consumer<Throwable> outside = outside(handler);
		this.stream.onError((error) -> {
			LangChain4jSpans.fail(this.span, error);
			if (outside != null) {
				outside.accept(error);
			}
		});
		return this;
	}

	@Override
	public TokenStream ignoreErrors() {
		this.stream.onError((error) -> LangChain4jSpans.fail(this.span, error));
		return this;
	}

	@Override
	public void start() {
		if (!this.completionFollowed) {
			this.stream.onCompleteResponse((response) -> this.span.end());
		}
		try (Scope scope = this.context.makeCurrent()) {
			this.stream.start();
		}
		catch (Throwable ex) {
			LangChain4jSpans.fail(this.span, ex);
			throw ex;
		}
	}

}
