package io.kosmos.samples.gateway;

import org.jspecify.annotations.Nullable;

/**
 * An error in the shape that OpenAI's clients expect.
 *
 * @param error the error
 */
record ErrorResponse(Error error) {

	/**
	 * What went wrong.
	 *
	 * @param message explanation for a person
	 * @param type whose fault it is: invalid_request_error, rate_limit_error,
	 * server_error
	 * @param param field of the request that is to blame
	 * @param code name of the error for a program
	 */
	record Error(@Nullable String message, String type, @Nullable String param, @Nullable String code) {

	}

}
