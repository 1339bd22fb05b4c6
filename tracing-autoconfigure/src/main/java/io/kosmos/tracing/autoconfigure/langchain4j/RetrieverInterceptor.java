package io.kosmos.tracing.autoconfigure.langchain4j;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Makes each retrieval from a content retriever a span.
 */
final class RetrieverInterceptor implements MethodInterceptor {

	private final LangChain4jSpans spans;

	private final String source;

	/**
	 * Create the interceptor.
	 * @param spans opens spans
	 * @param source name of the data source
	 */
	RetrieverInterceptor(LangChain4jSpans spans, String source) {
		this.spans = spans;
		this.source = source;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (!invocation.getMethod().getName().equals("retrieve")) {
			return invocation.proceed();
		}
		return LangChain4jSpans.run(this.spans.agents()
			.retrieval(this.source)
			.attribute(KosmosAttributes.CONVERSATION_ID, Invocation.in(Context.current()).conversation())
			.start(), invocation::proceed);
	}

}
