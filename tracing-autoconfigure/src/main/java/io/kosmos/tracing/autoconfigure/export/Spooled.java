package io.kosmos.tracing.autoconfigure.export;

/**
 * A message that is in the spool, by its place and not by its bytes. It takes some 50
 * bytes of memory.
 */
final class Spooled {

	private final SpoolSegment segment;

	private final int offset;

	private final int length;

	private final int spans;

	private final long epochMillis;

	private final int checksum;

	private volatile boolean live = true;

	Spooled(SpoolSegment segment, int offset, int length, int spans, long epochMillis, int checksum) {
		this.segment = segment;
		this.offset = offset;
		this.length = length;
		this.spans = spans;
		this.epochMillis = epochMillis;
		this.checksum = checksum;
	}

	/**
	 * Return the number of spans in the message.
	 * @return the number that was given to {@link Spool#append}
	 */
	int spans() {
		return this.spans;
	}

	/**
	 * Return the length of the message.
	 * @return the length in bytes
	 */
	int length() {
		return this.length;
	}

	/**
	 * Return when the message was written.
	 * @return milliseconds of the wall clock
	 */
	long epochMillis() {
		return this.epochMillis;
	}

	/**
	 * Return whether the message is still in the spool: it was neither removed nor
	 * dropped.
	 * @return whether it may be read
	 */
	boolean isLive() {
		return this.live;
	}

	SpoolSegment segment() {
		return this.segment;
	}

	int offset() {
		return this.offset;
	}

	int checksum() {
		return this.checksum;
	}

	void die() {
		this.live = false;
	}

}
