package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request to this server before anything is done with it.
 */
interface RequestLine {

	/**
	 * Return the method.
	 * @return the method, {@code null} if the context is not that of such a request
	 */
	@Nullable String method(ReceiverContext<?> context);

	/**
	 * Return the path as it was sent, without the query.
	 * @return the path, {@code null} if the context is not that of such a request
	 */
	@Nullable String path(ReceiverContext<?> context);

}
