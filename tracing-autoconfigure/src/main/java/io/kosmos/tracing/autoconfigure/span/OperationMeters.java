package io.kosmos.tracing.autoconfigure.span;

import io.opentelemetry.api.trace.Span;

/**
 * Metrics of operations, whether or not their spans are sampled.
 */
interface OperationMeters {

	/** Measures nothing. */
	OperationMeters NONE = (operation, span, nanoseconds) -> {
	};

	/**
	 * An operation ended.
	 * @param operation the operation
	 * @param span its span
	 * @param nanoseconds how long it took
	 */
	void ended(Operation operation, Span span, long nanoseconds);

}
