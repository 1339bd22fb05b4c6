package io.kosmos.samples.orchestrator;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The traces that the orchestrator records.
 *
 * @param exporter where they go
 */
record Traces(InMemorySpanExporter exporter) {

	/**
	 * Wait for a trace, whose spans leave in batches, the last long after the answer.
	 * @param id id of the trace
	 * @param outline the tree that it must be: kind and name of each span, indented below
	 * its parent, in the order in which they started
	 * @return the trace
	 */
	Trace await(String id, String outline) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(trace(id).outline()).isEqualTo(outline));
		return trace(id);
	}

	Trace trace(String id) {
		return new Trace(this.exporter.getFinishedSpanItems()
			.stream()
			.filter((span) -> span.getTraceId().equals(id))
			.sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
			.toList());
	}

	record Trace(List<SpanData> spans) {

		SpanData span(String name) {
			List<SpanData> found = all(name);
			assertThat(found).as(name).hasSize(1);
			return found.get(0);
		}

		List<SpanData> all(String name) {
			return this.spans.stream().filter((span) -> span.getName().equals(name)).toList();
		}

		String outline() {
			Set<String> ids = this.spans.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
			return this.spans.stream()
				.filter((span) -> !ids.contains(span.getParentSpanId()))
				.map((root) -> outline(root, ""))
				.collect(Collectors.joining());
		}

		private String outline(SpanData span, String indent) {
			return this.spans.stream()
				.filter((child) -> child.getParentSpanId().equals(span.getSpanId()))
				.map((child) -> outline(child, indent + "  "))
				.collect(Collectors.joining("", indent + span.getKind() + " " + span.getName() + "\n", ""));
		}

		static Map<String, Object> attributes(SpanData span) {
			Map<String, Object> attributes = new TreeMap<>();
			span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
			return attributes;
		}

	}

}
