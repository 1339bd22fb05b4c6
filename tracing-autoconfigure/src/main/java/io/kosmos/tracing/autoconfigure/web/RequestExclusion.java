package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.transport.ReceiverContext;

/**
 * A reason not to trace a request. Thread-safe.
 */
@FunctionalInterface
interface RequestExclusion {

	/**
	 * Decides from what is known before the request is handled.
	 * @param context what is received, not only by HTTP
	 * @return whether neither the request nor anything done inside it is traced
	 */
	boolean isExcluded(ReceiverContext<?> context);

}
