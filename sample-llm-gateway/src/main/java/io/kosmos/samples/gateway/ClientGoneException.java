package io.kosmos.samples.gateway;

import java.io.IOException;

/**
 * The caller went away before the answer ended.
 */
final class ClientGoneException extends RuntimeException {

	ClientGoneException(IOException cause) {
		super("The caller went away", cause);
	}

}
