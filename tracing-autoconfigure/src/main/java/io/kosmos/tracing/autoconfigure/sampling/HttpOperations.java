package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds the operation of an incoming HTTP request by its method and path, among those
 * that are named like the spans of Spring Boot and others when they end: {@code http get
 * /orders/{id}} or {@code GET /orders/{id}}. Of several that match, the first segment
 * that differs decides: text is before {@code {id}.json}, that before {@code {id}} or
 * {@code *}, and that before {@code **} or {@code {*rest}}, which are known at the end
 * only. The regular expression of {@code {id:[0-9]+}} counts for nothing. Paths are
 * compared in the segments of {@link RequestPath}. Not thread-safe while operations are
 * added.
 *
 * @param <T> what is found
 */
final class HttpOperations<T> {

	/** Longer names are known as such only. */
	static final int MAX_NAME = 2048;

	/** Patterns with more segments are known by their names only. */
	static final int MAX_SEGMENTS = 64;

	/** As many segments like {@code {id}.json} are told apart in one place. */
	static final int MAX_PARTLY = 32;

	private static final Pattern NAME = Pattern.compile("(?:http |HTTP )?([A-Za-z]{1,16}) (/[^ ]*)");

	private final Map<String, Node<T>> methods = new HashMap<>();

	/**
	 * Add an operation, unless its name is no method and path.
	 */
	void add(String name, T value) {
		Matcher matcher = NAME.matcher(name);
		if (name.length() > MAX_NAME || !matcher.matches()) {
			return;
		}
		List<String> segments = segments(matcher.group(2));
		if (segments == null) {
			return;
		}
		Node<T> node = this.methods.computeIfAbsent(matcher.group(1).toUpperCase(Locale.ROOT), (key) -> new Node<>());
		String last = segments.get(segments.size() - 1);
		boolean open = last.equals("**") || (last.startsWith("{*") && last.endsWith("}"));
		boolean any = last.equals("*");
		for (String segment : (open || any) ? segments.subList(0, segments.size() - 1) : segments) {
			if (segment.equals("**") || segment.startsWith("{*")) {
				return;
			}
			Node<T> child = node.child(segment);
			if (child == null) {
				return;
			}
			node = child;
		}
		if (open) {
			node.below = value;
		}
		else if (any) {
			node.anything = value;
			Objects.requireNonNull(node.child("*")).value = value;
		}
		else {
			node.value = value;
		}
	}

	/**
	 * Whether a name is a method and a path.
	 */
	static boolean isMethodAndPath(String name) {
		return NAME.matcher(name).matches();
	}

	boolean isEmpty() {
		return this.methods.isEmpty();
	}

	/**
	 * Find the operation of a request.
	 * @param method method of the request, as {@code http.request.method} has it
	 * @param path path of the request, as {@code url.path} has it
	 */
	@Nullable T find(String method, String path) {
		Node<T> root = this.methods.get(method);
		List<String> segments = (root != null) ? RequestPath.segments(path) : null;
		return (root != null && segments != null) ? root.find(segments, 0) : null;
	}

	/**
	 * Part a pattern at the slashes that are not in braces.
	 */
	private static @Nullable List<String> segments(String pattern) {
		List<String> segments = new ArrayList<>();
		int depth = 0;
		int start = 1;
		for (int i = 1; i <= pattern.length(); i++) {
			char next = (i < pattern.length()) ? pattern.charAt(i) : '/';
			depth += (next == '{') ? 1 : (next == '}') ? -1 : 0;
			if (next == '/' && (depth == 0 || i == pattern.length())) {
				segments.add(pattern.substring(start, i));
				start = i + 1;
			}
		}
		return (depth == 0 && segments.size() <= MAX_SEGMENTS) ? segments : null;
	}

	/**
	 * What is known behind a number of segments. A path meets each node at most once.
	 */
	private static final class Node<T> {

		private final Map<String, Node<T>> texts = new HashMap<>();

		private final List<Partly<T>> partly = new ArrayList<>();

		private @Nullable Node<T> any;

		private @Nullable T value;

		private @Nullable T below;

		/** Of a last segment that is empty, as {@code *} at the end may be in Spring. */
		private @Nullable T anything;

		@Nullable Node<T> child(String segment) {
			List<String> pieces = pieces(segment);
			if (pieces.size() == 1) {
				return this.texts.computeIfAbsent(segment, (key) -> new Node<>());
			}
			if (pieces.stream().allMatch(String::isEmpty)) {
				Node<T> node = (this.any != null) ? this.any : new Node<>();
				this.any = node;
				return node;
			}
			for (Partly<T> known : this.partly) {
				if (known.pieces().equals(pieces)) {
					return known.node();
				}
			}
			if (this.partly.size() == MAX_PARTLY) {
				return null;
			}
			Partly<T> added = new Partly<>(pieces, new Node<>());
			this.partly.add(added);
			this.partly.sort(Comparator.comparingInt((Partly<T> one) -> -one.length()));
			return added.node();
		}

		/**
		 * Part a segment at its wildcards.
		 */
		private static List<String> pieces(String segment) {
			List<String> pieces = new ArrayList<>();
			int depth = 0;
			StringBuilder piece = new StringBuilder();
			for (char next : segment.toCharArray()) {
				if (depth == 0 && (next == '{' || next == '*')) {
					pieces.add(piece.toString());
					piece.setLength(0);
				}
				else if (depth == 0) {
					piece.append(next);
				}
				depth += (next == '{') ? 1 : (next == '}') ? -1 : 0;
			}
			pieces.add(piece.toString());
			return pieces;
		}

		@Nullable T find(List<String> path, int at) {
			if (at == path.size()) {
				return (this.value != null) ? this.value : this.below;
			}
			String segment = path.get(at);
			T found = find(this.texts.get(segment), path, at);
			if (found == null && segment.isEmpty() && at == path.size() - 1) {
				found = this.anything;
			}
			else if (found == null && !segment.isEmpty()) {
				for (Partly<T> candidate : this.partly) {
					if (candidate.matches(segment)) {
						found = find(candidate.node(), path, at);
						if (found != null) {
							return found;
						}
					}
				}
				found = find(this.any, path, at);
			}
			return (found != null) ? found : this.below;
		}

		private static <T> @Nullable T find(@Nullable Node<T> node, List<String> path, int at) {
			return (node != null) ? node.find(path, at + 1) : null;
		}

	}

	/**
	 * A segment with wildcards and text.
	 */
	private record Partly<T>(List<String> pieces, Node<T> node) {

		int length() {
			return this.pieces.stream().mapToInt(String::length).sum();
		}

		boolean matches(String segment) {
			String first = this.pieces.get(0);
			String last = this.pieces.get(this.pieces.size() - 1);
			int end = segment.length() - last.length();
			if (end < first.length() || !segment.startsWith(first) || !segment.endsWith(last)) {
				return false;
			}
			int position = first.length();
			for (String piece : this.pieces.subList(1, this.pieces.size() - 1)) {
				int found = segment.indexOf(piece, position);
				if (found < 0 || found + piece.length() > end) {
					return false;
				}
				position = found + piece.length();
			}
			return true;
		}

	}

}
