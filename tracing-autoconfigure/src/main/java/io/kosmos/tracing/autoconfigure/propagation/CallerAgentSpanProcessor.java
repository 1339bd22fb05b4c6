package io.kosmos.tracing.autoconfigure.propagation;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Names the agent that called on the spans that calls from other services begin with.
 */
final class CallerAgentSpanProcessor implements SpanProcessor {

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		SpanContext caller = Span.fromContext(parentContext).getSpanContext();
		if (caller.isRemote()) {
			span.setAttribute(KosmosAttributes.CALLER_AGENT, CallingAgent.read(caller.getTraceState()));
		}
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
	}

	@Override
	public boolean isEndRequired() {
		return false;
	}

}
