package io.kosmos.tracing.autoconfigure.sampling;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets a number of traces per second through, as Jaeger's rate limiter does: what is not
 * used gathers up to one second's worth, and to one trace at least, so that a rate of 0.1
 * lets one through every ten seconds. It begins full, and never lets more through than
 * {@code perSecond * seconds + max(perSecond, 1)}. Thread-safe, without a lock.
 */
final class TokenBucket {

	private static final double NANOS_PER_SECOND = 1_000_000_000.0;

	private final double perSecond;

	private final double burst;

	private final LongSupplier nanoTime;

	private final long start;

	/**
	 * How many of the tokens that there have been since the start are gone, taken or
	 * spilt; the bits of a double, which counts parts of a token as well.
	 */
	private final AtomicLong gone;

	/**
	 * Create a full bucket.
	 * @param perSecond tokens per second, 0 for none ever
	 * @param nanoTime the clock, {@link System#nanoTime()} outside of tests
	 */
	TokenBucket(double perSecond, LongSupplier nanoTime) {
		this.perSecond = perSecond;
		this.burst = Math.max(perSecond, 1);
		this.nanoTime = nanoTime;
		this.start = nanoTime.getAsLong();
		this.gone = new AtomicLong(Double.doubleToRawLongBits(-this.burst));
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
		// The difference is right also when the clock, whose origin is any, overflows.
		double arrived = (this.nanoTime.getAsLong() - this.start) * this.perSecond / NANOS_PER_SECOND;
		while (true) {
			long before = this.gone.get();
			double gone = Double.longBitsToDouble(before);
			double spilt = arrived - this.burst;
			// A full bucket has a token, whatever is lost in rounding.
			if (gone > spilt && arrived - gone < 1) {
				return false;
			}
			if (this.gone.compareAndSet(before, Double.doubleToRawLongBits(Math.max(gone, spilt) + 1))) {
				return true;
			}
		}
	}

}
