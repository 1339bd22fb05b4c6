package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;

/**
 * A path as it is written in Spring's mappings: {@code *} stands for any part of a
 * segment, {@code {name}} for a segment that is not empty, and {@code **} for any number
 * of segments; {@code *} alone is not empty either, but at the end. Paths are compared as
 * Spring does, in the segments of {@link RequestPath}, and the time that a match takes
 * grows with the length of the path times that of the pattern at most. Immutable.
 */
final class RoutePattern {

	private static final String ANY_SEGMENTS = "**";

	private static final String VARIABLE = "{";

	private final List<String> segments;

	RoutePattern(String pattern) {
		this.segments = segments(pattern);
	}

	/**
	 * Whether it is a pattern: it begins with a slash, and braces are around whole
	 * segments only.
	 */
	static boolean isValid(String pattern) {
		return pattern.startsWith("/") && segments(pattern).stream().allMatch(RoutePattern::isValidSegment);
	}

	private static boolean isValidSegment(String segment) {
		if (segment.startsWith(VARIABLE)) {
			return segment.length() > 2 && segment.endsWith("}")
					&& segment.substring(1, segment.length() - 1).chars().allMatch(RoutePattern::isPartOfName);
		}
		return segment.equals(ANY_SEGMENTS) || !segment.contains(ANY_SEGMENTS)
				&& segment.chars().noneMatch((character) -> "{}?#;%".indexOf(character) >= 0);
	}

	private static boolean isPartOfName(int character) {
		return Character.isLetterOrDigit(character) || character == '_' || character == '-';
	}

	private static List<String> segments(String pattern) {
		return List.of(pattern.substring(Math.min(1, pattern.length())).split("/", -1));
	}

	/**
	 * Match a path as it is in a request.
	 */
	boolean matches(String path) {
		List<String> compared = RequestPath.segments(path);
		return compared != null && matches(compared);
	}

	private boolean matches(List<String> path) {
		int at = 0;
		int any = -1;
		int resume = 0;
		int index = 0;
		while (index < path.size()) {
			if (isAnySegments(at)) {
				any = at;
				at++;
				resume = index;
			}
			else if (at < this.segments.size() && matches(at, path.get(index))) {
				at++;
				index++;
			}
			else if (any >= 0) {
				at = any + 1;
				resume++;
				index = resume;
			}
			else {
				return false;
			}
		}
		while (isAnySegments(at)) {
			at++;
		}
		return at == this.segments.size();
	}

	private boolean isAnySegments(int at) {
		return at < this.segments.size() && this.segments.get(at).equals(ANY_SEGMENTS);
	}

	private boolean matches(int at, String value) {
		String segment = this.segments.get(at);
		if (segment.equals("*")) {
			return !value.isEmpty() || at == this.segments.size() - 1;
		}
		return segment.startsWith(VARIABLE) ? !value.isEmpty() : TextPattern.matches(segment, value, 0, value.length());
	}

}
