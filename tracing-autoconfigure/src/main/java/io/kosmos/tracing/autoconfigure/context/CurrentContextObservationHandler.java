package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;

/**
 * {@link DefaultTracingObservationHandler} in the current context.
 */
final class CurrentContextObservationHandler extends DefaultTracingObservationHandler
		implements ParentInCurrentContext<Observation.Context> {

	CurrentContextObservationHandler(Tracer tracer) {
		super(tracer);
	}

}
