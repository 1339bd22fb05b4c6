package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds the operation of an incoming HTTP request by its method and path, among those
 * that are named like the spans of Spring Boot and others when they end: {@code http get
 * /orders/{id}} or {@code GET /orders/{id}}. Of several that match, the first segment
 * that differs decides: text is before {@code {id}.json}, that before {@code {id}} or
 * {@code *}, and that before {@code **} or {@code {*rest}}, which are known at the end
 * only. The regular expression of {@code {id:[0-9]+}} counts for nothing. Not thread-safe
 * while operations are added.
 *
 * @param <T> what is found
 */
final class HttpOperations<T> {

	/** Longer paths are no operation. */
	static final int MAX_PATH = 2048;

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
		if (name.length() > MAX_PATH || !matcher.matches()) {
			return;
		}
		List<String> segments = segments(matcher.group(2));
		if (segments == null) {
			return;
		}
		Node<T> node = this.methods.computeIfAbsent(matcher.group(1).toUpperCase(Locale.ROOT), (key) -> new Node<>());
		String last = segments.get(segments.size() - 1);
		boolean open = last.equals("**") || (last.startsWith("{*") && last.endsWith("}"));
		for (String segment : open ? segments.subList(0, segments.size() - 1) : segments) {
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
		else {
			node.value = value;
		}
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
		if (root == null || path.length() > MAX_PATH || !path.startsWith("/")) {
			return null;
		}
		return root.find(path, 1);
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

		@Nullable T find(String path, int start) {
			if (start > path.length()) {
				return (this.value != null) ? this.value : this.below;
			}
			int slash = path.indexOf('/', start);
			int end = (slash < 0) ? path.length() : slash;
			String segment = path.substring(start, end);
			int parameters = segment.indexOf(';');
			segment = (parameters < 0) ? segment : segment.substring(0, parameters);
			T found = find(this.texts.get(segment), path, end);
			if (found == null && !segment.isEmpty()) {
				for (Partly<T> candidate : this.partly) {
					if (candidate.matches(segment)) {
						found = find(candidate.node(), path, end);
						if (found != null) {
							return found;
						}
					}
				}
				found = find(this.any, path, end);
			}
			return (found != null) ? found : this.below;
		}

		private static <T> @Nullable T find(@Nullable Node<T> node, String path, int end) {
			return (node != null) ? node.find(path, end + 1) : null;
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
