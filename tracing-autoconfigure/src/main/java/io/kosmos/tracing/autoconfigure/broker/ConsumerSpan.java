package io.kosmos.tracing.autoconfigure.broker;

/**
 * How the work for a message is tied to what sent it.
 */
enum ConsumerSpan {

	/** In the trace of the sender, below the span that sent the message. */
	CHILD,

	/** In a trace of its own, with a link to the span that sent the message. */
	LINK

}
