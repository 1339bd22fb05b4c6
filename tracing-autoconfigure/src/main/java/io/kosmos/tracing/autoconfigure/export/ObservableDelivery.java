package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.List;

/**
 * What can be seen of delivery, and asked of it, from outside. Thread-safe.
 */
interface ObservableDelivery {

	/**
	 * Return what each destination did and holds.
	 * @return a state for each destination; which ones there are never changes
	 */
	List<DestinationState> destinations();

	/**
	 * Return how each destination is served.
	 * @return settings for each destination, which never change
	 */
	List<DestinationSettings> settings();

	/**
	 * Return what went wrong lately.
	 * @return problems of all destinations, in any order
	 */
	List<Problem> problems();

	/**
	 * Deliver what is there now.
	 * @param timeout how long to wait for that at most
	 * @return whether all of it was delivered in that time
	 */
	boolean flush(Duration timeout);

}
