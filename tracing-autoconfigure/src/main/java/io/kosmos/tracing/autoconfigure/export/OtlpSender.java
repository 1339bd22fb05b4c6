package io.kosmos.tracing.autoconfigure.export;

import java.util.List;

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

}
