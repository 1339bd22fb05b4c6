package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A value of JSON that knows where it is, for errors that say so.
 *
 * @param path where it is, such as {@code $.service_strategies[2].param}
 * @param value what it is, {@code null} if there is none
 */
record JsonValue(String path, @Nullable Object value) {

	static JsonValue read(String text) throws InvalidStrategiesException {
		return new JsonValue("$", JsonText.read(text));
	}

	boolean isAbsent() {
		return this.value == null;
	}

	/**
	 * Return what an object has by a name, in which upper and lower case are the same if
	 * there is no other, as in Jaeger.
	 * @throws InvalidStrategiesException if this is no object
	 */
	JsonValue get(String name) throws InvalidStrategiesException {
		if (!(this.value instanceof Map<?, ?> object)) {
			throw invalid("an object");
		}
		Object found = object.get(name);
		if (found == null) {
			for (Map.Entry<?, ?> entry : object.entrySet()) {
				found = name.equalsIgnoreCase((String) entry.getKey()) ? entry.getValue() : found;
			}
		}
		return new JsonValue(this.path + "." + name, found);
	}

	/**
	 * Return what is in an array, nothing if it is absent.
	 * @throws InvalidStrategiesException if this is something else
	 */
	List<JsonValue> elements() throws InvalidStrategiesException {
		if (this.value == null) {
			return List.of();
		}
		if (!(this.value instanceof List<?> array)) {
			throw invalid("an array");
		}
		List<JsonValue> elements = new ArrayList<>();
		for (Object element : array) {
			elements.add(new JsonValue(this.path + "[" + elements.size() + "]", element));
		}
		return elements;
	}

	String string() throws InvalidStrategiesException {
		if (this.value instanceof String string) {
			return string;
		}
		throw invalid("a string");
	}

	double number() throws InvalidStrategiesException {
		if (this.value instanceof Double number) {
			return number;
		}
		throw invalid("a number");
	}

	double probability() throws InvalidStrategiesException {
		return Allowed.probability(this.path, number());
	}

	double rate() throws InvalidStrategiesException {
		return Allowed.rate(this.path, number());
	}

	private InvalidStrategiesException invalid(String expected) {
		return (this.value != null)
				? new InvalidStrategiesException(this.path, this.value, "it must be " + expected + ".")
				: new InvalidStrategiesException(this.path + " is missing, it must be " + expected + ".");
	}

}
