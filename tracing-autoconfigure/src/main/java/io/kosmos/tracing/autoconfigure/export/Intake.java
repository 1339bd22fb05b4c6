package io.kosmos.tracing.autoconfigure.export;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The books of what no destination has seen yet, since the code that is traced must not
 * wait for a destination.
 *
 * @param ended number of spans that ended and are sampled
 * @param dropped number of those that came no further, by reason
 */
record Intake(LongAdder ended, Map<DropReason, LongAdder> dropped) {

	Intake() {
		this(new LongAdder(), Map.of(DropReason.QUEUE_FULL, new LongAdder(), DropReason.FAILED, new LongAdder(),
				DropReason.SHUTDOWN, new LongAdder()));
	}

	void drop(DropReason reason) {
		LongAdder adder = this.dropped.get(reason);
		if (adder != null) {
			adder.increment();
		}
	}

}
