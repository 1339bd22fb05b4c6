package io.kosmos.tracing.autoconfigure.sampling;

import java.util.Map;

import io.opentelemetry.sdk.trace.samplers.Sampler;

/**
 * A sampler whose strategies come from outside and change while it decides. It decides
 * about traces begun here only: whoever uses it looks at parents. Thread-safe.
 */
interface StrategySource extends Sampler, AutoCloseable {

	/**
	 * Return what the actuator shows: where the strategies come from, when they changed
	 * last, what they are, and what went wrong last.
	 */
	Map<String, Object> state();

	/**
	 * Stop looking for changes. What was decided by stays.
	 */
	@Override
	void close();

}
