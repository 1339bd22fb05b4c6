package usecases.boundaries;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.Trace;

/**
 * What became of the traces of many requests, counted.
 *
 * @param requests requests that were sent
 * @param traces traces that were received
 * @param spans spans that were received
 * @param complete requests whose spans are the expected tree, each with its expected
 * outcome, in one trace
 * @param orphans spans whose parent was not received
 * @param mixed spans that name another request, or another trace in the log, than the
 * request that their trace is of
 * @param missing spans that were expected and were not received
 * @param unexpected spans that were received and were not expected
 * @param stray traces that belong to no request
 * @param examples a few of the requests that are not complete
 */
record Census(int requests, int traces, int spans, int complete, int orphans, int mixed, int missing, int unexpected,
		int stray, List<String> examples) {

	private static final int EXAMPLES = 5;

	/**
	 * Counts.
	 * @param requests how many requests there were, numbered from 0
	 * @param expected the trace that a request must leave
	 * @param spans everything that was received
	 */
	static Census of(int requests, LongFunction<Trace> expected, List<RecordedSpan> spans) {
		Map<String, List<RecordedSpan>> traces = spans.stream().collect(Collectors.groupingBy(RecordedSpan::traceId));
		Map<String, List<RecordedSpan>> byRequest = new HashMap<>();
		List<String> examples = new ArrayList<>();
		int orphans = 0;
		int mixed = 0;
		int stray = 0;
		for (List<RecordedSpan> trace : traces.values()) {
			Set<String> ids = trace.stream().map(RecordedSpan::id).collect(Collectors.toSet());
			orphans += count(trace, (span) -> !span.parentId().isEmpty() && !ids.contains(span.parentId()));
			String request = trace.stream()
				.map((span) -> (String) span.attributes().get(Stop.REQUEST.getKey()))
				.filter((named) -> named != null)
				.findFirst()
				.orElse(null);
			if (request == null) {
				stray++;
				if (stray <= EXAMPLES) {
					examples.add("Of no request:\n" + outline(trace));
				}
				continue;
			}
			mixed += count(trace,
					(span) -> names(span, Stop.REQUEST.getKey(), request)
							|| names(span, KosmosAttributes.REQUEST_ID.getKey(), request)
							|| names(span, Stop.LOGGED_TRACE.getKey(), span.traceId()));
			byRequest.computeIfAbsent(request, (key) -> new ArrayList<>()).addAll(trace);
		}
		int complete = 0;
		int missing = 0;
		int unexpected = 0;
		for (long request = 0; request < requests; request++) {
			List<RecordedSpan> found = byRequest.getOrDefault(Long.toString(request), List.of());
			Trace wanted = expected.apply(request);
			String wantedOutline = outline(wanted.spans());
			String outline = outline(found);
			if (outline.equals(wantedOutline)) {
				complete++;
			}
			else if (examples.size() < 2 * EXAMPLES) {
				examples.add("Request " + request + ", expected:\n" + wantedOutline + "received:\n" + outline);
			}
			int common = common(wanted.spans(), found);
			missing += wanted.spans().size() - common;
			unexpected += found.size() - common;
		}
		return new Census(requests, traces.size(), spans.size(), complete, orphans, mixed, missing, unexpected, stray,
				examples);
	}

	private static int count(List<RecordedSpan> spans, Predicate<RecordedSpan> condition) {
		return (int) spans.stream().filter(condition).count();
	}

	private static boolean names(RecordedSpan span, String key, String other) {
		Object value = span.attributes().get(key);
		return value != null && !value.equals(other);
	}

	/**
	 * Two traces of one request have two roots here, so that they are not what was
	 * expected.
	 */
	private static String outline(List<RecordedSpan> spans) {
		return new Trace("", spans.stream().map(Census::withOutcome).toList()).outline();
	}

	private static RecordedSpan withOutcome(RecordedSpan span) {
		return (span.status() != Status.ERROR) ? span
				: new RecordedSpan(span.traceId(), span.id(), span.parentId(), span.service(),
						span.name() + " (failed)", span.kind(), span.status(), span.statusMessage(), span.attributes(),
						span.resource(), span.events());
	}

	private static int common(List<RecordedSpan> wanted, List<RecordedSpan> found) {
		Map<String, Integer> left = new HashMap<>();
		wanted.forEach((span) -> left.merge(line(span), 1, Integer::sum));
		int common = 0;
		for (RecordedSpan span : found) {
			Integer count = left.get(line(span));
			if (count != null && count > 0) {
				left.put(line(span), count - 1);
				common++;
			}
		}
		return common;
	}

	private static String line(RecordedSpan span) {
		return span.service() + " " + span.kind() + " " + span.name();
	}

	@Override
	public String toString() {
		return """
				requests    %,9d
				traces      %,9d
				spans       %,9d
				complete    %,9d
				orphans     %,9d
				mixed       %,9d
				missing     %,9d
				unexpected  %,9d
				stray       %,9d
				""".formatted(this.requests, this.traces, this.spans, this.complete, this.orphans, this.mixed,
				this.missing, this.unexpected, this.stray) + String.join("", this.examples);
	}

}
