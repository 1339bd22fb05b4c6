package io.kosmos.tracing.autoconfigure.redis;

import io.lettuce.core.tracing.LettuceObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;

/**
 * Keeps Micrometer from making a second span of a command. Its observation, and with it
 * the metrics, goes on.
 */
final class TracedCommandObservationHandler implements TracingObservationHandler<Observation.Context> {

	private static final ContextKey<Boolean> TRACED = ContextKey.named("kosmos-redis-command");

	private final Tracer tracer;

	TracedCommandObservationHandler(Tracer tracer) {
		this.tracer = tracer;
	}

	/**
	 * The context to start the observation of a command in.
	 * @param span context with the span of the command, if it has one
	 */
	static Context traced(Context span) {
		return span.with(TRACED, true);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof LettuceObservationContext
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
