package io.kosmos.tracing.autoconfigure.event;

import java.util.Locale;

import io.kosmos.tracing.SpanEvent.Type;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Abandonment;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Refusal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Meters of the events: open calls, and what is wrong.
 */
final class EventMeters implements MeterBinder {

	private final ObjectProvider<DefaultSpanEvents> events;

	EventMeters(ObjectProvider<DefaultSpanEvents> events) {
		this.events = events;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.events.ifAvailable((bean) -> bindTo(registry, bean));
	}

	private void bindTo(MeterRegistry registry, DefaultSpanEvents events) {
		Gauge.builder("kosmos.tracing.events.open", events, DefaultSpanEvents::open)
			.description("Calls that wait for their end event")
			.register(registry);
		for (Type type : Type.values()) {
			count(registry, events, "unmatched", "End events for which no call was open", "type", type);
		}
		for (Abandonment reason : Abandonment.values()) {
			count(registry, events, "abandoned", "Calls that were ended without an end event", "reason", reason);
		}
		for (Refusal reason : Refusal.values()) {
			count(registry, events, "refused", "Events that were refused", "reason", reason);
		}
	}

	private static void count(MeterRegistry registry, DefaultSpanEvents events, String name, String description,
			String tag, Enum<?> kind) {
		FunctionCounter.builder("kosmos.tracing.events." + name, events.problems(), (problems) -> problems.count(kind))
			.description(description)
			.tag(tag, kind.name().toLowerCase(Locale.ROOT))
			.register(registry);
	}

}
