package io.kosmos.tracing.autoconfigure.langchain4j;

import io.kosmos.tracing.DetachedSpan;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/**
 * The AI service or agent that runs in a context.
 *
 * @param key says which one, so that it gets no second span; {@code null} within a tool,
 * where the same one may be invoked anew
 * @param conversation id of the conversation; {@code null} if not known
 * @param stream span of an answer that is streamed to the caller, which ends with the
 * stream; {@code null} if it is not streamed
 */
record Invocation(@Nullable Object key, @Nullable String conversation, @Nullable DetachedSpan stream) {

	private static final ContextKey<Invocation> KEY = ContextKey.named("kosmos.tracing.langchain4j.invocation");

	private static final Invocation NONE = new Invocation(null, null, null);

	static Invocation in(Context context) {
		Invocation invocation = context.get(KEY);
		return (invocation != null) ? invocation : NONE;
	}

	Context storeIn(Context context) {
		return context.with(KEY, this);
	}

}
