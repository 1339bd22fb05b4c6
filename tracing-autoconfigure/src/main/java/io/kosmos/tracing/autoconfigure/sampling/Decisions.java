package io.kosmos.tracing.autoconfigure.sampling;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was decided about traces, and by what. Spans that follow a span of this
 * process are not among it. Thread-safe.
 */
final class Decisions {

	private final Map<By, LongAdder> sampled = adders();

	private final Map<By, LongAdder> dropped = adders();

	private static Map<By, LongAdder> adders() {
		Map<By, LongAdder> adders = new EnumMap<>(By.class);
		for (By by : By.values()) {
			adders.put(by, new LongAdder());
		}
		return adders;
	}

	void sampled(By by) {
		Objects.requireNonNull(this.sampled.get(by)).increment();
	}

	void dropped(By by) {
		Objects.requireNonNull(this.dropped.get(by)).increment();
	}

	/**
	 * Return what there has been of each.
	 */
	Map<String, Object> read() {
		Map<String, Object> read = new LinkedHashMap<>();
		read.put("sampled", read(this.sampled));
		read.put("dropped", read(this.dropped));
		return read;
	}

	private static Map<String, Long> read(Map<By, LongAdder> adders) {
		Map<String, Long> counts = new LinkedHashMap<>();
		adders.forEach((by, adder) -> {
			long count = adder.sum();
			if (count > 0) {
				counts.put(by.toString(), count);
			}
		});
		return counts;
	}

	/**
	 * What decided.
	 */
	enum By {

		ALWAYS, NEVER, PROBABILITY, RATE_LIMIT, STRATEGIES, REMOTE, RULE, CALLER;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
