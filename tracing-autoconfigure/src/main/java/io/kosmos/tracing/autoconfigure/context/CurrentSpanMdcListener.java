package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper.ScopeClosedEvent;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.slf4j.MDC;

/**
 * Keeps the ids of the current span in the MDC. Asks what is current instead of reading
 * it from the event, as the bridge does: that keeps the ids of before when a context
 * without a span becomes current, and takes those of another thread when a scope is
 * closed by a thread that did not open it.
 */
final class CurrentSpanMdcListener extends Slf4JEventListener {

	private static final String TRACE_ID = "traceId";

	private static final String SPAN_ID = "spanId";

	@Override
	public void onEvent(Object event) {
		if (event instanceof ScopeClosedEvent) {
			// What is restored follows as an event of its own.
			return;
		}
		SpanContext span = Span.current().getSpanContext();
		if (span.isValid()) {
			MDC.put(TRACE_ID, span.getTraceId());
			MDC.put(SPAN_ID, span.getSpanId());
		}
		else {
			MDC.remove(TRACE_ID);
			MDC.remove(SPAN_ID);
		}
	}

}
