package io.kosmos.tracing.autoconfigure.export;

import org.jspecify.annotations.Nullable;

/**
 * A message on its way to one destination. Guarded by the destination's lock.
 */
final class Waiting {

	/** What a message takes beside its bytes. */
	private static final int OVERHEAD = 128;

	private static final int MAX_ATTEMPTS = 20;

	final int spans;

	final int length;

	final long since;

	/** {@code null} while it is only in the spool. */
	byte @Nullable [] bytes;

	/** {@code null} while it is only in memory. */
	@Nullable Spooled spooled;

	/** What a request that is under way sends of it. */
	byte @Nullable [] sent;

	boolean underWay;

	/** Why the spool has it no more. */
	@Nullable DropReason lost;

	/** Counted as dropped, and to be passed over. */
	boolean dropped;

	/** How often it was sent in vain, while the receiver took others in between. */
	int attempts;

	/** Number of requests that the receiver had taken then. */
	long acceptedAtFailure;

	Waiting(byte[] bytes, int spans, @Nullable Spooled spooled, long since) {
		this.bytes = bytes;
		this.spans = spans;
		this.length = bytes.length;
		this.spooled = spooled;
		this.since = since;
	}

	Waiting(Spooled spooled, long since) {
		this.spans = spooled.spans();
		this.length = spooled.length();
		this.spooled = spooled;
		this.since = since;
	}

	/**
	 * Return whether the receiver may be unable to take this message, so that it is sent
	 * alone.
	 */
	boolean isSuspect() {
		return this.attempts >= MAX_ATTEMPTS;
	}

	boolean isInMemory() {
		return this.bytes != null;
	}

	long memory() {
		return (this.bytes != null) ? this.length + OVERHEAD : 0;
	}

}
