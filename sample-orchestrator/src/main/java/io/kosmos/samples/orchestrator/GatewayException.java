package io.kosmos.samples.orchestrator;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * The gateway gave no usable answer.
 */
public class GatewayException extends RuntimeException {

	private final HttpStatus status;

	public GatewayException(HttpStatus status, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.status = status;
	}

	/**
	 * How this is told to the caller of the orchestrator.
	 * @return the status
	 */
	public HttpStatus getStatus() {
		return this.status;
	}

}
