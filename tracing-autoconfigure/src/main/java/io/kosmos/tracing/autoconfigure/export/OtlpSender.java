package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Sends spans to one receiver and says what became of them. Thread-safe.
 */
interface OtlpSender extends AutoCloseable {

	/**
	 * Send one request and wait for its answer, at most for the timeout of the
	 * destination.
	 * @param messages serialized {@code ExportTraceServiceRequest}s, which are one such
	 * message when they are concatenated
	 * @return what became of it; nothing is ever thrown
	 */
	Answer send(List<byte[]> messages);

	/**
	 * Give up what is under way, which is answered as unavailable, and free the
	 * connections.
	 */
	@Override
	void close();

	/**
	 * What a receiver made of a request.
	 *
	 * @param outcome in a word
	 * @param rejected number of spans that an accepted request lost, by the receiver's
	 * own word ({@code partial_success})
	 * @param retryAfter how long the receiver asks to be left alone
	 * @param reason what happened, in words for a log line and without a secret
	 */
	record Answer(Outcome outcome, long rejected, @Nullable Duration retryAfter, String reason) {

	}

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

}
