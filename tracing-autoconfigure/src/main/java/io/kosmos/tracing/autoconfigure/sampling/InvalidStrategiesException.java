package io.kosmos.tracing.autoconfigure.sampling;

/**
 * Strategies that are none. The message is one line that names the place, the bad value
 * and what is allowed, of bounded length.
 */
final class InvalidStrategiesException extends Exception {

	private static final int MAX_VALUE = 80;

	InvalidStrategiesException(String message) {
		super(message);
	}

	/**
	 * Say that a value is not allowed.
	 * @param path where it is
	 * @param value the value, which is quoted if it is a text
	 * @param allowed what is allowed
	 */
	InvalidStrategiesException(String path, Object value, String allowed) {
		this(path + " is " + quoted(value) + ", but " + allowed);
	}

	/**
	 * Make a value of somebody else fit for a log.
	 */
	static String quoted(Object value) {
		if (value instanceof String text) {
			return "'" + clean(text) + "'";
		}
		return (value instanceof Number || value instanceof Boolean) ? value.toString()
				: (value instanceof Iterable) ? "an array" : "an object";
	}

	static String clean(String text) {
		StringBuilder clean = new StringBuilder();
		text.codePoints()
			.limit(MAX_VALUE)
			.map((point) -> (Character.isLetterOrDigit(point) || (point >= ' ' && point <= '~')) ? point : '?')
			.forEach(clean::appendCodePoint);
		return (text.length() > MAX_VALUE) ? clean.append("...").toString() : clean.toString();
	}

}
