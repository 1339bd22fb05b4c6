package io.kosmos.tracing.autoconfigure.propagation;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Names the agent that called on the spans that calls from other services begin with, and
 * links the span that called where it is not trusted to be the parent.
 */
final class CallerSpanProcessor implements SpanProcessor {

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		Span caller = Span.fromContext(parentContext);
		if (caller instanceof UntrustedCaller untrusted) {
			span.addLink(untrusted.link());
		}
		else if (caller.getSpanContext().isRemote()) {
			span.setAttribute(KosmosAttributes.CALLER_AGENT,
					CallingAgent.read(caller.getSpanContext().getTraceState()));
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
