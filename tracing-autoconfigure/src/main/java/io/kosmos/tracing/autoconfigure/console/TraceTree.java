package io.kosmos.tracing.autoconfigure.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Spans of one trace drawn as an indented tree below a line about the whole. What is most
 * asked for has short labels, what the application set itself has its own keys, and of
 * what instrumentations write by conventions the rest is left out.
 */
final class TraceTree {

	private static final int NAME_LENGTH = 100;

	private static final int SQL_LENGTH = 80;

	private static final int ERROR_LENGTH = 160;

	private static final int VALUE_LENGTH = 60;

	/** The instrumentation scope of the spans that Boot's observations become. */
	private static final String BOOT_SCOPE = "org.springframework.boot";

	/** Attributes that have a place and a label of their own, or repeat one that has. */
	private static final Set<String> PLACED = Stream
		.of(KosmosAttributes.AGENT_NAME, KosmosAttributes.TENANT_ID, KosmosAttributes.USER_ID,
				KosmosAttributes.CONVERSATION_ID, KosmosAttributes.REQUEST_ID, KosmosAttributes.LLM_PROVIDER,
				KosmosAttributes.LLM_MODEL, KosmosAttributes.LLM_CALLS, KosmosAttributes.TOOL_CALLS,
				KosmosAttributes.LLM_PROMPT_TOKENS, KosmosAttributes.LLM_COMPLETION_TOKENS,
				KosmosAttributes.LLM_TOTAL_TOKENS, KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED,
				KosmosAttributes.LLM_CACHED_TOKENS, KosmosAttributes.LLM_REASONING_TOKENS, KosmosAttributes.LLM_COST,
				KosmosAttributes.LLM_COST_AGGREGATED, KosmosAttributes.LLM_COST_CURRENCY,
				KosmosAttributes.LLM_STREAMING, KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK, KosmosAttributes.LLM_CHUNKS,
				KosmosAttributes.LLM_FINISH_REASON, KosmosAttributes.TOOL_CALL_ID)
		.map(AttributeKey::getKey)
		.collect(Collectors.toUnmodifiableSet());

	/**
	 * What instrumentations write, by the OpenTelemetry conventions of today and of
	 * before, and is too much for a line.
	 */
	private static final Pattern CONVENTIONAL = Pattern.compile("(gen_ai|url|server|network|net|user_agent|thread|code)"
			+ "\\..+|user\\.id|error\\.type|client\\.(address|port|name)|peer\\.service"
			+ "|http\\.(method|url|target|route|scheme|flavor|host|status_code|(request|response)\\..+)"
			+ "|db\\.(system|namespace|name|user|statement|operation|collection|query|connection_string|sql"
			+ "|stored_procedure|response)(\\..+)?");

	/** What Boot's observations of HTTP write beside these. */
	private static final Set<String> OBSERVED = Set.of("exception", "method", "outcome", "status", "uri");

	private static final Set<String> OWN_EVENTS = Set.of("exception", KosmosAttributes.EVENT_LLM_COMPLETION,
			KosmosAttributes.EVENT_PIPELINE_STARTED, KosmosAttributes.EVENT_PIPELINE_COMPLETED);

	private static final AttributeKey<String> USER_ID = AttributeKey.stringKey("user.id");

	private static final AttributeKey<String> STATUS = AttributeKey.stringKey("status");

	private static final AttributeKey<Long> STATUS_CODE = AttributeKey.longKey("http.response.status_code");

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
		tree.branches(top, "", Map.of());
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

	private void branches(List<SpanData> siblings, String indent, Map<String, String> above) {
		for (int i = 0; i < siblings.size(); i++) {
			SpanData span = siblings.get(i);
			boolean last = i == siblings.size() - 1;
			this.text.append(indent).append((last) ? "└─ " : "├─ ");
			Map<String, String> known = new HashMap<>(above);
			span(span, indent.isEmpty(), known);
			branches(this.children.getOrDefault(span.getSpanId(), List.of()), indent + ((last) ? "   " : "│  "), known);
		}
	}

	private void span(SpanData span, boolean top, Map<String, String> known) {
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
		unlessKnown("agent=", first(attributes, KosmosAttributes.AGENT_NAME, GenAiAttributes.AGENT_NAME), span, known);
		unlessKnown("tenant=", attributes.get(KosmosAttributes.TENANT_ID), span, known);
		unlessKnown("user=", first(attributes, KosmosAttributes.USER_ID, USER_ID), span, known);
		unlessKnown("conversation=",
				first(attributes, KosmosAttributes.CONVERSATION_ID, GenAiAttributes.CONVERSATION_ID), span, known);
		unlessKnown("request=", attributes.get(KosmosAttributes.REQUEST_ID), span, known);
		model(span, attributes);
		append("status=", status(span), NAME_LENGTH);
		append("sql=", first(attributes, DB_QUERY_TEXT, DB_STATEMENT, DB_QUERY_SUMMARY), SQL_LENGTH);
		others(span);
		long events = span.getTotalRecordedEvents()
				- span.getEvents().stream().filter((event) -> OWN_EVENTS.contains(event.getName())).count();
		if (events > 0) {
			this.text.append("  events=").append(events);
		}
		List<EventData> exceptions = span.getEvents()
			.stream()
			.filter((event) -> "exception".equals(event.getName()))
			.toList();
		error(span,
				(exceptions.isEmpty()) ? Attributes.empty() : exceptions.get(exceptions.size() - 1).getAttributes());
		this.text.append('\n');
	}

