package io.kosmos.tracing.autoconfigure.export;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * {@link MeterBinder} for what the tail buffer holds and decided. All reasons and bounds
 * are there from the start.
 */
final class TailMeters implements MeterBinder {

	private static final String PREFIX = "kosmos.tracing.tail.";

	private final TailBuffer buffer;

	TailMeters(TailBuffer buffer) {
		this.buffer = buffer;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "spans", null, "Spans that are held", TailBuffer.State::spans);
		gauge(registry, "traces", null, "Traces that are held", TailBuffer.State::traces);
		gauge(registry, "bytes", "bytes", "Size of the spans that are held", TailBuffer.State::bytes);
		TailBuffer.State state = this.buffer.state();
		state.kept()
			.keySet()
			.forEach((reason) -> counter(registry, "decisions", Tags.of("decision", "kept", "reason", reason),
					"Decisions about what is below a local root", (now) -> now.kept().getOrDefault(reason, 0L)));
		counter(registry, "decisions", Tags.of("decision", "dropped", "reason", "none"),
				"Decisions about what is below a local root", TailBuffer.State::dropped);
		state.evicted()
			.keySet()
			.forEach((bound) -> counter(registry, "evictions", Tags.of("bound", bound.tag()),
					"Decisions before the local root ended", (now) -> now.evicted().getOrDefault(bound, 0L)));
	}

	private void gauge(MeterRegistry registry, String meter, @Nullable String unit, String description,
			ToDoubleFunction<TailBuffer.State> value) {
		Gauge.builder(PREFIX + meter, this.buffer, (buffer) -> value.applyAsDouble(buffer.state()))
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String meter, Tags tags, String description,
			ToDoubleFunction<TailBuffer.State> value) {
		FunctionCounter.builder(PREFIX + meter, this.buffer, (buffer) -> value.applyAsDouble(buffer.state()))
			.description(description)
			.tags(tags)
			.register(registry);
	}

}
