package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.kosmos.tracing.TracingSection;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * {@link TracingSection} of where spans go: every destination with its state, the
 * settings in effect, its counters and what it holds, what they share, and the latest
 * problems, newest first. Sizes are bytes. Of headers there are the names only.
 * Thread-safe.
 */
final class DeliverySection implements TracingSection {

	private static final int MAX_PROBLEMS = 20;

	private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/\\s]*@");

	private static final Pattern QUERY = Pattern.compile("(://[^?\\s]*)\\?\\S*");

	private final ObservableDelivery delivery;

	private final @Nullable ExporterProperties properties;

	/**
	 * Create a section.
	 * @param delivery the delivery
	 * @param properties what all destinations share, {@code null} if that is not known
	 */
	DeliverySection(ObservableDelivery delivery, @Nullable ExporterProperties properties) {
		this.delivery = delivery;
		this.properties = properties;
	}

	@Override
	public String name() {
		return "delivery";
	}

	@Override
	public Map<String, ?> read() {
		Map<String, Object> section = new LinkedHashMap<>();
		Map<String, DestinationSettings> settings = this.delivery.settings()
			.stream()
			.collect(Collectors.toMap(DestinationSettings::name, Function.identity()));
		Map<String, Object> destinations = new LinkedHashMap<>();
		this.delivery.destinations()
			.forEach((destination) -> destinations.put(destination.name(),
					describe(destination, settings.get(destination.name()))));
		section.put("destinations", destinations);
		if (this.properties != null) {
			SpoolSettings spool = this.properties.spool().settings();
			if (spool != null) {
				section.put("spool", describe(spool));
			}
			section.put("shutdownTimeout", written(this.properties.shutdownTimeout()));
		}
		section.put("problems", problems());
		return section;
	}

	/**
	 * Return whether a destination can be reached, and if not since when and why.
	 * @param destination state of the destination
	 * @return {@code state}, and while it is down {@code since} and {@code problem}
	 */
	static Map<String, String> state(DestinationState destination) {
		Map<String, String> state = new LinkedHashMap<>();
		state.put("state", (destination.isUp()) ? "up" : "down");
		if (destination.downSince() != null) {
			state.put("since", destination.downSince().toString());
			if (destination.problem() != null) {
				state.put("problem", withoutSecrets(destination.problem()));
			}
		}
		return state;
	}

	private static Map<String, ?> describe(DestinationState destination, @Nullable DestinationSettings settings) {
		Map<String, Object> description = new LinkedHashMap<>(state(destination));
		description.put("url", withoutSecrets(destination.url()));
		description.put("protocol", destination.protocol());
		if (settings != null) {
			description.put("settings", describe(settings));
		}
		description.put("spans", spans(destination));
		description.put("requestsUnderWay", destination.requestsUnderWay());
		description.put("queue", Map.of("spans", destination.queueSpans(), "bytes", destination.queueBytes()));
		description.put("spool", Map.of("spans", destination.spoolSpans(), "bytes", destination.spoolBytes()));
		return description;
	}

	private static Map<String, ?> describe(DestinationSettings settings) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("headers", List.copyOf(new TreeSet<>(settings.headers().keySet())));
		description.put("compression", settings.compression().name().toLowerCase(Locale.ROOT));
		description.put("timeout", written(settings.timeout()));
		description.put("connectTimeout", written(settings.connectTimeout()));
		if (settings.sslBundleName() != null) {
			description.put("sslBundle", settings.sslBundleName());
		}
		Function<SpanData, @Nullable SpanData> selection = settings.selection();
		description.put("filters", selection instanceof Selection some && some.filters());
		description.put("redacts", selection instanceof Selection some && some.redacts());
		description.put("batch", describe(settings.batch()));
		return description;
	}

	private static Map<String, ?> describe(DestinationSettings.Batch batch) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("queueSize", batch.queueSize());
		description.put("queueBytes", batch.queueBytes());
		description.put("maxSize", batch.maxSize());
		description.put("maxBytes", batch.maxBytes());
		description.put("delay", written(batch.delay()));
		return description;
	}

	private static Map<String, ?> describe(SpoolSettings spool) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("directory", spool.directory().toString());
		description.put("maxSize", spool.maxSize());
		description.put("maxAge", written(spool.maxAge()));
		return description;
	}

	private static String written(Duration duration) {
		return DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
	}

	private static Map<String, ?> spans(DestinationState destination) {
		Map<String, Object> spans = new LinkedHashMap<>();
		spans.put("ended", destination.ended());
		spans.put("recovered", destination.recovered());
		spans.put("delivered", destination.delivered());
		spans.put("pending", destination.pending());
		Map<String, Long> dropped = new LinkedHashMap<>();
		Arrays.stream(DropReason.values())
			.forEach((reason) -> dropped.put(reason.tag(), destination.dropped().getOrDefault(reason, 0L)));
		spans.put("dropped", dropped);
		spans.put("retried", destination.retried());
		spans.put("spooled", destination.spooled());
		spans.put("replayed", destination.replayed());
		return spans;
	}

	private List<Map<String, String>> problems() {
		return this.delivery.problems()
			.stream()
			.sorted(Comparator.comparing(Problem::at).reversed())
			.limit(MAX_PROBLEMS)
			.map(DeliverySection::describe)
			.toList();
	}

	private static Map<String, String> describe(Problem problem) {
		Map<String, String> description = new LinkedHashMap<>();
		description.put("at", problem.at().toString());
		description.put("destination", problem.destination());
		description.put("text", withoutSecrets(problem.text()));
		return description;
	}

	private static String withoutSecrets(String text) {
		return QUERY.matcher(USER_INFORMATION.matcher(text).replaceAll("")).replaceAll("$1");
	}

}
