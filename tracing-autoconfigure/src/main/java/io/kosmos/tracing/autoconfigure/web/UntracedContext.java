package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.Observation;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;

/**
 * The mark of a context in which no span is recorded. It goes wherever the context goes,
 * so that a sampler which looks at no parent cannot bring a part of the request back.
 */
final class UntracedContext {

	private static final ContextKey<Boolean> KEY = ContextKey.named("kosmos-untraced");

	private UntracedContext() {
	}

	static Context mark(Context context) {
		return context.with(KEY, true);
	}

	static boolean isMarked(Context context) {
		return context.get(KEY) != null;
	}

	static void mark(Observation.Context context) {
		context.put(KEY, true);
	}

	static boolean isMarked(Observation.Context context) {
		return context.containsKey(KEY);
	}

}
