package io.kosmos.tracing.autoconfigure.export;

/**
 * A message that is not OTLP, or one that cannot be changed as it was asked for. The text
 * says what is wrong and holds nothing of the message.
 */
@SuppressWarnings("serial")
final class InvalidOtlpException extends Exception {

	InvalidOtlpException(String message) {
		super(message);
	}

}