	/**
	 * What is the same for all that is below a span is told once.
	 */
	private void unlessKnown(String label, @Nullable String value, SpanData span, Map<String, String> known) {
		if (value != null && !value.equals(known.put(label, value))) {
			unlessNamed(label, value, span);
		}
	}

	private void unlessNamed(String label, @Nullable String value, SpanData span) {
		if (value != null && !span.getName().endsWith(" " + value)) {
			append(label, value, NAME_LENGTH);
		}
	}

	private void model(SpanData span, Attributes attributes) {
		unlessNamed("model=", first(attributes, GenAiAttributes.RESPONSE_MODEL, GenAiAttributes.REQUEST_MODEL,
				KosmosAttributes.LLM_MODEL), span);
		append("provider=", first(attributes, KosmosAttributes.LLM_PROVIDER, GenAiAttributes.PROVIDER_NAME),
				NAME_LENGTH);
		append("calls=", attributes.get(KosmosAttributes.LLM_CALLS));
		append("tools=", attributes.get(KosmosAttributes.TOOL_CALLS));
		Long input = first(attributes, GenAiAttributes.USAGE_INPUT_TOKENS, KosmosAttributes.LLM_PROMPT_TOKENS);
		Long output = first(attributes, GenAiAttributes.USAGE_OUTPUT_TOKENS, KosmosAttributes.LLM_COMPLETION_TOKENS);
		if (input != null || output != null) {
			append("tokens=", ((input != null) ? input : "?") + "/" + ((output != null) ? output : "?"));
		}
		else {
			append("tokens=",
					first(attributes, KosmosAttributes.LLM_TOTAL_TOKENS, KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED));
		}
		append("cached=",
				first(attributes, GenAiAttributes.USAGE_CACHE_READ_INPUT_TOKENS, KosmosAttributes.LLM_CACHED_TOKENS));
		append("reasoning=", first(attributes, GenAiAttributes.USAGE_REASONING_OUTPUT_TOKENS,
				KosmosAttributes.LLM_REASONING_TOKENS));
		Double cost = first(attributes, KosmosAttributes.LLM_COST, KosmosAttributes.LLM_COST_AGGREGATED);
		String currency = attributes.get(KosmosAttributes.LLM_COST_CURRENCY);
		if (cost != null) {
			append("cost=", ConsoleText.number(cost) + ((currency != null) ? " " + currency : ""));
		}
		Double firstChunk = first(attributes, KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK,
				GenAiAttributes.RESPONSE_TIME_TO_FIRST_CHUNK);
		if (firstChunk != null) {
			append("first_chunk=", ConsoleText.duration((long) (firstChunk * 1e9)));
		}
		append("chunks=", attributes.get(KosmosAttributes.LLM_CHUNKS));
		List<String> finish = attributes.get(GenAiAttributes.RESPONSE_FINISH_REASONS);
		append("finish=",
				(finish != null) ? String.join(",", finish) : attributes.get(KosmosAttributes.LLM_FINISH_REASON));
	}

	private static @Nullable String status(SpanData span) {
		Long code = span.getAttributes().get(STATUS_CODE);
		if (code != null) {
			return code.toString();
		}
		return (isObserved(span)) ? span.getAttributes().get(STATUS) : null;
	}

	private static boolean isObserved(SpanData span) {
		return BOOT_SCOPE.equals(span.getInstrumentationScopeInfo().getName());
	}

	/**
	 * What else the application, or we for it, wrote on the span, without our prefix.
	 */
	private void others(SpanData span) {
		span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.filter((attribute) -> !isTold(attribute.getKey().getKey(), attribute.getValue(), span))
			.map((attribute) -> ConsoleText.shortened(attribute.getKey().getKey().replaceFirst("^kosmos\\.", ""),
					NAME_LENGTH) + "=" + ConsoleText.shortened(text(attribute.getValue()), VALUE_LENGTH))
			.sorted()
			.forEach((attribute) -> this.text.append("  ").append(attribute));
	}

	private static boolean isTold(String key, Object value, SpanData span) {
		return PLACED.contains(key) || CONVENTIONAL.matcher(key).matches()
				|| (isObserved(span) && OBSERVED.contains(key))
				|| (key.startsWith("kosmos.") && key.endsWith(".name") && span.getName().endsWith(" " + value));
	}

	private static String text(Object value) {
		if (value instanceof Double number) {
			return ConsoleText.number(number);
		}
		return (value instanceof Value<?> structured) ? structured.asString() : value.toString();
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

	private void append(String label, @Nullable Object value) {
		append(label, (value != null) ? value.toString() : null, VALUE_LENGTH);
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
