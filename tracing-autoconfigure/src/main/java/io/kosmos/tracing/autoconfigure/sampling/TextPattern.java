package io.kosmos.tracing.autoconfigure.sampling;

/**
 * A text in which {@code *} stands for any characters, or none. Of a value only the first
 * {@value #MAX_LENGTH} characters count, and the time that a match takes grows with the
 * length of the value times that of the pattern at most. Immutable.
 */
final class TextPattern {

	static final int MAX_LENGTH = 1024;

	private final String pattern;

	TextPattern(String pattern) {
		this.pattern = pattern;
	}

	boolean matches(String value) {
		return matches(this.pattern, value, 0, Math.min(value.length(), MAX_LENGTH));
	}

	/**
	 * Match a part of a value. Only the last {@code *} is ever tried again, since what
	 * those before it have matched can stay as it is.
	 */
	static boolean matches(String pattern, String value, int from, int to) {
		int at = 0;
		int star = -1;
		int resume = from;
		int index = from;
		while (index < to) {
			if (at < pattern.length() && pattern.charAt(at) == '*') {
				star = at;
				at++;
				resume = index;
			}
			else if (at < pattern.length() && pattern.charAt(at) == value.charAt(index)) {
				at++;
				index++;
			}
			else if (star >= 0) {
				at = star + 1;
				resume++;
				index = resume;
			}
			else {
				return false;
			}
		}
		while (at < pattern.length() && pattern.charAt(at) == '*') {
			at++;
		}
		return at == pattern.length();
	}

	@Override
	public String toString() {
		return this.pattern;
	}

}
