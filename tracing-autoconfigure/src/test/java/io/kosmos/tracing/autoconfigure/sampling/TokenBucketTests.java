package io.kosmos.tracing.autoconfigure.sampling;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenBucketTests {

	private static final int DECISIONS = 1_000_000;

	private final AtomicLong now = new AtomicLong(42);

	@ParameterizedTest
	@ValueSource(doubles = { 0.001, 0.1, 0.3, 1, 2.5, 7, 100, 333.3, 12_345.678, 999_999, 30_000_000 })
	void shouldKeepToTheRateWhenThereIsAlwaysMore(double rate) {
		TokenBucket bucket = bucket(rate);
		double burst = Math.max(rate, 1);
		Random random = new Random(7);
		long start = this.now.get();
		// A bucket of one token spills what a longer pause brings beyond it.
		double step = 1_000_000_000 / rate / ((rate < 2) ? 500 : 2);
		long taken = 0;
		while (bucket.tryTake()) {
			taken++;
		}
		assertThat(taken).isEqualTo((long) burst);
		for (int tries = 0; tries < DECISIONS; tries++) {
			this.now.addAndGet((long) (random.nextDouble() * step));
			taken += (bucket.tryTake()) ? 1 : 0;
			double allowed = (this.now.get() - start) * rate / 1_000_000_000 + burst;
			assertThat(taken).isLessThanOrEqualTo((long) (allowed + 1e-6));
			assertThat(taken).isGreaterThan((long) allowed - 2);
		}
	}

	@Test
	void shouldNeverLetMoreThroughThanThereIsWhateverTheTraffic() {
		Random random = new Random(11);
		for (double rate : new double[] { 0.1, 5, 1000 }) {
			TokenBucket bucket = bucket(rate);
			long start = this.now.get();
			long taken = 0;
			for (int i = 0; i < DECISIONS; i++) {
				if (random.nextInt(100) == 0) {
					this.now.addAndGet((long) (random.nextDouble() * 3_000_000_000.0 / rate));
				}
				taken += (bucket.tryTake()) ? 1 : 0;
				assertThat((double) taken)
					.isLessThanOrEqualTo((this.now.get() - start) * rate / 1_000_000_000 + Math.max(rate, 1) + 1e-6);
			}
		}
	}

	@Test
	void shouldLetOneThroughEveryTenSecondsAtATenth() {
		TokenBucket bucket = bucket(0.1);
		for (int i = 0; i < 100; i++) {
			assertThat(bucket.tryTake()).isTrue();
			assertThat(bucket.tryTake()).isFalse();
			this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(9_999));
			assertThat(bucket.tryTake()).isFalse();
			this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
		}
	}

	@Test
	void shouldGatherOneSecondsWorth() {
		TokenBucket bucket = bucket(5);
		this.now.addAndGet(TimeUnit.DAYS.toNanos(365));
		for (int i = 0; i < 5; i++) {
			assertThat(bucket.tryTake()).isTrue();
		}
		assertThat(bucket.tryTake()).isFalse();
	}

	/**
	 * More than there are nanoseconds: each of them brings three.
	 */
	@Test
	void shouldKeepToARateBeyondThatOfTheClock() {
		TokenBucket bucket = bucket(3_000_000_000.0);
		this.now.addAndGet(TimeUnit.SECONDS.toNanos(1));
		for (int i = 0; i < DECISIONS; i++) {
			assertThat(bucket.tryTake()).isTrue();
		}
		TokenBucket limit = new TokenBucket(Integer.MAX_VALUE, this.now::get);
		for (int i = 0; i < DECISIONS; i++) {
			assertThat(limit.tryTake()).isTrue();
		}
	}

	@Test
	void shouldHaveATokenWhenFullWhateverTheTime() {
		for (long nanos = 1; nanos < 1_000_000_000_000L; nanos = nanos * 5 / 4 + 1) {
			for (double rate : new double[] { 0.001, 0.3, 1, 7 }) {
				TokenBucket bucket = bucket(rate);
				this.now.addAndGet(nanos);
				assertThat(bucket.tryTake()).isTrue();
			}
		}
	}

	@Test
	void shouldLetNothingThroughAtZero() {
		TokenBucket bucket = bucket(0);
		this.now.addAndGet(TimeUnit.DAYS.toNanos(1));
		assertThat(bucket.tryTake()).isFalse();
	}

	@Test
	void shouldNotMindThatTheClockOverflows() {
		this.now.set(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1));
		TokenBucket bucket = bucket(1);
		for (int i = 0; i < 10; i++) {
			assertThat(bucket.tryTake()).isTrue();
			assertThat(bucket.tryTake()).isFalse();
			this.now.addAndGet(TimeUnit.SECONDS.toNanos(1));
		}
		assertThat(this.now).hasNegativeValue();
	}

	@Test
	void shouldNotGiveAnythingBackWhenAThreadReadTheClockEarlier() {
		TokenBucket bucket = bucket(1);
		this.now.addAndGet(TimeUnit.SECONDS.toNanos(5));
		assertThat(bucket.tryTake()).isTrue();
		this.now.addAndGet(-TimeUnit.SECONDS.toNanos(1));
		assertThat(bucket.tryTake()).isFalse();
	}

	@Test
	void shouldGiveEachTokenToOneThread() throws InterruptedException {
		TokenBucket bucket = bucket(1000);
		LongAdder taken = new LongAdder();
		int threads = 4;
		CountDownLatch done = new CountDownLatch(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (int thread = 0; thread < threads; thread++) {
				executor.execute(() -> {
					for (int i = 0; i < 250_000; i++) {
						this.now.addAndGet(10_000);
						if (bucket.tryTake()) {
							taken.increment();
						}
					}
					done.countDown();
				});
			}
			assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
		}
		finally {
			executor.shutdownNow();
		}
		// A million steps of 10 us are ten seconds.
		assertThat(taken.sum()).isBetween(10_990L, 11_000L);
	}

	private TokenBucket bucket(double rate) {
		return new TokenBucket(rate, this.now::get);
	}

}
