package io.kosmos.tracing.autoconfigure.sampling;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does something again and again on one daemon thread.
 */
final class Poll implements AutoCloseable {

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread thread;

	/**
	 * Begin.
	 * @param name name of the thread
	 * @param first time until it is done first
	 * @param work what is done, which says when to do it again
	 */
	Poll(String name, Duration first, Supplier<Duration> work) {
		this.thread = new Thread(() -> run(first, work), name);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void run(Duration first, Supplier<Duration> work) {
		try {
			Duration wait = first;
			while (!this.closed.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
				wait = work.get();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * End. What is under way is interrupted.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		this.thread.interrupt();
	}

}
