package io.kosmos.samples.gateway;

import io.kosmos.samples.gateway.ErrorResponse.Error;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * A request that fails with an error for the caller. The message is sent to the caller.
 */
final class ApiException extends RuntimeException {

	private static final String INVALID_REQUEST = "invalid_request_error";

	private final HttpStatus status;

	private final Error error;

	private final @Nullable String retryAfter;

	private ApiException(HttpStatus status, Error error, @Nullable String retryAfter, @Nullable Throwable cause) {
		super(error.message(), cause);
		this.status = status;
		this.error = error;
		this.retryAfter = retryAfter;
	}

	static ApiException invalidRequest(String message, @Nullable String param) {
		return new ApiException(HttpStatus.BAD_REQUEST, new Error(message, INVALID_REQUEST, param, null), null, null);
	}

	static ApiException modelNotFound(String model) {
		return new ApiException(HttpStatus.NOT_FOUND, new Error("The model '%s' does not exist".formatted(model),
				INVALID_REQUEST, "model", "model_not_found"), null, null);
	}

	static ApiException rateLimited(@Nullable String retryAfter) {
		return new ApiException(HttpStatus.TOO_MANY_REQUESTS,
				new Error("The provider's rate limit is reached", "rate_limit_error", null, "rate_limit_exceeded"),
				retryAfter, null);
	}

	static ApiException upstreamTimeout(Throwable cause) {
		return new ApiException(HttpStatus.GATEWAY_TIMEOUT,
				new Error("The provider did not answer in time", "server_error", null, "upstream_timeout"), null,
				cause);
	}

	static ApiException upstreamError(String message, @Nullable Throwable cause) {
		return new ApiException(HttpStatus.BAD_GATEWAY, new Error(message, "server_error", null, "upstream_error"),
				null, cause);
	}

	HttpStatus status() {
		return this.status;
	}

	ErrorResponse response() {
		return new ErrorResponse(this.error);
	}

	@Nullable String retryAfter() {
		return this.retryAfter;
	}

}
