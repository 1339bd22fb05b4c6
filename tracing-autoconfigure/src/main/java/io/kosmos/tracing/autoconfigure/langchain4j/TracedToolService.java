package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import dev.langchain4j.service.tool.ToolService;
import dev.langchain4j.service.tool.ToolServiceContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The tools of an AI service, each execution of which becomes a span. They are wrapped
 * anew for each invocation of the service, so that a tool that is executed by another
 * thread still has the invocation as its parent.
 */
final class TracedToolService extends ToolService {

	private final @Nullable LangChain4jSpans spans = AiServiceTracing.latest();

	@Override
	public ToolServiceContext createContext(InvocationContext invocationContext, UserMessage userMessage,
			List<ChatMessage> messages) {
		ToolServiceContext tools = super.createContext(invocationContext, userMessage, messages);
		LangChain4jSpans spans = (this.spans != null) ? this.spans : AiServiceTracing.latest();
		if (spans == null || (tools.toolExecutors().isEmpty() && tools.dynamicToolProviders().isEmpty())) {
			return tools;
		}
		Context invocation = Context.current();
		Map<String, ToolExecutor> executors = new HashMap<>();
		tools.toolExecutors().forEach((name, executor) -> executors.put(name, trace(executor, spans, invocation)));
		return tools.toBuilder()
			.toolExecutors(executors)
			.dynamicToolProviders(tools.dynamicToolProviders()
				.stream()
				.map((provider) -> (ToolProvider) new TracedToolProvider(provider, spans, invocation))
				.toList())
			.build();
	}

	private static ToolExecutor trace(ToolExecutor executor, LangChain4jSpans spans, Context invocation) {
		return (executor instanceof TracedToolExecutor) ? executor
				: new TracedToolExecutor(executor, spans, invocation);
	}

	private record TracedToolProvider(ToolProvider provider, LangChain4jSpans spans,
			Context invocation) implements ToolProvider {

		@Override
		public @Nullable ToolProviderResult provideTools(ToolProviderRequest request) {
			ToolProviderResult result = this.provider.provideTools(request);
			if (result == null) {
				return null;
			}
			List<AiServiceTool> tools = result.aiServiceTools()
				.stream()
				.map((tool) -> tool.toBuilder()
					.toolExecutor(trace(tool.toolExecutor(), this.spans, this.invocation))
					.build())
				.toList();
			return ToolProviderResult.builder().addAll(tools).build();
		}

		@Override
		public boolean isDynamic() {
			return this.provider.isDynamic();
		}

	}

}
