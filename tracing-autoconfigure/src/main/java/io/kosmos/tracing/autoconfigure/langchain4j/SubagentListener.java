package io.kosmos.tracing.autoconfigure.langchain4j;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.langchain4j.agentic.agent.AgentInvocationException;
import dev.langchain4j.agentic.observability.AgentInvocationError;
import dev.langchain4j.agentic.observability.AgentListener;
import dev.langchain4j.agentic.observability.AgentRequest;
import dev.langchain4j.agentic.observability.AgentResponse;
import dev.langchain4j.agentic.planner.AgentInstance;
import dev.langchain4j.agentic.scope.AgenticScope;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans.Builder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Makes each invocation of an agent within an agentic system a span, below that of the
 * agent which made it, also on another thread. The agent that the application invokes has
 * one from {@link AiServiceInterceptor}, since it is not told of the failure of such.
 * <p>
 * LangChain4j tells of the begin and the end of an invocation on the thread that does it,
 * whether it succeeds or fails, so that the span can be the current one in between.
 */
final class SubagentListener implements AgentListener {

	private final LangChain4jSpans spans;

	/** What runs in each agentic system, by the id of the agent. */
	private final Map<AgenticScope, Map<String, Context>> running = Collections.synchronizedMap(new WeakHashMap<>());

	private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);

	SubagentListener(LangChain4jSpans spans) {
		this.spans = spans;
	}

	@Override
	public boolean inheritedBySubagents() {
		return true;
	}

	@Override
	public void beforeAgentInvocation(AgentRequest request) {
		AgentInstance agent = request.agent();
		Map<String, Context> contexts = this.running.computeIfAbsent(request.agenticScope(),
				(scope) -> new ConcurrentHashMap<>());
		Context current = Context.current();
		Invocation around = Invocation.in(current);
		if (agent.agentId().equals(around.key())) {
			contexts.put(agent.agentId(), current);
			this.open.get().push(new Open(request.agenticScope(), agent.agentId(), null, Scope.noop()));
			return;
		}
		Context parent = current;
		if (Span.fromContextOrNull(current) == null && agent.parent() != null) {
			parent = contexts.getOrDefault(agent.parent().agentId(), current);
		}
		String conversation = Invocation.in(parent).conversation();
		Builder builder = this.spans.agents()
			.agent(agent.name())
			.parent(new Invocation(agent.agentId(), conversation, null).storeIn(parent))
			.attribute(KosmosAttributes.AGENT_ID, id(agent))
			.attribute(KosmosAttributes.CONVERSATION_ID, conversation);
		DetachedSpan span = builder.start();
		contexts.put(agent.agentId(), span.context());
		this.open.get().push(new Open(request.agenticScope(), agent.agentId(), span, span.makeCurrent()));
	}

	@Override
	public void afterAgentInvocation(AgentResponse response) {
		close(response.agenticScope(), response.agentId(), null);
	}

	@Override
	public void onAgentInvocationError(AgentInvocationError error) {
		close(error.agenticScope(), error.agentId(), error.error());
	}

	private void close(AgenticScope scope, String agentId, @Nullable Throwable error) {
		Deque<Open> open = this.open.get();
		if (open.stream().noneMatch((candidate) -> candidate.isOf(scope, agentId))) {
			return;
		}
		Open closed;
		do {
			closed = open.pop();
			// One whose end was not told has left its scope open.
			closed.scope().close();
			if (closed.span() != null) {
				end(closed.span(), error);
			}
		}
		while (!closed.isOf(scope, agentId));
		Map<String, Context> contexts = this.running.get(scope);
		if (contexts != null) {
			contexts.remove(agentId);
		}
		if (open.isEmpty()) {
			this.open.remove();
		}
	}

	private static void end(DetachedSpan span, @Nullable Throwable error) {
		if (error != null) {
			LangChain4jSpans.fail(span, cause(error));
		}
		else {
			span.end();
		}
	}

	/**
	 * What the agent itself threw.
	 */
	private static Throwable cause(Throwable error) {
		Throwable cause = error;
		while (cause.getCause() != null && (cause instanceof InvocationTargetException
				|| cause instanceof UndeclaredThrowableException || cause instanceof AgentInvocationException)) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * The id of an agent whose name is not unique.
	 */
	static @Nullable String id(AgentInstance agent) {
		return (!agent.agentId().equals(agent.name())) ? agent.agentId() : null;
	}

	/**
	 * An invocation that this thread is in.
	 */
	private record Open(AgenticScope agenticScope, String agentId, @Nullable DetachedSpan span, Scope scope) {

		boolean isOf(AgenticScope agenticScope, String agentId) {
			return this.agenticScope == agenticScope && this.agentId.equals(agentId);
		}

	}

}
