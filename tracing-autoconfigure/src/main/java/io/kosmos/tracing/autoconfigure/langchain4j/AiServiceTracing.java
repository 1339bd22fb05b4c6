package io.kosmos.tracing.autoconfigure.langchain4j;

import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Deque;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

import dev.langchain4j.service.AiServiceContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;

/**
 * Where AI services, which LangChain4j builds without knowing of an application, find the
 * one they belong to: the latest that was started and runs still. Thread-safe.
 */
final class AiServiceTracing {

	private static final Deque<LangChain4jSpans> RUNNING = new ConcurrentLinkedDeque<>();

	private static final Set<Class<?>> TYPES = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private AiServiceTracing() {
	}

	static @Nullable LangChain4jSpans latest() {
		return RUNNING.peekFirst();
	}

	/**
	 * What an AI service consists of, with tools that are traced.
	 */
	static AiServiceContext context(Class<?> type) {
		TYPES.add(type);
		return new TracedContext(type);
	}

	/**
	 * The interface of an AI service that an object implements.
	 */
	static @Nullable Class<?> typeOf(Object object) {
		if (!Proxy.isProxyClass(object.getClass())) {
			return null;
		}
		for (Class<?> type : object.getClass().getInterfaces()) {
			if (TYPES.contains(type)) {
				return type;
			}
		}
		return null;
	}

	/**
	 * An application that runs.
	 */
	static final class Application implements DisposableBean {

		private final LangChain4jSpans spans;

		Application(LangChain4jSpans spans) {
			this.spans = spans;
			RUNNING.addFirst(spans);
		}

		LangChain4jSpans spans() {
			return this.spans;
		}

		@Override
		public void destroy() {
			RUNNING.remove(this.spans);
		}

	}

	private static final class TracedContext extends AiServiceContext {

		private TracedContext(Class<?> type) {
			super(type);
			this.toolService = new TracedToolService();
		}

	}

}
