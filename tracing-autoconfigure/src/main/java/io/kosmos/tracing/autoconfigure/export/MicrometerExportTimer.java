package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * {@link ExportTimer} over Micrometer: the timer {@code kosmos.tracing.export.duration}.
 * It begins when the registry is there, which is later than delivery itself. Thread-safe.
 */
final class MicrometerExportTimer implements ExportTimer, MeterBinder {

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
	}

	@Override
	public void exported(String destination, OtlpSender.Outcome outcome, Duration duration) {
		for (MeterRegistry registry : this.registries) {
			Timer.builder("kosmos.tracing.export.duration")
				.description("Time until a request with spans was answered or given up")
				.tag("destination", destination)
				.tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
				.register(registry)
				.record(duration);
		}
	}

}
