package io.kosmos.tracing.autoconfigure.nats;

/**
 * What the span of a request without a reply says. Nobody ever catches it.
 */
final class NoReplyException extends Exception {

	private static final long serialVersionUID = 1L;

	NoReplyException() {
		super("No reply: nobody listens, or nobody answered in time", null, false, false);
	}

}
