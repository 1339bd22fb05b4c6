package io.kosmos.tracing.autoconfigure.langchain4j;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.Spans.Work;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * An HTTP client that makes each request within a traced call of a model a span, from the
 * request to the last event where the answer is streamed. Other requests are none of its
 * business.
 */
final class TracedHttpClient implements HttpClient {

	private final HttpClient client;

	TracedHttpClient(HttpClient client) {
		this.client = client;
	}

	@Override
	public SuccessfulHttpResponse execute(HttpRequest request) {
		HttpCalls calls = HttpCalls.in(Context.current());
		if (calls == null) {
			return this.client.execute(request);
		}
		DetachedSpan span = calls.start(request);
		SuccessfulHttpResponse response = runOpen(span,
				() -> this.client.execute(calls.withTrace(request, span.context())));
		span.attribute(HttpCalls.STATUS_CODE, (long) response.statusCode());
		span.end();
		return response;
	}

	@Override
	public void execute(HttpRequest request, ServerSentEventListener listener) {
		HttpCalls calls = HttpCalls.in(Context.current());
		if (calls == null) {
			this.client.execute(request, listener);
			return;
		}
		DetachedSpan span = calls.start(request);
		runOpen(span, () -> {
			this.client.execute(calls.withTrace(request, span.context()), new TracedListener(listener, span));
			return span;
		});
	}

	@Override
	public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
		HttpCalls calls = HttpCalls.in(Context.current());
		if (calls == null) {
			this.client.execute(request, parser, listener);
			return;
		}
		DetachedSpan span = calls.start(request);
		runOpen(span, () -> {
			this.client.execute(calls.withTrace(request, span.context()), parser, new TracedListener(listener, span));
			return span;
		});
	}

	private static <T> T runOpen(DetachedSpan span, Work<T, RuntimeException> work) {
		try (Scope scope = span.makeCurrent()) {
			return work.run();
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	private static void fail(DetachedSpan span, Throwable error) {
		if (error instanceof HttpException refusal) {
			span.attribute(HttpCalls.STATUS_CODE, (long) refusal.statusCode());
		}
		LangChain4jSpans.fail(span, error);
	}

	/**
	 * Follows the events to the last one.
	 */
	private static final class TracedListener implements ServerSentEventListener {

		private final ServerSentEventListener listener;

		private final DetachedSpan span;

		private TracedListener(ServerSentEventListener listener, DetachedSpan span) {
			this.listener = listener;
			this.span = span;
		}

		@Override
		public void onOpen(SuccessfulHttpResponse response) {
			this.span.attribute(HttpCalls.STATUS_CODE, (long) response.statusCode());
			this.listener.onOpen(response);
		}

		@Override
		public void onEvent(ServerSentEvent event) {
			this.listener.onEvent(event);
		}

		@Override
		public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
			this.listener.onEvent(event, new ServerSentEventContext(cancellable(context.parsingHandle())));
		}

		@Override
		public void onError(Throwable error) {
			fail(this.span, error);
			this.listener.onError(error);
		}

		@Override
		public void onClose() {
			this.span.end();
			this.listener.onClose();
		}

		private ServerSentEventParsingHandle cancellable(ServerSentEventParsingHandle handle) {
			return new ServerSentEventParsingHandle() {

				@Override
				public void cancel() {
					// Before the parser learns of it, which would make it an error.
					TracedListener.this.span.cancel();
					handle.cancel();
				}

				@Override
				public boolean isCancelled() {
					return handle.isCancelled();
				}

			};
		}

	}

}
