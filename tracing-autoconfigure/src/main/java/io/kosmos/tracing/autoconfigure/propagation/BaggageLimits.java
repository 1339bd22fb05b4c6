package io.kosmos.tracing.autoconfigure.propagation;

/**
 * How much baggage there may be in all, by
 * <a href="https://www.w3.org/TR/baggage/#limits">W3C Baggage</a>: 64 members and 8192
 * bytes, the commas between them counted. A member that does not fit is left out, and a
 * smaller one after it may still fit. For one thread and one request.
 */
final class BaggageLimits {

	private static final int MAX_MEMBERS = 64;

	private static final int MAX_BYTES = 8192;

	private int members;

	private int bytes;

	/**
	 * Take the room for a member.
	 * @return whether there is so much
	 */
	boolean take(int length) {
		int after = this.bytes + length + ((this.members > 0) ? 1 : 0);
		if (this.members == MAX_MEMBERS || after > MAX_BYTES) {
			return false;
		}
		this.members++;
		this.bytes = after;
		return true;
	}

}
