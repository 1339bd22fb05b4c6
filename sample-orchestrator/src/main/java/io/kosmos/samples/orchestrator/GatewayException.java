package io.kosmos.samples.orchestrator;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * The gateway gave no usable answer.
 */
public final class GatewayException extends RuntimeException {

	private final HttpStatus status;

	private GatewayException(HttpStatus status, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.status = status;
	}

	static GatewayException unknownModel(Exception cause) {
		return new GatewayException(HttpStatus.UNPROCESSABLE_CONTENT, "The gateway does not know this model", cause);
	}

	static GatewayException unreachable(Exception cause) {
		return new GatewayException(HttpStatus.SERVICE_UNAVAILABLE, "The gateway cannot be reached", cause);
	}

	static GatewayException late(Exception cause) {
		return new GatewayException(HttpStatus.GATEWAY_TIMEOUT, "The gateway did not answer in time", cause);
	}

	static GatewayException failed(@Nullable Exception cause) {
		return new GatewayException(HttpStatus.BAD_GATEWAY, "The gateway failed", cause);
	}

	/**
	 * How this is told to the caller of the orchestrator.
	 * @return the status
	 */
	public HttpStatus getStatus() {
		return this.status;
	}

}
