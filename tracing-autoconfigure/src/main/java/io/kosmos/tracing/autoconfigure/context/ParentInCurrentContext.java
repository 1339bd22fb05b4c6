package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Starts spans in the OpenTelemetry context that is current. The bridge starts them in
 * the one that its parent span was made current with, and so would lose what was put into
 * the context since.
 *
 * @param <T> type of the context
 */
interface ParentInCurrentContext<T extends Observation.Context> extends TracingObservationHandler<T> {

	@Override
	default @Nullable Span getParentSpan(Observation.ContextView context) {
		Span parent = TracingObservationHandler.super.getParentSpan(context);
		Context current = Context.current();
		if (parent instanceof OtelSpan && parent.context().spanId().equals(spanId(current))) {
			return OtelSpan.fromOtel(OtelSpan.toOtel(parent), current);
		}
		return parent;
	}

	private static String spanId(Context context) {
		return io.opentelemetry.api.trace.Span.fromContext(context).getSpanContext().getSpanId();
	}

}
