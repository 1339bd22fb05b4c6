package io.kosmos.tracing.autoconfigure.grpc;

import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/**
 * Gives Micrometer's observation of a call that has its span here this span instead of a
 * second one. The observation itself goes on, and with it the metrics of the call.
 */
final class CallObservationHandler implements TracingObservationHandler<Observation.Context> {

	private final Tracer tracer;

	CallObservationHandler(Tracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		if (context instanceof GrpcServerObservationContext server) {
			return isTraced(context, SpanKind.SERVER, server.getFullMethodName());
		}
		if (context instanceof GrpcClientObservationContext client) {
			return isTraced(context, SpanKind.CLIENT, client.getFullMethodName());
		}
		return false;
	}

	// Asked again for every step of the observation, and told by where it was created.
	private static boolean isTraced(Observation.Context context, SpanKind kind, String method) {
		return context
			.computeIfAbsent(Traced.class, (key) -> new Traced(new CurrentCall(kind, method).isIn(Context.current())))
			.here();
	}

	@Override
	public void onStart(Observation.Context context) {
		TracingContext tracingContext = getTracingContext(context);
		Span current = Span.current();
		if (current.getSpanContext().isValid()) {
			tracingContext.setSpan(OtelSpan.fromOtel(current, Context.current()));
		}
	}

	@Override
	public void onScopeOpened(Observation.Context context) {
		if (getTracingContext(context).getSpan() != null) {
			TracingObservationHandler.super.onScopeOpened(context);
		}
	}

	@Override
	public void onEvent(Observation.Event event, Observation.Context context) {
	}

	@Override
	public void onError(Observation.Context context) {
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

	private record Traced(boolean here) {

	}

}
