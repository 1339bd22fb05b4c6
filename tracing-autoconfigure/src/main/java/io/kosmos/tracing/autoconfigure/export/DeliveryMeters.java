package io.kosmos.tracing.autoconfigure.export;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * {@link MeterBinder} for what every destination did and holds, in spans or bytes. All
 * reasons for a drop are there from the start, so that a rate of the first one is seen.
 */
final class DeliveryMeters implements MeterBinder {

	private static final String PREFIX = "kosmos.tracing.";

	private final ObservableDelivery delivery;

	DeliveryMeters(ObservableDelivery delivery) {
		this.delivery = delivery;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.delivery.destinations().forEach((destination) -> new Destination(destination.name(), registry).bind());
	}

	private double read(String destination, ToDoubleFunction<DestinationState> value) {
		return this.delivery.destinations()
			.stream()
			.filter((state) -> state.name().equals(destination))
			.mapToDouble(value)
			.findFirst()
			.orElse(Double.NaN);
	}

	/**
	 * The meters of one destination.
	 */
	private final class Destination {

		private final String name;

		private final MeterRegistry registry;

		Destination(String name, MeterRegistry registry) {
			this.name = name;
			this.registry = registry;
		}

		void bind() {
			counter("spans.ended", "Spans that ended and are sampled", DestinationState::ended);
			counter("spans.recovered", "Spans that an earlier process left in the spool", DestinationState::recovered);
			counter("spans.delivered", "Spans that the receiver has", DestinationState::delivered);
			for (DropReason reason : DropReason.values()) {
				counter("spans.dropped", "Spans that the receiver will never have",
						(state) -> state.dropped().getOrDefault(reason, 0L), Tag.of("reason", reason.tag()));
			}
			counter("spans.retried", "Spans that had to be sent again", DestinationState::retried);
			counter("spans.spooled", "Spans that were written to the spool", DestinationState::spooled);
			counter("spans.replayed", "Spans that were delivered from the spool", DestinationState::replayed);
			gauge("spans.pending", null, "Spans that wait in memory or in the spool", DestinationState::pending);
			gauge("queue.size", null, "Spans that wait in memory", DestinationState::queueSpans);
			gauge("queue.bytes", "bytes", "Size of the spans that wait in memory", DestinationState::queueBytes);
			gauge("spool.size", null, "Spans that wait in the spool", DestinationState::spoolSpans);
			gauge("spool.bytes", "bytes", "Size of the files of the spool", DestinationState::spoolBytes);
			gauge("destination.up", null, "1 while spans can be delivered, else 0", (state) -> (state.isUp()) ? 1 : 0);
		}

		private void counter(String meter, String description, ToDoubleFunction<DestinationState> value, Tag... tags) {
			FunctionCounter.builder(PREFIX + meter, DeliveryMeters.this, (meters) -> meters.read(this.name, value))
				.description(description)
				.tags(Tags.of("destination", this.name).and(tags))
				.register(this.registry);
		}

		private void gauge(String meter, @Nullable String unit, String description,
				ToDoubleFunction<DestinationState> value) {
			Gauge.builder(PREFIX + meter, DeliveryMeters.this, (meters) -> meters.read(this.name, value))
				.description(description)
				.baseUnit(unit)
				.tag("destination", this.name)
				.register(this.registry);
		}

	}

}
