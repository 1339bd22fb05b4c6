package io.kosmos.tracing.autoconfigure.export;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.kosmos.tracing.TracingSection;

/**
 * {@link TracingSection} of where spans go: every destination with its state, its
 * counters and what it holds, and the latest problems, newest first. Thread-safe.
 */
final class DeliverySection implements TracingSection {

	private static final int MAX_PROBLEMS = 20;

	private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/\\s]*@");

	private static final Pattern QUERY = Pattern.compile("(://[^?\\s]*)\\?\\S*");

	private final ObservableDelivery delivery;

	DeliverySection(ObservableDelivery delivery) {
		this.delivery = delivery;
	}

	@Override
	public String name() {
		return "delivery";
	}

	@Override
	public Map<String, ?> read() {
		Map<String, Object> section = new LinkedHashMap<>();
		Map<String, Object> destinations = new LinkedHashMap<>();
		this.delivery.destinations()
			.forEach((destination) -> destinations.put(destination.name(), describe(destination)));
		section.put("destinations", destinations);
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

	private static Map<String, ?> describe(DestinationState destination) {
		Map<String, Object> description = new LinkedHashMap<>(state(destination));
		description.put("url", withoutSecrets(destination.url()));
		description.put("protocol", destination.protocol());
		description.put("spans", spans(destination));
		description.put("requestsUnderWay", destination.requestsUnderWay());
		description.put("queue", Map.of("spans", destination.queueSpans(), "bytes", destination.queueBytes()));
		description.put("spool", Map.of("spans", destination.spoolSpans(), "bytes", destination.spoolBytes()));
		return description;
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
