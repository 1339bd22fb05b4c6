package io.kosmos.tracing.autoconfigure.export;

import java.util.Locale;

/**
 * Why a span that ended did not reach a destination.
 */
enum DropReason {

	/** The destination's own filter, or a predicate of the application, left it out. */
	FILTERED,

	/** The tail buffer let its trace go. */
	TAIL,

	/** The memory for waiting spans was full, and the spool did not have them. */
	QUEUE_FULL,

	/** The spool was full. */
	SPOOL_FULL,

	/** It waited in the spool for longer than it may. */
	TOO_OLD,

	/** What was read from the spool is damaged. */
	DAMAGED,

	/** The receiver will not have it. */
	REJECTED,

	/** It could not be redacted or written as OTLP. */
	FAILED,

	/** The application ended first, and the spool did not have them. */
	SHUTDOWN;

	/**
	 * Return the name in meters and in the actuator.
	 * @return the name in lower case
	 */
	String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

}
