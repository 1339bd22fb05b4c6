package io.kosmos.tracing.servers;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The spans of one trace, as a tree.
 *
 * @param id its id, 32 hex digits
 * @param spans all of its spans
 */
public record Trace(String id, List<RecordedSpan> spans) {

	/**
	 * Returns the one span with a name.
	 * @param service the service it is of
	 * @param name its name
	 * @return the span
	 */
	public RecordedSpan span(String service, String name) {
		List<RecordedSpan> found = this.spans.stream()
			.filter((span) -> span.service().equals(service) && span.name().equals(name))
			.toList();
		if (found.size() != 1) {
			throw new AssertionError(found.size() + " spans " + name + " of " + service + " in " + this);
		}
		return found.get(0);
	}

	/**
	 * Returns the spans that have no parent in this trace. A trace that a caller began
	 * elsewhere has one too.
	 * @return the spans it begins with
	 */
	public List<RecordedSpan> roots() {
		Set<String> ids = this.spans.stream().map(RecordedSpan::id).collect(Collectors.toSet());
		return this.spans.stream().filter((span) -> !ids.contains(span.parentId())).toList();
	}

	public RecordedSpan parent(RecordedSpan child) {
		return this.spans.stream()
			.filter((span) -> span.id().equals(child.parentId()))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No parent of " + child + " in " + this));
	}

	public List<RecordedSpan> children(RecordedSpan parent) {
		return this.spans.stream().filter((span) -> span.parentId().equals(parent.id())).toList();
	}

	public Set<String> services() {
		return this.spans.stream().map(RecordedSpan::service).collect(Collectors.toSet());
	}

	/**
	 * Returns one line for a span: its service, kind and name, indented below its parent.
	 * @return the tree, the same for the same calls
	 */
	public String outline() {
		StringBuilder out = new StringBuilder();
		roots().stream().map((root) -> outline(root, "")).sorted().forEach(out::append);
		return out.toString();
	}

	private String outline(RecordedSpan span, String indent) {
		return indent + span.service() + " " + span.kind() + " " + span.name() + "\n"
				+ children(span).stream()
					.map((child) -> outline(child, indent + "  "))
					.sorted()
					.collect(Collectors.joining());
	}

	@Override
	public String toString() {
		return "trace " + this.id + "\n" + outline()
				+ this.spans.stream().map(RecordedSpan::toString).collect(Collectors.joining("\n"));
	}

}
