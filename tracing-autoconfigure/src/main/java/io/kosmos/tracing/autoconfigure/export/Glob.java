package io.kosmos.tracing.autoconfigure.export;

/**
 * Patterns in which {@code *} stands for any characters or none, and everything else for
 * itself. What is between two of them is looked for once, so that no value takes longer
 * than its length times that of the pattern.
 */
final class Glob {

	private Glob() {
	}

	static boolean matches(String pattern, String value) {
		int first = pattern.indexOf('*');
		if (first < 0) {
			return pattern.equals(value);
		}
		int last = pattern.lastIndexOf('*');
		int end = value.length() - (pattern.length() - last - 1);
		if (first > end || !value.startsWith(pattern.substring(0, first))
				|| !value.endsWith(pattern.substring(last + 1))) {
			return false;
		}
		int at = first;
		int from = first + 1;
		while (from <= last) {
			int to = pattern.indexOf('*', from);
			int found = value.indexOf(pattern.substring(from, to), at);
			at = found + to - from;
			if (found < 0 || at > end) {
				return false;
			}
			from = to + 1;
		}
		return true;
	}

}
