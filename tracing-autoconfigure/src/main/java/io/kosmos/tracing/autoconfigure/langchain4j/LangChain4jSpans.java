package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.function.Supplier;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.Spans.Work;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What all that is traced of LangChain4j shares. Beans are asked for at the first use, so
 * that a model may be made before them. Thread-safe.
 */
final class LangChain4jSpans {

	private final Supplier<AgentSpans> agents;

	private final @Nullable HttpCalls http;

	private final Supplier<TracingFailures> failures;

	/**
	 * Create the spans.
	 * @param agents opens spans
	 * @param http opens the spans of HTTP calls; {@code null} if somebody else does
	 * @param failures takes what goes wrong
	 */
	LangChain4jSpans(Supplier<AgentSpans> agents, @Nullable HttpCalls http, Supplier<TracingFailures> failures) {
		this.agents = agents;
		this.http = http;
		this.failures = failures;
	}

	AgentSpans agents() {
		return this.agents.get();
	}

	/**
	 * The context in which a call over HTTP gets a span of its own.
	 */
	Context callingOverHttp(Context context) {
		return (this.http != null) ? this.http.storeIn(context) : context;
	}

	/**
	 * Run synchronous work in a span and end it.
	 */
	static <T extends @Nullable Object> T run(DetachedSpan span, Work<T, Throwable> work) throws Throwable {
		T result = runOpen(span, work);
		span.end(result);
		return result;
	}

	/**
	 * Run work in a span and end it only if it fails.
	 */
	static <T extends @Nullable Object> T runOpen(DetachedSpan span, Work<T, Throwable> work) throws Throwable {
		try (Scope scope = span.makeCurrent()) {
			return work.run();
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
	}

	/**
	 * End a span as failed, or as cancelled if it failed because its thread was
	 * interrupted, which LangChain4j wraps.
	 */
	static void fail(DetachedSpan span, Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof InterruptedException) {
				span.cancel();
				return;
			}
		}
		span.fail(error);
	}

	/**
	 * Ask the application's code for something that only tracing wants to know.
	 * @param what what is asked for, from code only
	 * @return what is known, {@code null} if the question failed
	 */
	<T> @Nullable T ask(String what, Supplier<@Nullable T> question) {
		try {
			return question.get();
		}
		catch (Exception | LinkageError ex) {
			this.failures.get().record("LangChain4j, " + what, ex);
			return null;
		}
	}

}
