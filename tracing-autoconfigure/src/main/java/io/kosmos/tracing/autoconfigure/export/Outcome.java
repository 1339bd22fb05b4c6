package io.kosmos.tracing.autoconfigure.export;

/**
 * An answer in a word.
 */
enum Outcome {

	/** It is there, but for the spans that the receiver rejected. */
	ACCEPTED,

	/** Not now: the same request may succeed later. */
	UNAVAILABLE,

	/** The request is larger than the receiver takes. */
	TOO_LARGE,

	/** The receiver will never take this request as it is. */
	REFUSED

}
