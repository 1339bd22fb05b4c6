package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

/**
 * Measures requests to destinations.
 */
@FunctionalInterface
interface ExportTimer {

	/**
	 * A request was answered or given up.
	 * @param destination name of the destination
	 * @param outcome what became of it
	 * @param duration time it took
	 */
	void exported(String destination, OtlpSender.Outcome outcome, Duration duration);

}
