package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.autoconfigure.sampling.Decisions.By;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Rule;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

/**
 * A rule at work: it knows which traces it is for, how much of them is recorded, which
 * may be changed at any time, and what there has been. Thread-safe.
 */
final class SamplingRule {

	// See https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/
	private static final AttributeKey<String> URL_PATH = AttributeKey.stringKey("url.path");

	private final Rule rule;

	private final List<Condition> conditions;

	private final Decisions decisions;

	private final LongSupplier nanoTime;

	private final LongAdder matched = new LongAdder();

	private final LongAdder sampled = new LongAdder();

	private volatile Current current;

	SamplingRule(Rule rule, String serviceName, Decisions decisions, LongSupplier nanoTime) {
		this.rule = rule;
		this.conditions = conditions(rule, serviceName);
		this.decisions = decisions;
		this.nanoTime = nanoTime;
		this.current = current(configured());
	}

	private static List<Condition> conditions(Rule rule, String serviceName) {
		List<Condition> conditions = new ArrayList<>();
		if (rule.service() != null) {
			boolean matches = new TextPattern(rule.service()).matches(serviceName);
			conditions.add((context, name, kind, attributes) -> matches);
		}
		if (rule.kind() != null) {
			conditions.add((context, name, kind, attributes) -> kind == rule.kind());
		}
		if (rule.spanName() != null) {
			TextPattern pattern = new TextPattern(rule.spanName());
			conditions.add((context, name, kind, attributes) -> pattern.matches(name));
		}
		if (rule.route() != null) {
			RoutePattern pattern = new RoutePattern(rule.route());
			conditions.add((context, name, kind, attributes) -> {
				String path = attributes.get(URL_PATH);
				return kind == SpanKind.SERVER && path != null && pattern.matches(path);
			});
		}
		if (rule.tenant() != null) {
			TextPattern pattern = new TextPattern(rule.tenant());
			conditions.add((context, name, kind, attributes) -> {
				String tenant = attributes.get(KosmosAttributes.TENANT_ID);
				return matches(pattern, (tenant != null) ? tenant : RequestIds.fromContext(context).tenant());
			});
		}
		if (rule.agent() != null) {
			TextPattern pattern = new TextPattern(rule.agent());
			conditions.add((context, name, kind, attributes) -> {
				String agent = attributes.get(KosmosAttributes.AGENT_NAME);
				return matches(pattern, (agent != null) ? agent : attributes.get(GenAiAttributes.AGENT_NAME));
			});
		}
		rule.attributes().forEach((key, text) -> {
			TextPattern pattern = new TextPattern(text);
			List<AttributeKey<?>> keys = List.of(AttributeKey.stringKey(key), AttributeKey.longKey(key),
					AttributeKey.booleanKey(key), AttributeKey.doubleKey(key));
			conditions.add((context, name, kind, attributes) -> matches(pattern, value(attributes, keys)));
		});
		return List.copyOf(conditions);
	}

	private static boolean matches(TextPattern pattern, @Nullable String value) {
		return value != null && pattern.matches(value);
	}

	private static @Nullable String value(Attributes attributes, List<AttributeKey<?>> keys) {
		for (AttributeKey<?> key : keys) {
			Object value = attributes.get(key);
			if (value != null) {
				return value.toString();
			}
		}
		return null;
	}

	private Current current(Rates rates) {
		return new Current(rates, rates.sampler(this.decisions, By.RULE, By.RULE, this.nanoTime));
	}

	String name() {
		return Objects.requireNonNull(this.rule.name());
	}

	Rates rates() {
		return this.current.rates();
	}

	Rates configured() {
		return new Rates(this.rule.probability(), this.rule.rateLimit());
	}

	void change(Rates rates) {
		if (!rates.equals(rates())) {
			this.current = current(rates);
		}
	}

	boolean matches(Context parentContext, String name, SpanKind kind, Attributes attributes) {
		for (Condition condition : this.conditions) {
			if (!condition.matches(parentContext, name, kind, attributes)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Decide about a trace that matches.
	 */
	SamplingResult decide(Context parentContext, String traceId, String name, SpanKind kind, Attributes attributes,
			List<LinkData> parentLinks) {
		this.matched.increment();
		SamplingResult result = this.current.sampler()
			.shouldSample(parentContext, traceId, name, kind, attributes, parentLinks);
		if (result.getDecision() != SamplingDecision.DROP) {
			this.sampled.increment();
		}
		return result;
	}

	/**
	 * Return what the actuator shows.
	 */
	Map<String, Object> state() {
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("name", name());
		state.putAll(this.rule.written());
		Stream.of("probability", "rateLimit").forEach(state::remove);
		state.put("rate", rates().toString());
		state.put("configured", configured().toString());
		state.put("matched", this.matched.sum());
		state.put("sampled", this.sampled.sum());
		return state;
	}

	private record Current(Rates rates, CountedSampler sampler) {

	}

	@FunctionalInterface
	private interface Condition {

		boolean matches(Context parentContext, String name, SpanKind kind, Attributes attributes);

	}

}
