package io.kosmos.tracing;

/**
 * Takes what goes wrong inside tracing, so that business code is spared it: each failure
 * is counted in the meter {@code kosmos.tracing.failures}, and the first one of a site is
 * logged. Inject it as a bean; it is thread-safe and never throws.
 */
@FunctionalInterface
public interface TracingFailures {

	/**
	 * Record a failure.
	 * @param site where it happened, in words that end a sentence such as "Tracing failed
	 * at"; from code alone, so that the number of sites is bounded
	 * @param failure what happened
	 */
	void record(String site, Throwable failure);

}
