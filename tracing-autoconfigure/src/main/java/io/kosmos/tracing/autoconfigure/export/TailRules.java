package io.kosmos.tracing.autoconfigure.export;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.autoconfigure.export.TailProperties.Rule;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import org.jspecify.annotations.Nullable;

/**
 * Says why spans of one trace are kept, if they are. The probability is a function of the
 * trace id, the same as that of the SDK's sampler, so that services with the same
 * probability keep the same traces. Thread-safe.
 */
final class TailRules {

	static final String ERROR = "error";

	static final String SLOW = "slow";

	static final String COST = "cost";

	static final String TOKENS = "tokens";

	static final String RULE = "rule:";

	static final String PROBABILITY = "probability";

	/**
	 * What models do not do, by the values of {@code gen_ai.operation.name}; besides them
	 * those of a memory.
	 */
	private static final Set<String> OTHER_OPERATIONS = Set.of("create_agent", "invoke_agent", "invoke_workflow",
			"invoke_node", "execute_tool", "retrieval", "plan");

	private final TailProperties properties;

	private final Sampler sampler;

	TailRules(TailProperties properties) {
		this.properties = properties;
		this.sampler = Sampler.traceIdRatioBased(properties.probability());
	}

	/**
	 * Return why spans are kept.
	 * @param spans spans of one trace, at least one
	 * @param root the local root, {@code null} if it has not ended: the time from the
	 * first start to the last end stands for it, or that for which it was waited if that
	 * is longer
	 * @param waitedNanos for how long the root was waited for
	 * @return the first reason, or {@code null} if there is none
	 */
	@Nullable String reason(List<SpanData> spans, @Nullable SpanData root, long waitedNanos) {
		if (this.properties.errors() && spans.stream().anyMatch(TailRules::isError)) {
			return ERROR;
		}
		if (this.properties.slow() != null && nanos(spans, root, waitedNanos) >= this.properties.slow().toNanos()) {
			return SLOW;
		}
		String usage = (this.properties.cost() != null || this.properties.tokens() != null) ? usage(spans) : null;
		if (usage != null) {
			return usage;
		}
		for (Rule rule : this.properties.rules()) {
			if (spans.stream().anyMatch((span) -> matches(rule, span))) {
				return RULE + rule.name();
			}
		}
		return sampled(spans.get(0).getTraceId()) ? PROBABILITY : null;
	}

	static boolean isError(SpanData span) {
		return span.getStatus().getStatusCode() == StatusCode.ERROR;
	}

	private boolean sampled(String traceId) {
		return this.sampler.shouldSample(Context.root(), traceId, "", SpanKind.INTERNAL, Attributes.empty(), List.of())
			.getDecision() == SamplingDecision.RECORD_AND_SAMPLE;
	}

	private static long nanos(List<SpanData> spans, @Nullable SpanData root, long waitedNanos) {
		if (root != null) {
			return nanos(root);
		}
		long start = Long.MAX_VALUE;
		long end = Long.MIN_VALUE;
		for (SpanData span : spans) {
			start = Math.min(start, span.getStartEpochNanos());
			end = Math.max(end, span.getEndEpochNanos());
		}
		return Math.max(end - start, waitedNanos);
	}

	private static long nanos(SpanData span) {
		return span.getEndEpochNanos() - span.getStartEpochNanos();
	}

	/**
	 * Sum up what calls of models used, as the sums on agents and workflows do: where a
	 * call makes one of the same kind, with no other operation between, as a gateway
	 * does, the inner one counts if it knows.
	 */
	private @Nullable String usage(List<SpanData> spans) {
		Map<String, SpanData> byId = new HashMap<>();
		spans.forEach((span) -> byId.put(span.getSpanId(), span));
		Set<String> costKnownBelow = new HashSet<>();
		Set<String> tokensKnownBelow = new HashSet<>();
		for (SpanData span : spans) {
			if (isCall(span)) {
				mark(span, cost(span) != null, costKnownBelow, byId);
				mark(span, tokens(span) != null, tokensKnownBelow, byId);
			}
		}
		Map<String, Double> costs = new HashMap<>();
		long tokens = 0;
		for (SpanData span : spans) {
			if (!isCall(span)) {
				continue;
			}
			Double cost = cost(span);
			if (cost != null && !costKnownBelow.contains(span.getSpanId())) {
				String currency = span.getAttributes().get(KosmosAttributes.LLM_COST_CURRENCY);
				costs.merge((currency != null) ? currency : "USD", cost, Double::sum);
			}
			Long used = tokens(span);
			if (used != null && !tokensKnownBelow.contains(span.getSpanId())) {
				tokens += used;
			}
		}
		Double maxCost = this.properties.cost();
		if (maxCost != null && costs.values().stream().anyMatch((cost) -> cost >= maxCost)) {
			return COST;
		}
		return (this.properties.tokens() != null && tokens >= this.properties.tokens()) ? TOKENS : null;
	}

