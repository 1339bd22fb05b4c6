package io.kosmos.tracing.autoconfigure.sampling;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The path of a request in the segments that Spring's {@code PathContainer} compares:
 * parted at the slashes, then without parameters, and then decoded, so that a {@code %2F}
 * stays in its segment.
 */
final class RequestPath {

	/**
	 * A path is cut to as many characters when a span begins. What has as many may go on
	 * behind them, and so is not compared.
	 */
	static final int MAX_LENGTH = 1024;

	private RequestPath() {
	}

	/**
	 * Return the segments of a path.
	 * @param path path as {@code url.path} has it
	 * @return the segments, of which the last is empty behind a slash, or {@code null} if
	 * the path is too long or begins without a slash
	 */
	static @Nullable List<String> segments(String path) {
		if (path.length() >= MAX_LENGTH || !path.startsWith("/")) {
			return null;
		}
		List<String> segments = new ArrayList<>();
		for (int start = 1; start <= path.length();) {
			int slash = path.indexOf('/', start);
			int end = (slash >= 0) ? slash : path.length();
			segments.add(segment(path.substring(start, end)));
			start = end + 1;
		}
		return segments;
	}

	private static String segment(String raw) {
		int parameters = raw.indexOf(';');
		String segment = (parameters >= 0) ? raw.substring(0, parameters) : raw;
		try {
			return (segment.indexOf('%') >= 0) ? StringUtils.uriDecode(segment, StandardCharsets.UTF_8) : segment;
		}
		catch (IllegalArgumentException ex) {
			return segment;
		}
	}

}
