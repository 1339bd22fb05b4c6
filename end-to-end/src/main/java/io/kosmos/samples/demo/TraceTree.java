package io.kosmos.samples.demo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One trace as a tree of text.
 */
final class TraceTree {

	/** What of a span is worth a place on its line, in this order. */
	private static final List<String> SHOWN = List.of("kosmos.route.decision", "kosmos.route.confidence",
			"search.top_k", "search.result_count", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
			"gen_ai.response.finish_reasons", "db.system.name", "db.query.text", "http.response.status_code",
			"error.type");

	private final Node root;

	private final List<Node> nodes;

	private TraceTree(Node root, List<Node> nodes) {
		this.root = root;
		this.nodes = nodes;
	}

	/**
	 * Finds a trace among received spans.
	 * @param received the spans of any number of traces
	 * @param rootName name of the span the trace begins with
	 * @return the newest such trace, or {@code null} if its first span has not arrived
	 */
	static @Nullable TraceTree find(Collection<ResourceSpans> received, String rootName) {
		List<Node> all = nodes(received);
		return all.stream()
			.filter((node) -> node.span().getParentSpanId().isEmpty() && node.span().getName().equals(rootName))
			.max(Comparator.comparingLong((node) -> node.span().getStartTimeUnixNano()))
			.map((root) -> new TraceTree(root,
					all.stream().filter((node) -> node.span().getTraceId().equals(root.span().getTraceId())).toList()))
			.orElse(null);
	}

	/**
	 * Describes received spans without any order among them.
	 * @param received the spans of any number of traces
	 * @return one line for a span
	 */
	static String describe(Collection<ResourceSpans> received) {
		return nodes(received).stream().map(Node::describe).collect(Collectors.joining("\n  ", "\n  ", ""));
	}

	private static List<Node> nodes(Collection<ResourceSpans> received) {
		List<Node> nodes = new ArrayList<>();
		for (ResourceSpans resource : received) {
			String service = attribute(resource.getResource().getAttributesList(), "service.name");
			for (ScopeSpans scope : resource.getScopeSpansList()) {
				scope.getSpansList().forEach((span) -> nodes.add(new Node((service != null) ? service : "?", span)));
			}
		}
		return nodes;
	}

	/**
	 * Tells whether every span hangs on another one and every call has arrived at the
	 * other side.
	 * @param services how many services take part
	 * @return whether nothing is missing
	 */
	boolean isComplete(int services) {
		Set<ByteString> ids = this.nodes.stream().map((node) -> node.span().getSpanId()).collect(Collectors.toSet());
		Set<String> answering = new HashSet<>();
		for (Node node : this.nodes) {
			if (node != this.root && !ids.contains(node.span().getParentSpanId())) {
				return false;
			}
			if (node.span().getKind() == SpanKind.SPAN_KIND_SERVER) {
				answering.add(node.service());
			}
		}
		return answering.size() == services;
	}

	String traceId() {
		return hex(this.root.span().getTraceId());
	}

	/**
	 * Draws the tree.
	 * @return one line for a span, each with its line end
	 */
	String draw() {
		StringBuilder out = new StringBuilder();
		draw(this.root, "", "", out);
		return out.toString();
	}

	private void draw(Node node, String indent, String childIndent, StringBuilder out) {
		out.append(indent).append(node.describe()).append('\n');
		List<Node> children = this.nodes.stream()
			.filter((child) -> child.span().getParentSpanId().equals(node.span().getSpanId()))
			.sorted(Comparator.comparingLong((child) -> child.span().getStartTimeUnixNano()))
			.toList();
		for (int i = 0; i < children.size(); i++) {
			boolean last = (i == children.size() - 1);
			draw(children.get(i), childIndent + (last ? "└─ " : "├─ "), childIndent + (last ? "   " : "│  "), out);
		}
	}

	private static @Nullable String attribute(List<KeyValue> attributes, String key) {
		return attributes.stream()
			.filter((attribute) -> attribute.getKey().equals(key))
			.map((attribute) -> text(attribute.getValue()))
			.findFirst()
			.orElse(null);
	}

	private static String text(AnyValue value) {
		return switch (value.getValueCase()) {
			case STRING_VALUE -> value.getStringValue();
			case INT_VALUE -> Long.toString(value.getIntValue());
			case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
			case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
			case ARRAY_VALUE -> value.getArrayValue()
				.getValuesList()
				.stream()
				.map(TraceTree::text)
				.collect(Collectors.joining(",", "[", "]"));
			default -> "";
		};
	}

	private static String hex(ByteString id) {
		StringBuilder out = new StringBuilder();
		for (byte b : id) {
			out.append(String.format("%02x", b));
		}
		return out.toString();
	}

	private record Node(String service, Span span) {

		String describe() {
			StringBuilder out = new StringBuilder();
			boolean failed = this.span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
			if (failed) {
				out.append("✗ ");
			}
			String kind = this.span.getKind().name().substring("SPAN_KIND_".length());
			double millis = (this.span.getEndTimeUnixNano() - this.span.getStartTimeUnixNano()) / 1e6;
			out.append(this.span.getName())
				.append("  ")
				.append(kind)
				.append("  ")
				.append(this.service)
				.append(String.format(Locale.ROOT, "  %.1f ms", millis));
			for (String key : SHOWN) {
				String value = attribute(this.span.getAttributesList(), key);
				if (value != null) {
					out.append("  ").append(key).append('=').append(value.replaceAll("\\s+", " "));
				}
			}
			if (failed && !this.span.getStatus().getMessage().isEmpty()) {
				out.append("  ").append(this.span.getStatus().getMessage().replaceAll("\\s+", " "));
			}
			return out.toString();
		}

	}

}
