package io.kosmos.tracing.autoconfigure.export;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a destination did since the application started, and what it holds. The numbers
 * are spans unless said otherwise and are of one moment:
 * {@code ended + recovered = delivered + pending + the sum of dropped}.
 *
 * @param name name of the destination
 * @param url where it is, without secrets
 * @param protocol grpc or http
 * @param downSince since when nothing could be delivered, {@code null} while it can
 * @param problem why, {@code null} if nothing ever went wrong
 * @param ended that ended and are sampled
 * @param recovered that an earlier process left in the spool
 * @param delivered that the receiver has
 * @param pending that wait, wherever
 * @param dropped that it will never have, by reason
 * @param retried that had to be sent again
 * @param spooled that were written to the spool
 * @param replayed that were delivered from the spool rather than from memory
 * @param requestsUnderWay number of requests
 * @param queueSpans of the pending ones, those in memory
 * @param queueBytes size of them
 * @param spoolSpans of the pending ones, those in the spool
 * @param spoolBytes size of the spool's files
 */
record DestinationState(String name, String url, String protocol, @Nullable Instant downSince, @Nullable String problem,
		long ended, long recovered, long delivered, long pending, Map<DropReason, Long> dropped, long retried,
		long spooled, long replayed, int requestsUnderWay, long queueSpans, long queueBytes, long spoolSpans,
		long spoolBytes) {

	boolean isUp() {
		return this.downSince == null;
	}

}
