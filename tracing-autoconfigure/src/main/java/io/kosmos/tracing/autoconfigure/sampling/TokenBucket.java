package io.kosmos.tracing.autoconfigure.sampling;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets a number of traces per second through, as Jaeger's rate limiter does: what is not
 * used gathers up to one second's worth, and to one trace at least, so that a rate of 0.1
 * lets one through every ten seconds. It begins full. Thread-safe, without a lock.
 */
final class TokenBucket {

	private static final double NANOS_PER_SECOND = 1_000_000_000.0;

	private final double perSecond;

	private final LongSupplier nanoTime;

	private final double nanosPerToken;

	private final long maxNanos;

	/**
	 * The time at which the bucket would have been empty: what has passed since then is
	 * what is in it.
	 */
	private final AtomicLong emptyAt;

	/**
	 * Create a full bucket.
	 * @param perSecond tokens per second, 0 for none ever
	 * @param nanoTime the clock, {@link System#nanoTime()} outside of tests
	 */
	TokenBucket(double perSecond, LongSupplier nanoTime) {
		this.perSecond = perSecond;
		this.nanoTime = nanoTime;
		this.nanosPerToken = NANOS_PER_SECOND / perSecond;
		this.maxNanos = (long) (Math.max(perSecond, 1) * this.nanosPerToken);
		this.emptyAt = new AtomicLong(nanoTime.getAsLong() - this.maxNanos);
	}

	double perSecond() {
		return this.perSecond;
	}

	/**
	 * Take a token if there is one.
	 */
	boolean tryTake() {
		if (this.perSecond == 0) {
			return false;
		}
		while (true) {
			long now = this.nanoTime.getAsLong();
			long before = this.emptyAt.get();
			long from = Math.max(before - now, -this.maxNanos) + now;
			long after = from + (long) this.nanosPerToken;
			if (after - now > 0) {
				return false;
			}
			if (this.emptyAt.compareAndSet(before, after)) {
				return true;
			}
		}
	}

}
