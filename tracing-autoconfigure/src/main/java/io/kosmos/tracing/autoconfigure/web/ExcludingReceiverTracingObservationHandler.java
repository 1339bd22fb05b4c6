package io.kosmos.tracing.autoconfigure.web;

import java.util.List;

import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Starts the server span of an excluded request in an {@link UntracedContext}. The
 * observation itself goes on, and with it the metrics of the request.
 */
final class ExcludingReceiverTracingObservationHandler
		extends PropagatingReceiverTracingObservationHandler<ReceiverContext<?>> {

	private static final Log logger = LogFactory.getLog(ExcludingReceiverTracingObservationHandler.class);

	private final List<RequestExclusion> exclusions;

	ExcludingReceiverTracingObservationHandler(Tracer tracer, Propagator propagator,
			List<RequestExclusion> exclusions) {
		super(tracer, propagator);
		this.exclusions = exclusions;
	}

	@Override
	public void onStart(ReceiverContext<?> context) {
		if (!isExcluded(context)) {
			super.onStart(context);
			return;
		}
		UntracedContext.mark(context);
		try (Scope scope = UntracedContext.mark(Context.current()).makeCurrent()) {
			super.onStart(context);
		}
	}

	private boolean isExcluded(ReceiverContext<?> context) {
		try {
			for (RequestExclusion exclusion : this.exclusions) {
				if (exclusion.isExcluded(context)) {
					return true;
				}
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Request is traced because it could not be told whether it is excluded", ex);
		}
		return false;
	}

}
