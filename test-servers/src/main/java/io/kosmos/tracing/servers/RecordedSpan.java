package io.kosmos.tracing.servers;

import java.util.List;
import java.util.Map;

/**
 * A span as Jaeger gives it back.
 *
 * @param traceId id of its trace, 32 hex digits
 * @param id its own id, 16 hex digits
 * @param parentId id of its parent, empty for a root
 * @param service {@code service.name} of the process that made it
 * @param name its name
 * @param kind its kind
 * @param status its status
 * @param statusMessage its status message, or empty
 * @param attributes its attributes: {@code String}, {@code Long}, {@code Double},
 * {@code Boolean} or a {@code List} of these
 * @param resource the attributes of the process that made it
 * @param events its events, which Jaeger does not keep in order
 */
public record RecordedSpan(String traceId, String id, String parentId, String service, String name, Kind kind,
		Status status, String statusMessage, Map<String, Object> attributes, Map<String, Object> resource,
		List<Event> events) {

	public Event event(String name) {
		return this.events.stream()
			.filter((event) -> event.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No event " + name + " in " + this));
	}

	/** In the order of their numbers in OTLP. */
	public enum Kind {

		UNSPECIFIED, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER

	}

	/** In the order of their numbers in OTLP. */
	public enum Status {

		UNSET, OK, ERROR

	}

	public record Event(String name, Map<String, Object> attributes) {
	}

}
