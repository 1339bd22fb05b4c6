package io.kosmos.samples.gateway;

import java.io.IOException;
import java.util.concurrent.CancellationException;

/**
 * The caller went away before the answer ended. It is a cancellation, so that the span of
 * the answer is marked as cancelled and not as failed.
 */
final class ClientGoneException extends CancellationException {

	ClientGoneException(IOException cause) {
		super("The caller went away");
		initCause(cause);
	}

}
