package io.kosmos.tracing.autoconfigure.context;

import java.util.Set;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;

import org.springframework.scheduling.support.ScheduledTaskObservationContext;
import org.springframework.util.StringUtils;

/**
 * Gives each run of a {@code @Scheduled} method a trace of its own, in the words of the
 * OpenTelemetry conventions.
 */
final class ScheduledTaskObservationHandler implements TracingObservationHandler<ScheduledTaskObservationContext> {

	/** Names of older conventions, and what the status of the span says. */
	private static final Set<String> REPLACED = Set.of("code.function", "code.namespace", "exception", "outcome");

	private final Tracer tracer;

	private final boolean enabled;

	/**
	 * Create the handler.
	 * @param enabled whether there are spans at all
	 */
	ScheduledTaskObservationHandler(Tracer tracer, boolean enabled) {
		this.tracer = tracer;
		this.enabled = enabled;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof ScheduledTaskObservationContext;
	}

	@Override
	public void onStart(ScheduledTaskObservationContext context) {
		if (this.enabled) {
			getTracingContext(context).setSpan(this.tracer.spanBuilder()
				.setNoParent()
				.name("task " + StringUtils.uncapitalize(context.getTargetClass().getSimpleName()) + "."
						+ context.getMethod().getName())
				.tag(TaskRuns.CODE_FUNCTION_NAME.getKey(),
						context.getTargetClass().getName() + "." + context.getMethod().getName())
				.start());
		}
	}

	@Override
	public void onError(ScheduledTaskObservationContext context) {
		Throwable error = context.getError();
		Span span = getTracingContext(context).getSpan();
		if (error != null && span != null) {
			span.tag("error.type", error.getClass().getName());
			span.error(error);
		}
	}

	@Override
	public void onEvent(Observation.Event event, ScheduledTaskObservationContext context) {
		if (getTracingContext(context).getSpan() != null) {
			TracingObservationHandler.super.onEvent(event, context);
		}
	}

	@Override
	public void onStop(ScheduledTaskObservationContext context) {
		Span span = getTracingContext(context).getSpan();
		if (span == null) {
			return;
		}
		span.name(getSpanName(context));
		for (KeyValue keyValue : context.getAllKeyValues()) {
			if (!REPLACED.contains(keyValue.getKey())) {
				span.tag(keyValue.getKey(), keyValue.getValue());
			}
		}
		endSpan(context, span);
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

}
