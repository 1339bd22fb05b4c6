package io.kosmos.tracing.benchmarks;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;

/**
 * What the sampler says about the measured spans.
 */
public enum Sampling {

	/** Every span is a root and recorded. */
	SAMPLED,

	/** Every span is a root and not recorded. */
	UNSAMPLED,

	/** Every span is a child of one that runs in this process and is not recorded. */
	BELOW_UNSAMPLED_PARENT;

	double probability() {
		return (this == SAMPLED) ? 1 : 0;
	}

	/**
	 * Make the current thread what the measured calls need, which takes effect as long as
	 * a single thread sets up and measures.
	 * @param tracer the tracer of the context under test
	 * @return what undoes it
	 */
	Scope enter(Tracer tracer) {
		return (this == BELOW_UNSAMPLED_PARENT) ? tracer.spanBuilder("parent").startSpan().makeCurrent() : Scope.noop();
	}

}
