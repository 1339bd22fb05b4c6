package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Which traces are kept once it is known how they went.
 *
 * @param enabled Whether spans are held until the local root of their trace has ended,
 * and only then it is decided which leave.
 * @param probability Share of the traces that is kept although nothing else speaks for
 * them, from 0.0 to 1.0.
 * @param errors Whether traces with an error are always kept.
 * @param slow Duration of the local root from which a trace is always kept.
 * @param cost Cost of all calls of models in one currency from which a trace is always
 * kept.
 * @param tokens Tokens of all calls of models from which a trace is always kept.
 * @param rules Rules by which traces are always kept: one is enough.
 * @param maxWait Time after which a trace is decided although its local root has not
 * ended.
 * @param maxSpans Number of spans that are held at most.
 * @param maxTraces Number of traces that are held at most.
 * @param maxBytes Size of the spans that are held at most.
 * @param decisions Number of traces whose decision is remembered for spans that end
 * later.
 */
@ConfigurationProperties("kosmos.tracing.tail")
public record TailProperties(@DefaultValue("false") boolean enabled, @DefaultValue("0.1") double probability,
		@DefaultValue("true") boolean errors, @Nullable Duration slow, @Nullable Double cost, @Nullable Long tokens,
		@DefaultValue List<Rule> rules, @DefaultValue("1m") Duration maxWait, @DefaultValue("100000") int maxSpans,
		@DefaultValue("20000") int maxTraces, @DefaultValue("64MB") DataSize maxBytes,
		@DefaultValue("50000") int decisions) {

	private static final String PREFIX = "kosmos.tracing.tail.";

	/**
	 * Check the values.
	 */
	public TailProperties {
		if (!(probability >= 0.0 && probability <= 1.0)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "probability", probability,
					"It must be from 0.0 to 1.0.");
		}
		Allowed.positive(PREFIX + "slow", slow);
		if (cost != null && !(cost > 0 && cost < Double.POSITIVE_INFINITY)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "cost", cost, "It must be more than 0.");
		}
		if (tokens != null && tokens < 1) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "tokens", tokens, "It must be at least 1.");
		}
		Allowed.positive(PREFIX + "max-wait", maxWait, Duration.ofHours(1), "1 hour");
		Allowed.positive(PREFIX + "max-spans", maxSpans);
		Allowed.positive(PREFIX + "max-traces", maxTraces);
		Allowed.size(PREFIX + "max-bytes", maxBytes, DataSize.ofKilobytes(64), "64KB");
		Allowed.positive(PREFIX + "decisions", decisions);
		check(rules);
	}

	private static void check(List<Rule> rules) {
		Set<String> names = new HashSet<>();
		for (int i = 0; i < rules.size(); i++) {
			Rule rule = rules.get(i);
			String key = PREFIX + "rules[" + i + "]";
			if (rule.name() == null || rule.name().isBlank() || !names.add(rule.name())) {
				throw new InvalidConfigurationPropertyValueException(key + ".name", rule.name(),
						"It must be a name that no other rule has.");
			}
			if (rule.spanName() == null && rule.kind() == null && rule.agent() == null && rule.tenant() == null
					&& rule.slow() == null && rule.attributes().isEmpty()) {
				throw new InvalidConfigurationPropertyValueException(key, rule.name(),
						"It must say which spans it is for: span-name, kind, agent, tenant, attributes or slow.");
			}
			Allowed.positive(key + ".slow", rule.slow());
		}
	}

	/**
	 * A rule. It matches a trace of which one span satisfies all that is set.
	 *
	 * @param name Name of the rule in kosmos.sampling.reason and in the actuator.
	 * @param spanName Pattern of the name of the span.
	 * @param kind Kind of the span.
	 * @param agent Pattern of the name of the agent.
	 * @param tenant Pattern of the tenant.
	 * @param attributes Patterns of the values of attributes, by key.
	 * @param slow Duration of the span from which it matches.
	 */
	public record Rule(@Nullable String name, @Nullable String spanName, @Nullable SpanKind kind,
			@Nullable String agent, @Nullable String tenant, @DefaultValue Map<String, String> attributes,
			@Nullable Duration slow) {

	}

}