	private static void mark(SpanData call, boolean known, Set<String> knownBelow, Map<String, SpanData> spans) {
		if (!known) {
			return;
		}
		SpanData outer = operationAbove(call, spans);
		while (outer != null && isCall(outer) && isEmbedding(outer) == isEmbedding(call)
				&& knownBelow.add(outer.getSpanId())) {
			outer = operationAbove(outer, spans);
		}
	}

	private static @Nullable SpanData operationAbove(SpanData span, Map<String, SpanData> spans) {
		SpanData above = spans.get(span.getParentSpanId());
		// Ids that form a ring end the search too.
		for (int i = 0; above != null && !isOperation(above); i++) {
			above = (i < spans.size()) ? spans.get(above.getParentSpanId()) : null;
		}
		return above;
	}

	private static boolean isOperation(SpanData span) {
		Attributes attributes = span.getAttributes();
		return attributes.get(GenAiAttributes.OPERATION_NAME) != null
				|| attributes.get(KosmosAttributes.POLICY_NAME) != null || isCall(span);
	}

	/**
	 * Return whether a span is a call of a model. What does not say which operation it is
	 * counts as one if it has the numbers of one; all else that is not known is a call,
	 * however it is named.
	 */
	private static boolean isCall(SpanData span) {
		String operation = span.getAttributes().get(GenAiAttributes.OPERATION_NAME);
		return (operation != null) ? !OTHER_OPERATIONS.contains(operation) && !operation.contains("memory")
				: cost(span) != null || tokens(span) != null;
	}

	private static boolean isEmbedding(SpanData call) {
		return "embeddings".equals(call.getAttributes().get(GenAiAttributes.OPERATION_NAME));
	}

	private static @Nullable Double cost(SpanData span) {
		return span.getAttributes().get(KosmosAttributes.LLM_COST);
	}

	// What other libraries record has only the names of the conventions.
	private static @Nullable Long tokens(SpanData span) {
		Attributes attributes = span.getAttributes();
		Long total = attributes.get(KosmosAttributes.LLM_TOTAL_TOKENS);
		if (total != null) {
			return total;
		}
		Long input = attributes.get(GenAiAttributes.USAGE_INPUT_TOKENS);
		Long output = attributes.get(GenAiAttributes.USAGE_OUTPUT_TOKENS);
		return (input != null || output != null)
				? Long.valueOf(((input != null) ? input : 0) + ((output != null) ? output : 0)) : null;
	}

	private static boolean matches(Rule rule, SpanData span) {
		if (rule.kind() != null && rule.kind() != span.getKind()
				|| rule.spanName() != null && !Glob.matches(rule.spanName(), span.getName())
				|| rule.slow() != null && nanos(span) < rule.slow().toNanos()) {
			return false;
		}
		Attributes attributes = span.getAttributes();
		if (!matches(rule.agent(), attributes.get(KosmosAttributes.AGENT_NAME))
				|| !matches(rule.tenant(), attributes.get(KosmosAttributes.TENANT_ID))) {
			return false;
		}
		if (rule.attributes().isEmpty()) {
			return true;
		}
		Map<String, Object> values = new HashMap<>();
		for (Map.Entry<AttributeKey<?>, Object> attribute : attributes.asMap().entrySet()) {
			values.put(attribute.getKey().getKey(), attribute.getValue());
		}
		return rule.attributes()
			.entrySet()
			.stream()
			.allMatch((each) -> matches(each.getValue(), values.get(each.getKey())));
	}

	private static boolean matches(@Nullable String pattern, @Nullable Object value) {
		if (pattern == null) {
			return true;
		}
		if (value instanceof Collection<?> values) {
			return values.stream().anyMatch((each) -> matches(pattern, each));
		}
		return value != null && Glob.matches(pattern, value.toString());
	}

}
