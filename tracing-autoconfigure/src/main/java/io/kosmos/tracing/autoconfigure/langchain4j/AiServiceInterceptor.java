package io.kosmos.tracing.autoconfigure.langchain4j;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.function.Supplier;

import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.memory.ChatMemoryService;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans.Builder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Makes each invocation of an AI service or an agent a span, unless one is open for it.
 * An invocation that returns a stream ends with the stream.
 */
final class AiServiceInterceptor implements MethodInterceptor {

	private final LangChain4jSpans spans;

	private final Supplier<Identity> identity;

	/**
	 * Create the interceptor.
	 * @param spans opens spans
	 * @param identity who it is, which may change while a system of agents is built
	 */
	AiServiceInterceptor(LangChain4jSpans spans, Supplier<Identity> identity) {
		this.spans = spans;
		this.identity = identity;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method method = invocation.getMethod();
		Context caller = Context.current();
		if (!isWork(method)) {
			return invocation.proceed();
		}
		Identity identity = this.identity.get();
		if (identity.key().equals(Invocation.in(caller).key())) {
			return invocation.proceed();
		}
		String conversation = this.spans.ask("the id of a memory",
				() -> conversation(memoryId(method, invocation.getArguments())));
		Builder agent = this.spans.agents()
			.agent(identity.name())
			.attribute(KosmosAttributes.AGENT_ID, identity.id())
			.attribute(KosmosAttributes.AGENT_OPERATION, method.getName())
			.attribute(KosmosAttributes.CONVERSATION_ID, conversation);
		Context context = new Invocation(identity.key(), conversation, null).storeIn(caller);
		if (ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType()) != null) {
			return agent.parent(context).in(invocation::proceed);
		}
		DetachedSpan span = agent.parent(context).start();
		return invoke(invocation, span, new Invocation(identity.key(), conversation, span).storeIn(span.context()),
				caller);
	}

	private static @Nullable Object invoke(MethodInvocation invocation, DetachedSpan span, Context context,
			Context caller) throws Throwable {
		Object result;
		try (Scope scope = context.makeCurrent()) {
			result = invocation.proceed();
		}
		catch (Throwable ex) {
			LangChain4jSpans.fail(span, ex);
			throw ex;
		}
		if (result instanceof TokenStream stream) {
			return new TracedTokenStream(stream, span, context, caller);
		}
		span.end(result);
		return result;
	}

	private static boolean isWork(Method method) {
		String owner = method.getDeclaringClass().getName();
		return method.getDeclaringClass() != Object.class && !owner.startsWith("dev.langchain4j.agentic.agent.")
				&& !owner.startsWith("dev.langchain4j.agentic.internal.")
				&& !owner.startsWith("dev.langchain4j.agentic.observability.")
				&& !owner.startsWith("dev.langchain4j.agentic.planner.")
				&& !owner.startsWith("dev.langchain4j.agentic.scope.")
				&& !owner.startsWith("dev.langchain4j.observability.")
				&& !owner.startsWith("dev.langchain4j.service.memory.");
	}

	private static @Nullable Object memoryId(Method method, @Nullable Object[] arguments) {
		Parameter[] parameters = method.getParameters();
		for (int i = 0; i < parameters.length; i++) {
			if (parameters[i].isAnnotationPresent(MemoryId.class)) {
				return arguments[i];
			}
		}
		return null;
	}

	/**
	 * The conversation that a memory belongs to.
	 * @param memoryId id of the memory
	 * @return id of the conversation, {@code null} if all share one memory
	 */
	static @Nullable String conversation(@Nullable Object memoryId) {
		return (memoryId != null && !memoryId.equals(ChatMemoryService.DEFAULT)) ? memoryId.toString() : null;
	}

	/**
	 * Who an AI service or agent is.
	 *
	 * @param key tells it from others
	 * @param name its name
	 * @param id its id, {@code null} unless its name is not unique
	 */
	record Identity(Object key, String name, @Nullable String id) {

	}

}
