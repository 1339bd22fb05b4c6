package io.kosmos.tracing.autoconfigure.http;

import java.time.Duration;

/**
 * What the JDK's client can do from JDK 21 on, and code that is compiled for an older one
 * has to hand on as well.
 */
interface ClientLifecycle extends AutoCloseable {

	@Override
	void close();

	void shutdown();

	void shutdownNow();

	boolean isTerminated();

	boolean awaitTermination(Duration duration) throws InterruptedException;

}
