package io.kosmos.tracing.autoconfigure.span;

import org.jspecify.annotations.Nullable;

/**
 * Turns content into plain JSON values: {@code Map}, {@code List}, {@code String},
 * {@code Number}, {@code Boolean} and {@code null}. Thread-safe.
 */
interface JsonLibrary {

	/** No library: JSON stays text, and objects are what they say of themselves. */
	JsonLibrary NONE = new JsonLibrary() {

		@Override
		public @Nullable Object read(String json) {
			return null;
		}

		@Override
		public Object convert(Object value) {
			return value.toString();
		}

	};

	/**
	 * Read a JSON object or array.
	 * @param json any text
	 * @return the object or array, or {@code null} if the text is neither
	 */
	@Nullable Object read(String json);

	/**
	 * Convert an object of the application, of which nothing is known.
	 * @param value the object
	 * @return a plain JSON value
	 * @throws RuntimeException if that cannot be done, or would give more than is
	 * reasonable
	 */
	@Nullable Object convert(Object value);

}
