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

import org.springframework.util.PatternMatchUtils;

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
	 * first start to the last end stands for it
	 * @return the first reason, or {@code null} if there is none
	 */
	@Nullable String reason(List<SpanData> spans, @Nullable SpanData root) {
		if (this.properties.errors()
				&& spans.stream().anyMatch((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)) {
			return ERROR;
		}
		if (this.properties.slow() != null && nanos(spans, root) >= this.properties.slow().toNanos()) {
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

	private boolean sampled(String traceId) {
		return this.sampler.shouldSample(Context.root(), traceId, "", SpanKind.INTERNAL, Attributes.empty(), List.of())
			.getDecision() == SamplingDecision.RECORD_AND_SAMPLE;
	}

	private static long nanos(List<SpanData> spans, @Nullable SpanData root) {
		if (root != null) {
			return nanos(root);
		}
		long start = Long.MAX_VALUE;
		long end = Long.MIN_VALUE;
		for (SpanData span : spans) {
			start = Math.min(start, span.getStartEpochNanos());
			end = Math.max(end, span.getEndEpochNanos());
		}
		return end - start;
	}

	private static long nanos(SpanData span) {
		return span.getEndEpochNanos() - span.getStartEpochNanos();
	}

	/**
	 * Sum up what calls of models used. Of calls within a call, such as those that a
	 * gateway makes, the innermost ones count, and sums on agents do not.
	 */
	private @Nullable String usage(List<SpanData> spans) {
		Map<String, SpanData> calls = new HashMap<>();
		for (SpanData span : spans) {
			if (span.getAttributes().get(KosmosAttributes.LLM_COST) != null || tokens(span) != null) {
				calls.put(span.getSpanId(), span);
			}
		}
		if (calls.isEmpty()) {
			return null;
		}
		Set<String> outer = (calls.size() > 1) ? ancestors(calls.values(), spans) : Set.of();
		Map<String, Double> costs = new HashMap<>();
		long tokens = 0;
		for (SpanData call : calls.values()) {
			if (!outer.contains(call.getSpanId())) {
				Double cost = call.getAttributes().get(KosmosAttributes.LLM_COST);
				if (cost != null) {
					String currency = call.getAttributes().get(KosmosAttributes.LLM_COST_CURRENCY);
					costs.merge((currency != null) ? currency : "", cost, Double::sum);
				}
				Long used = tokens(call);
				tokens += (used != null) ? used : 0;
			}
		}
		Double maxCost = this.properties.cost();
		if (maxCost != null && costs.values().stream().anyMatch((cost) -> cost >= maxCost)) {
			return COST;
		}
		return (this.properties.tokens() != null && tokens >= this.properties.tokens()) ? TOKENS : null;
	}

	private static Set<String> ancestors(Collection<SpanData> calls, List<SpanData> spans) {
		Map<String, String> parents = new HashMap<>();
		spans.forEach((span) -> parents.put(span.getSpanId(), span.getParentSpanId()));
		Set<String> ancestors = new HashSet<>();
		for (SpanData call : calls) {
			String ancestor = parents.get(call.getSpanId());
			while (ancestor != null && ancestors.add(ancestor)) {
				ancestor = parents.get(ancestor);
			}
		}
		return ancestors;
	}

	// Agents and workflows have their sums in attributes of their own; what other
	// libraries record has only the names of the conventions.
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
				|| rule.spanName() != null && !PatternMatchUtils.simpleMatch(rule.spanName(), span.getName())
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
		return value != null && PatternMatchUtils.simpleMatch(pattern, value.toString());
	}

}
