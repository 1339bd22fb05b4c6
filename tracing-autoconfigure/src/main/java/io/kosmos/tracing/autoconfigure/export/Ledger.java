package io.kosmos.tracing.autoconfigure.export;

import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the spans of one destination: everything that was handed over or
 * recovered is held, delivered or dropped. Guarded by the destination's lock.
 */
final class Ledger {

	/** Spans that were handed over to the destination. */
	long handed;

	/** Spans that an earlier process left in the spool. */
	long recovered;

	/** Spans that the receiver has. */
	long delivered;

	/** Spans that were sent in vain, each time. */
	long retried;

	/** Spans that were written into the spool. */
	long spooled;

	/** Spans that were delivered from the spool rather than from memory. */
	long replayed;

	private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

	void drop(long spans, DropReason reason) {
		if (spans > 0) {
			this.dropped.merge(reason, spans, Long::sum);
		}
	}

	/**
	 * Return what was dropped.
	 * @return a copy
	 */
	Map<DropReason, Long> dropped() {
		return new EnumMap<>(this.dropped);
	}

	long allDropped() {
		return this.dropped.values().stream().mapToLong(Long::longValue).sum();
	}

}
