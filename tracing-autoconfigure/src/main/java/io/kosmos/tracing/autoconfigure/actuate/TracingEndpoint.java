package io.kosmos.tracing.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private static final String CONFIGURATION = "configuration";

	private static final int MAX_LOGGED = 500;

	// Line ends of every kind, escape sequences, and what turns the direction of a text.
	private static final Pattern NOT_PRINTED = Pattern.compile("[\\p{Cntrl}\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

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
			Map<String, ?> result = tryRun(operation, value, null);
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
	 * Run an operation, and log who asked for it and what became of it.
	 * @param name name of the operation
	 * @param value its value, if any
	 * @param principal name of who asks, if it is known
	 * @return its result, {@code null} if there is no such operation
	 * @throws IllegalArgumentException if the value is not allowed
	 */
	@Nullable Map<String, ?> tryRun(String name, @Nullable String value, @Nullable String principal) {
		TracingOperation operation = this.operations.get(name);
		if (operation == null) {
			return null;
		}
		String asked = "Operation by " + ((principal != null) ? quoted(principal) : "nobody known") + ": "
				+ quoted(name) + ((value != null) ? " with " + quoted(value) : "");
		try {
			Map<String, ?> result = operation.run(value);
			logger.info(asked + " gave " + oneLine(String.valueOf(result)));
			return result;
		}
		catch (IllegalArgumentException ex) {
			logger.warn(asked + " was refused: " + oneLine(String.valueOf(ex.getMessage())));
			throw ex;
		}
	}

	/**
	 * Return a text whose end cannot be mistaken.
	 */
	private static String quoted(String text) {
		return "'" + oneLine(text).replace("\\", "\\\\").replace("'", "\\'") + "'";
	}

	/**
	 * Return a text that cannot look like another line of the log.
	 */
	private static String oneLine(String text) {
		String line = NOT_PRINTED.matcher(text).replaceAll("?");
		return (line.length() <= MAX_LOGGED) ? line : line.substring(0, MAX_LOGGED) + "...";
	}

}
