package io.kosmos.samples.gateway;

import java.io.IOException;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/**
 * The caller went away before the answer ended: the span of the answer is cancelled, the
 * model has not failed.
 */
final class ClientGoneException extends CancellationException {

	ClientGoneException(@Nullable IOException cause) {
		super("The caller went away");
		initCause(cause);
	}

}
