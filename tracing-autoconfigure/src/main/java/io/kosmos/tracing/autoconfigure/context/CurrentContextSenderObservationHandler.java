package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.observation.transport.SenderContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;

/**
 * {@link PropagatingSenderTracingObservationHandler} in the current context.
 */
final class CurrentContextSenderObservationHandler extends PropagatingSenderTracingObservationHandler<SenderContext<?>>
		implements ParentInCurrentContext<SenderContext<?>> {

	CurrentContextSenderObservationHandler(Tracer tracer, Propagator propagator) {
		super(tracer, propagator);
	}

}
