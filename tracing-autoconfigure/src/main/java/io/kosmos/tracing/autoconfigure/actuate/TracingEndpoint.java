package io.kosmos.tracing.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} of tracing: its configuration, and whatever the beans of
 * {@link TracingSection} and {@link TracingOperation} have to say and to offer.
 * Thread-safe.
 */
@Endpoint(id = "kosmostracing")
final class TracingEndpoint {

	private static final String CONFIGURATION = "configuration";

	private final EffectiveConfiguration configuration;

	private final Show showValues;

	private final Map<String, TracingSection> sections = new LinkedHashMap<>();

	private final Map<String, TracingOperation> operations = new LinkedHashMap<>();

	TracingEndpoint(EffectiveConfiguration configuration, Show showValues, List<TracingSection> sections,
			List<TracingOperation> operations) {
		this.configuration = configuration;
		this.showValues = showValues;
		sections.forEach((section) -> this.sections.putIfAbsent(section.name(), section));
		operations.forEach((operation) -> this.operations.putIfAbsent(operation.name(), operation));
	}

	@ReadOperation
	Map<String, ?> all() {
		return all(this.showValues.isShown(true));
	}

	@ReadOperation
	@Nullable Map<String, ?> one(@Selector String section) {
		return one(section, this.showValues.isShown(true));
	}

	@WriteOperation
	Map<String, ?> run(@Selector String operation, @Nullable String value) {
		try {
			Map<String, ?> result = tryRun(operation, value);
			if (result == null) {
				throw new InvalidEndpointRequestException("Unknown operation",
						"The operation must be one of " + this.operations.keySet() + ".");
			}
			return result;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidEndpointRequestException("Bad value", ex.getMessage(), ex);
		}
	}

	Map<String, ?> all(boolean showValues) {
		Map<String, Object> all = new LinkedHashMap<>();
		all.put(CONFIGURATION, this.configuration.read(showValues));
		this.sections.forEach((name, section) -> all.computeIfAbsent(name, (key) -> section.read()));
		return all;
	}

	@Nullable Map<String, ?> one(String name, boolean showValues) {
		if (name.equals(CONFIGURATION)) {
			return this.configuration.read(showValues);
		}
		TracingSection section = this.sections.get(name);
		return (section != null) ? section.read() : null;
	}

	/**
	 * Run an operation.
	 * @param name name of the operation
	 * @param value its value, if any
	 * @return its result, {@code null} if there is no such operation
	 * @throws IllegalArgumentException if the value is not allowed
	 */
	@Nullable Map<String, ?> tryRun(String name, @Nullable String value) {
		TracingOperation operation = this.operations.get(name);
		return (operation != null) ? operation.run(value) : null;
	}

}
