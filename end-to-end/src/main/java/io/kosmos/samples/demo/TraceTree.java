package io.kosmos.samples.demo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
			"kosmos.llm.calls", "kosmos.tool.calls", "kosmos.llm.total_tokens.aggregated", "kosmos.llm.cost.aggregated",
			"kosmos.workflow.termination_reason", "kosmos.execution.attempt", "kosmos.policy.decision",
			"approval.verdict", "search.top_k", "search.result_count", "gen_ai.usage.input_tokens",
			"gen_ai.usage.output_tokens", "kosmos.llm.cost", "gen_ai.response.time_to_first_chunk",
			"gen_ai.response.finish_reasons", "db.system.name", "db.query.text", "http.response.status_code", "status",
			"error.type");

	private static final int MAX_LENGTH = 100;

	private final List<Node> nodes;

	private TraceTree(List<Node> nodes) {
		this.nodes = nodes;
	}

	/**
	 * Picks a trace out of received spans.
	 * @param received the spans of any number of traces
	 * @param traceId id of the trace, 32 hex digits
	 * @return what has arrived of the trace
	 */
	static TraceTree of(Collection<ResourceSpans> received, String traceId) {
		ByteString id = ByteString.fromHex(traceId);
		return new TraceTree(nodes(received).stream().filter((node) -> node.span().getTraceId().equals(id)).toList());
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
	 * Tells whether every span but the first has its parent, and every service its own
	 * part.
	 * @param services how many services take part
	 * @return whether nothing is missing
	 */
	boolean isComplete(int services) {
		long answering = this.nodes.stream()
			.filter((node) -> node.span().getKind() == SpanKind.SPAN_KIND_SERVER)
			.map(Node::service)
			.distinct()
			.count();
		return answering == services && roots().size() == 1;
	}

	private List<Node> roots() {
		Set<ByteString> ids = this.nodes.stream().map((node) -> node.span().getSpanId()).collect(Collectors.toSet());
		return this.nodes.stream().filter((node) -> !ids.contains(node.span().getParentSpanId())).toList();
	}

	/**
	 * Draws the tree.
	 * @return one line for a span, each with its line end
	 */
	String draw() {
		StringBuilder out = new StringBuilder();
		roots().forEach((root) -> draw(root, "", "", out));
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
			case DOUBLE_VALUE -> number(value.getDoubleValue());
			case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
			case ARRAY_VALUE -> value.getArrayValue()
				.getValuesList()
				.stream()
				.map(TraceTree::text)
				.collect(Collectors.joining(",", "[", "]"));
			default -> "";
		};
	}

	private static String number(double value) {
		return Double.isFinite(value) ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
				: Double.toString(value);
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
					out.append("  ").append(key).append('=').append(shorten(value));
				}
			}
			if (failed && !this.span.getStatus().getMessage().isEmpty()) {
				out.append("  ").append(shorten(this.span.getStatus().getMessage()));
			}
			return out.toString();
		}

		private static String shorten(String text) {
			String line = text.replaceAll("\\s+", " ");
			return (line.length() > MAX_LENGTH) ? line.substring(0, MAX_LENGTH) + "…" : line;
		}

	}

}
