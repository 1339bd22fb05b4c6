package io.kosmos.tracing.autoconfigure.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Spans of one trace drawn as an indented tree below a line about the whole.
 */
final class TraceTree {

	private static final int NAME_LENGTH = 100;

	private static final int SQL_LENGTH = 80;

	private static final int ERROR_LENGTH = 160;

	private static final int VALUE_LENGTH = 60;

	/** The instrumentation scope of {@code @Traced} and {@code Spans}. */
	private static final String OWN_SCOPE = "io.kosmos.tracing";

	private static final Pattern TOLD = Pattern
		.compile("gen_ai\\.|kosmos\\.llm\\.|kosmos\\.agent\\.name$|error\\.type$");

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

	private static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");

	private static final AttributeKey<String> DB_QUERY_SUMMARY = AttributeKey.stringKey("db.query.summary");

	private static final AttributeKey<String> DB_QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<String> DB_STATEMENT = AttributeKey.stringKey("db.statement");

	private final Map<String, List<SpanData>> children = new HashMap<>();

	private final StringBuilder text = new StringBuilder(512);

	private TraceTree() {
	}

	/**
	 * Draw a tree.
	 * @param spans spans of one trace, at least one, in any order
	 * @param open how many further spans have not ended
	 * @param notHeld how many further spans have ended
	 * @return lines, each closed by a line feed
	 */
	static String render(List<SpanData> spans, int open, int notHeld) {
		TraceTree tree = new TraceTree();
		tree.header(spans, open > 0);
		Map<String, SpanData> byId = new HashMap<>();
		spans.forEach((span) -> byId.put(span.getSpanId(), span));
		List<SpanData> top = new ArrayList<>();
		spans.stream().sorted(Comparator.comparingLong(SpanData::getStartEpochNanos)).forEach((span) -> {
			if (byId.containsKey(span.getParentSpanId())) {
				tree.children.computeIfAbsent(span.getParentSpanId(), (id) -> new ArrayList<>()).add(span);
			}
			else {
				top.add(span);
			}
		});
		tree.branches(top, "");
		tree.footer(notHeld, "more ", "");
		tree.footer(open, "", " not ended");
		return tree.text.toString();
	}

	private void header(List<SpanData> spans, boolean incomplete) {
		SpanData any = spans.get(0);
		long start = spans.stream().mapToLong(SpanData::getStartEpochNanos).min().orElseThrow();
		long end = spans.stream().mapToLong(SpanData::getEndEpochNanos).max().orElseThrow();
		this.text.append("trace ").append(any.getTraceId());
		append("", any.getResource().getAttribute(SERVICE_NAME), NAME_LENGTH);
		this.text.append("  ").append(ConsoleText.duration(end - start));
		if (incomplete) {
			this.text.append("  incomplete");
		}
		this.text.append('\n');
	}

	private void footer(int count, String before, String after) {
		if (count > 0) {
			this.text.append("... and ").append(count).append(' ').append(before);
			this.text.append((count == 1) ? "span" : "spans").append(after).append('\n');
		}
	}

	private void branches(List<SpanData> siblings, String indent) {
		for (int i = 0; i < siblings.size(); i++) {
			SpanData span = siblings.get(i);
			boolean last = i == siblings.size() - 1;
			this.text.append(indent).append((last) ? "└─ " : "├─ ");
			span(span, indent.isEmpty());
			branches(this.children.getOrDefault(span.getSpanId(), List.of()), indent + ((last) ? "   " : "│  "));
		}
	}

	private void span(SpanData span, boolean top) {
		Attributes attributes = span.getAttributes();
		this.text.append(ConsoleText.duration(span.getEndEpochNanos() - span.getStartEpochNanos()));
		append("", span.getName(), NAME_LENGTH);
		if (span.getKind() != SpanKind.INTERNAL) {
			this.text.append("  ").append(span.getKind());
		}
		if (top && span.getParentSpanContext().isValid()) {
			this.text.append((span.getParentSpanContext().isRemote()) ? "  remote parent=" : "  parent=");
			this.text.append(span.getParentSpanId());
		}
		append("agent=", first(attributes, KosmosAttributes.AGENT_NAME, GenAiAttributes.AGENT_NAME), NAME_LENGTH);
		append("model=", first(attributes, GenAiAttributes.RESPONSE_MODEL, GenAiAttributes.REQUEST_MODEL,
				KosmosAttributes.LLM_MODEL), NAME_LENGTH);
		tokens(attributes);
		append("sql=", first(attributes, DB_QUERY_SUMMARY, DB_QUERY_TEXT, DB_STATEMENT), SQL_LENGTH);
		if (OWN_SCOPE.equals(span.getInstrumentationScopeInfo().getName())) {
			own(attributes);
		}
		List<EventData> exceptions = span.getEvents()
			.stream()
			.filter((event) -> "exception".equals(event.getName()))
			.toList();
		int events = span.getTotalRecordedEvents() - exceptions.size();
		if (events > 0) {
			this.text.append("  events=").append(events);
		}
		error(span,
				(exceptions.isEmpty()) ? Attributes.empty() : exceptions.get(exceptions.size() - 1).getAttributes());
		this.text.append('\n');
	}

	/**
	 * What the application itself wrote, by {@code @Traced} or {@code Spans}, and is not
	 * told already.
	 */
	private void own(Attributes attributes) {
		new TreeMap<>(attributes.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((entry) -> entry.getKey().getKey(), Map.Entry::getValue, (one, other) -> other)))
			.forEach((key, value) -> {
				if (!TOLD.matcher(key).lookingAt()) {
					this.text.append("  ").append(ConsoleText.shortened(key, NAME_LENGTH)).append('=');
					this.text.append(ConsoleText.shortened(value.toString(), VALUE_LENGTH));
				}
			});
	}

	private void tokens(Attributes attributes) {
		Long input = first(attributes, GenAiAttributes.USAGE_INPUT_TOKENS, KosmosAttributes.LLM_PROMPT_TOKENS);
		Long output = first(attributes, GenAiAttributes.USAGE_OUTPUT_TOKENS, KosmosAttributes.LLM_COMPLETION_TOKENS);
		if (input != null || output != null) {
			this.text.append("  tokens=").append((input != null) ? input : "?");
			this.text.append('/').append((output != null) ? output : "?");
		}
	}

	private void error(SpanData span, Attributes exception) {
		if (span.getStatus().getStatusCode() != StatusCode.ERROR && exception.isEmpty()) {
			return;
		}
		String type = exception.get(EXCEPTION_TYPE);
		type = (type != null) ? type : span.getAttributes().get(ERROR_TYPE);
		String message = exception.get(EXCEPTION_MESSAGE);
		message = (message != null) ? message : span.getStatus().getDescription();
		append("✗ ", (type != null) ? type : "error", NAME_LENGTH);
		if (!message.isBlank()) {
			this.text.append(": ").append(ConsoleText.shortened(message, ERROR_LENGTH));
		}
	}

	private void append(String label, @Nullable String value, int maxLength) {
		if (value != null) {
			this.text.append("  ").append(label).append(ConsoleText.shortened(value, maxLength));
		}
	}

	@SafeVarargs
	private static <T> @Nullable T first(Attributes attributes, AttributeKey<T>... keys) {
		for (AttributeKey<T> key : keys) {
			T value = attributes.get(key);
			if (value != null) {
				return value;
			}
		}
		return null;
	}

}
