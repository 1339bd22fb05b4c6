package io.kosmos.tracing.autoconfigure.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Makes each execution of a tool a span, which is the current one while the tool runs. A
 * failure is an error of that span, although the AI service only passes it on to the
 * model.
 */
final class TracedToolExecutor implements ToolExecutor {

	private final ToolExecutor executor;

	private final LangChain4jSpans spans;

	private final Context invocation;

	/**
	 * Create the executor.
	 * @param executor executes the tool
	 * @param spans opens spans
	 * @param invocation context in which the AI service was invoked
	 */
	TracedToolExecutor(ToolExecutor executor, LangChain4jSpans spans, Context invocation) {
		this.executor = executor;
		this.spans = spans;
		this.invocation = invocation;
	}

	@Override
	public String execute(ToolExecutionRequest request, @Nullable Object memoryId) {
		DetachedSpan span = start(request, AiServiceInterceptor.conversation(memoryId));
		String result;
		try (Scope scope = span.makeCurrent()) {
			result = this.executor.execute(request, memoryId);
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
		span.attribute(GenAiAttributes.TOOL_CALL_RESULT, result);
		span.end();
		return result;
	}

	@Override
	public ToolExecutionResult executeWithContext(ToolExecutionRequest request, @Nullable InvocationContext context) {
		DetachedSpan span = start(request,
				(context != null) ? AiServiceInterceptor.conversation(context.chatMemoryId()) : null);
		ToolExecutionResult result;
		try (Scope scope = span.makeCurrent()) {
			result = this.executor.executeWithContext(request, context);
		}
		catch (Throwable ex) {
			fail(span, ex);
			throw ex;
		}
		if (result != null) {
			span.attribute(GenAiAttributes.TOOL_CALL_RESULT,
					this.spans.ask("the result of a tool", result::resultText));
			if (result.isError()) {
				span.error(new ToolFailure());
			}
		}
		span.end();
		return result;
	}

	private DetachedSpan start(ToolExecutionRequest request, @Nullable String conversation) {
		Context current = Context.current();
		Context parent = (Span.fromContextOrNull(current) != null) ? current : this.invocation;
		String known = (conversation != null) ? conversation : Invocation.in(parent).conversation();
		return this.spans.agents()
			.tool(request.name())
			.parent(new Invocation(null, known, null).storeIn(parent))
			.attribute(GenAiAttributes.TOOL_CALL_ID, request.id())
			.attribute(GenAiAttributes.TOOL_TYPE, "function")
			.attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, request.arguments())
			.attribute(KosmosAttributes.CONVERSATION_ID, known)
			.start();
	}

	private static void fail(DetachedSpan span, Throwable error) {
		Throwable cause = error.getCause();
		LangChain4jSpans.fail(span, (error instanceof ToolExecutionException && cause != null) ? cause : error);
	}

	/**
	 * A tool that failed without an exception.
	 */
	private static final class ToolFailure extends Exception {

		private ToolFailure() {
			super("The tool reported an error");
		}

	}

}
