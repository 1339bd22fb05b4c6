package io.kosmos.tracing.autoconfigure.r2dbc;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.r2dbc.proxy.observation.QueryContext;

/**
 * Keeps Micrometer from making a second span of a query. Its observation, and with it the
 * metrics, goes on.
 */
final class TracedQueryObservationHandler implements TracingObservationHandler<Observation.Context> {

	private static final ContextKey<Boolean> TRACED = ContextKey.named("kosmos-r2dbc-query");

	private final Tracer tracer;

	TracedQueryObservationHandler(Tracer tracer) {
		this.tracer = tracer;
	}

	/**
	 * The context to start the observation of a query in.
	 * @param span context with the span of the query, if it has one
	 */
	static Context traced(Context span) {
		return span.with(TRACED, true);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof QueryContext
				&& (context.containsKey(TRACED) || Context.current().get(TRACED) != null);
	}

	@Override
	public void onStart(Observation.Context context) {
		context.put(TRACED, true);
		TracingContext tracing = getTracingContext(context);
		Span span = Span.current();
		if (span.getSpanContext().isValid()) {
			tracing.setSpan(OtelSpan.fromOtel(span));
		}
	}

	@Override
	public void onEvent(Observation.Event event, Observation.Context context) {
	}

	@Override
	public void onError(Observation.Context context) {
	}

	@Override
	public void onScopeOpened(Observation.Context context) {
	}

	@Override
	public void onScopeClosed(Observation.Context context) {
	}

	@Override
	public void onStop(Observation.Context context) {
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

}
