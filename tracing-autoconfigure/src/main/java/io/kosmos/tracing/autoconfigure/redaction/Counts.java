package io.kosmos.tracing.autoconfigure.redaction;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/**
 * How often each rule has taken something out. The names are fixed from the start.
 * Thread-safe.
 */
final class Counts {

	/** What was cut off because it is beyond the part that is looked at. */
	static final String TOO_LONG = "too-long";

	/** What was taken out because it could not be looked at. */
	static final String FAILED = "failed";

	/** What was taken out because it is the message of an exception. */
	static final String EXCEPTION_MESSAGE = "exception-message";

	private final Map<String, LongAdder> counts = new LinkedHashMap<>();

	Counts(List<String> rules) {
		rules.forEach((rule) -> this.counts.put(rule, new LongAdder()));
	}

	void add(String rule, long count) {
		LongAdder sum = this.counts.get(rule);
		if (sum != null) {
			sum.add(count);
		}
	}

	long get(String rule) {
		@Nullable LongAdder sum = this.counts.get(rule);
		return (sum != null) ? sum.sum() : 0;
	}

	void forEach(BiConsumer<String, ToLongFunction<Counts>> action) {
		this.counts.keySet().forEach((rule) -> action.accept(rule, (counts) -> counts.get(rule)));
	}

	Map<String, Long> read() {
		Map<String, Long> read = new LinkedHashMap<>();
		this.counts.forEach((rule, sum) -> read.put(rule, sum.sum()));
		return read;
	}

}
