package io.kosmos.tracing;

import java.util.Map;

/**
 * A part of what {@code /actuator/kosmostracing} shows. Every bean of this type is an
 * entry there, in the order of the beans; of several with the same name the first one.
 */
public interface TracingSection {

	/**
	 * Return the name of the entry, which is the last segment of its path too.
	 * @return letters, digits and hyphens; {@code configuration} is taken
	 */
	String name();

	/**
	 * Read what is there now. It is called by any number of threads at once, so it must
	 * be thread-safe and must not wait for anything.
	 * @return strings, numbers, booleans, and lists and maps of these, without a secret;
	 * times are ISO 8601 strings, and what is not known is left out
	 */
	Map<String, ?> read();

}
