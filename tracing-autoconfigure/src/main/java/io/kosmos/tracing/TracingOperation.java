package io.kosmos.tracing;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Something that an operator can have done by {@code POST /actuator/kosmostracing/name}.
 * Every bean of this type is such an operation; of several with the same name the first
 * one. It is not called where Boot's {@code management.endpoint.kosmostracing.access}
 * allows reading only.
 */
public interface TracingOperation {

	/**
	 * Return the name, which is the last segment of the path.
	 * @return letters, digits and hyphens
	 */
	String name();

	/**
	 * Do it. It is called by any number of threads at once, so it must be thread-safe. It
	 * may wait, but not for longer than a minute. One line of the log says who asked for
	 * what, and what this returns or why it refuses.
	 * @param value what the operator gave as {@code value}, {@code null} if nothing
	 * @return what has become of it: strings, numbers, booleans, and lists and maps of
	 * these, without a secret
	 * @throws IllegalArgumentException if the value is not allowed, with a message for
	 * the operator that says what is; nothing was done
	 */
	Map<String, ?> run(@Nullable String value);

}
