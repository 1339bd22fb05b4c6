package io.kosmos.tracing.autoconfigure.sampling;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.StringUtils;

/**
 * A path as it is written in Spring's mappings: {@code *} stands for any part of a
 * segment, {@code {name}} for a segment that is not empty, and {@code **} for any number
 * of segments. Paths are compared as Spring does, decoded and without parameters. Of a
 * path only the first {@value TextPattern#MAX_LENGTH} characters count, and the time that
 * a match takes grows with the length of the path times that of the pattern at most.
 * Immutable.
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

	private static List<String> segments(String path) {
		List<String> segments = new ArrayList<>();
		int from = 1;
		for (int to = path.indexOf('/', from); to >= 0; to = path.indexOf('/', from)) {
			segments.add(path.substring(from, to));
			from = to + 1;
		}
		segments.add((from <= path.length()) ? path.substring(from) : "");
		return List.copyOf(segments);
	}

	/**
	 * Match a path as it is in a request.
	 */
	boolean matches(String path) {
		String compared = (path.indexOf('%') >= 0 || path.indexOf(';') >= 0) ? decoded(path) : path;
		if (!compared.startsWith("/")) {
			return false;
		}
		int length = Math.min(compared.length(), TextPattern.MAX_LENGTH);
		int at = 0;
		int any = -1;
		int resume = 0;
		// The place of a segment is that of the slash before it, and the end one more.
		int slash = 0;
		while (slash < length) {
			int end = end(compared, slash, length);
			if (at < this.segments.size() && this.segments.get(at).equals(ANY_SEGMENTS)) {
				any = at;
				at++;
				resume = slash;
			}
			else if (at < this.segments.size() && matches(this.segments.get(at), compared, slash + 1, end)) {
				at++;
				slash = end;
			}
			else if (any >= 0) {
				at = any + 1;
				resume = end(compared, resume, length);
				slash = resume;
			}
			else {
				return false;
			}
		}
		while (at < this.segments.size() && this.segments.get(at).equals(ANY_SEGMENTS)) {
			at++;
		}
		return at == this.segments.size();
	}

	private static int end(String path, int slash, int length) {
		int end = path.indexOf('/', slash + 1);
		return (end >= 0 && end < length) ? end : length;
	}

	private static boolean matches(String segment, String path, int from, int to) {
		boolean whole = segment.startsWith(VARIABLE) || segment.equals("*");
		return (whole) ? from < to : TextPattern.matches(segment, path, from, to);
	}

	private static String decoded(String path) {
		StringBuilder decoded = new StringBuilder();
		boolean parameter = false;
		for (int i = 0; i < Math.min(path.length(), TextPattern.MAX_LENGTH); i++) {
			char character = path.charAt(i);
			parameter = character != '/' && (parameter || character == ';');
			if (!parameter) {
				decoded.append(character);
			}
		}
		try {
			return StringUtils.uriDecode(decoded.toString(), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return decoded.toString();
		}
	}

}
