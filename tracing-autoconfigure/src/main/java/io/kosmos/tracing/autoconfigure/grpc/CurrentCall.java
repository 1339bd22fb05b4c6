package io.kosmos.tracing.autoconfigure.grpc;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;

/**
 * The mark of a context that the call whose turn it is has its span here.
 *
 * @param kind CLIENT or SERVER
 * @param method full name of the method
 */
record CurrentCall(SpanKind kind, String method) implements ImplicitContextKeyed {

	private static final ContextKey<CurrentCall> KEY = ContextKey.named("kosmos-grpc-call");

	boolean isIn(Context context) {
		return equals(context.get(KEY));
	}

	@Override
	public Context storeInContext(Context context) {
		return context.with(KEY, this);
	}

}
