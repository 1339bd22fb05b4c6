package io.kosmos.tracing.autoconfigure.guard;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * {@link MeterBinder} for what was too much.
 */
final class GuardMeters implements MeterBinder {

	private static final String PREFIX = "kosmos.tracing.";

	private final OpenSpans open;

	private final SpanNames names;

	private final SpanSize size;

	GuardMeters(OpenSpans open, SpanNames names, SpanSize size) {
		this.open = open;
		this.names = names;
		this.size = size;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(PREFIX + "spans.open", this.open, OpenSpans::open)
			.description("Recorded spans that have not ended")
			.register(registry);
		counter(registry, "spans.leaked", "Spans that did not end in time", this.open, OpenSpans::leaked);
		counter(registry, "spans.refused", "Spans that were not recorded because too many were open", this.open,
				OpenSpans::refused);
		counter(registry, "spans.renamed", "Spans that got a name that stands for many", this.names,
				SpanNames::renamed);
		counter(registry, "names.collapsed", "Span names that stand for many", this.names, SpanNames::collapsed);
		counter(registry, "spans.trimmed", "Spans that were too large and had values cut or left out", this.size,
				SpanSize::spans);
	}

	private <T> void counter(MeterRegistry registry, String name, String description, T source,
			ToDoubleFunction<T> value) {
		FunctionCounter.builder(PREFIX + name, source, value).description(description).register(registry);
	}

}
