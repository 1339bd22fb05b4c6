package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

import io.kosmos.tracing.autoconfigure.export.DestinationSettings.Batch;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is in whatever state a test wants.
 */
final class ScriptedDelivery implements ObservableDelivery {

	static final Instant DOWN_SINCE = Instant.parse("2026-11-21T10:00:00Z");

	private final List<DestinationState> destinations = new ArrayList<>();

	private final List<DestinationSettings> settings = new ArrayList<>();

	private final List<Problem> problems = new ArrayList<>();

	private Predicate<Duration> flush = (timeout) -> true;

	ScriptedDelivery up(String name) {
		return with(name, "http://localhost:4318/v1/traces", null, null);
	}

	ScriptedDelivery down(String name, String problem) {
		return with(name, "https://user:s3cr3t@tempo.example:4317/?token=s3cr3t", DOWN_SINCE, problem);
	}

	/**
	 * Every number is another one, and they keep the promise of the ledger.
	 */
	private ScriptedDelivery with(String name, String url, @Nullable Instant downSince, @Nullable String problem) {
		return with(settings(name, url, Protocol.HTTP, Map.of("x-api-key", "s3cr3t"), null),
				new DestinationState(name, url, "http", downSince, problem, 1_000, 60, 1_023, 30,
						Map.of(DropReason.QUEUE_FULL, 4L, DropReason.REJECTED, 3L), 12, 70, 50, 2, 10, 5_000, 20,
						16_384));
	}

	ScriptedDelivery with(DestinationSettings settings, DestinationState state) {
		this.settings.add(settings);
		this.destinations.add(state);
		return this;
	}

	static DestinationSettings settings(String name, String url, Protocol protocol, Map<String, String> headers,
			@Nullable Function<SpanData, @Nullable SpanData> selection) {
		return new DestinationSettings(name, url, protocol, headers, Compression.NONE, Duration.ofSeconds(10),
				Duration.ofSeconds(10), null, null,
				new Batch(262_144, 67_108_864, 8_192, 3_145_728, Duration.ofMillis(25)), selection);
	}

	ScriptedDelivery problem(Instant at, String destination, String text) {
		this.problems.add(new Problem(at, destination, text));
		return this;
	}

	ScriptedDelivery flush(Predicate<Duration> flush) {
		this.flush = flush;
		return this;
	}

	@Override
	public List<DestinationState> destinations() {
		return List.copyOf(this.destinations);
	}

	@Override
	public List<DestinationSettings> settings() {
		return List.copyOf(this.settings);
	}

	@Override
	public List<Problem> problems() {
		return List.copyOf(this.problems);
	}

	@Override
	public boolean flush(Duration timeout) {
		return this.flush.test(timeout);
	}

}
