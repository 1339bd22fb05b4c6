package io.kosmos.tracing.autoconfigure.sampling;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.sampling.Decisions.By;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Base;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Caller;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Caller.Choice;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The sampler of the application: the rules, what decides where none matches, which an
 * operator may change at any time, and around both the decisions of parents. Decisions
 * are counted over all changes. Thread-safe.
 * <p>
 * Whether it follows parents is told by its description, and no change alters it.
 */
final class SwitchableSampler implements Sampler, AutoCloseable {

	/** That of Jaeger's clients while they know nothing yet. */
	private static final Rates UNTIL_JAEGER_ANSWERS = new Rates(0.001, null);

	private static final String CONFIGURED = "configured";

	private final SamplingProperties properties;

	private final Sources sources;

	private final TracingFailures failures;

	private final LongSupplier nanoTime;

	private final Decisions decisions;

	private final List<SamplingRule> rules;

	private final LongAdder decidedForCallers = new LongAdder();

	private final boolean parentBased;

	private final @Nullable TokenBucket callerLimit;

	private final long secret = new SecureRandom().nextLong();

	private final Chosen configured;

	private volatile Active active;

	/**
	 * Create the sampler.
	 * @param properties what it is told
	 * @param fallback what decides where the properties do not say it
	 * @param serviceName name of this service
	 * @param sources makes the samplers whose strategies come from outside
	 * @param failures where failures of samplers are recorded
	 * @param nanoTime clock of the limits, {@link System#nanoTime()} outside of tests
	 */
	SwitchableSampler(SamplingProperties properties, Fallback fallback, String serviceName, Sources sources,
			TracingFailures failures, LongSupplier nanoTime) {
		this.properties = properties;
		this.sources = sources;
		this.failures = failures;
		this.nanoTime = nanoTime;
		this.decisions = new Decisions();
		this.rules = properties.rules()
			.stream()
			.map((rule) -> new SamplingRule(rule, serviceName, this.decisions, nanoTime))
			.toList();
		Base base = properties.base();
		boolean fallbackAlone = base == null && this.rules.isEmpty() && properties.caller().equals(Caller.FOLLOWED);
		this.parentBased = properties.parentBased() && (!fallbackAlone || fallback.parentBased());
		Double callerLimit = properties.caller().rateLimit();
		this.callerLimit = (callerLimit != null) ? new TokenBucket(callerLimit, nanoTime) : null;
		this.configured = (base != null) ? new Chosen(base, properties.probability(), properties.rateLimit())
				: new Chosen(fallback.base(), fallback.rates());
		this.active = activate(this.configured);
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		try {
			return this.active.sampler().shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
		}
		catch (RuntimeException ex) {
			this.failures.record("the sampler", ex);
			return SamplingResult.drop();
		}
	}

	/**
	 * Change what decides where no rule does. What decides already goes on as it is.
	 * @param value the text that an operator gave
	 * @return what decided before
	 * @throws IllegalArgumentException if the value is not allowed; nothing has changed
	 */
	synchronized String change(String value) {
		Active before = this.active;
		Chosen chosen = choose(value.strip());
		if (!chosen.written().equals(before.written())) {
			this.active = tryActivate(chosen);
			close(before);
		}
		return before.written();
	}

	private Chosen choose(String value) {
		if (value.equals(CONFIGURED)) {
			return this.configured;
		}
		for (Base base : List.of(Base.ALWAYS, Base.NEVER, Base.STRATEGIES, Base.REMOTE)) {
			if (value.equals(base.toString())) {
				return new Chosen(base, this.properties.probability(), this.properties.rateLimit());
			}
		}
		Rates rates = Rates.parse(value);
		if (rates != null) {
			return new Chosen(Base.PROBABILITY, rates);
		}
		throw new IllegalArgumentException("The value must be always, never, strategies, remote, configured, "
				+ Rates.ALLOWED + ", not '" + value + "'.");
	}

	private Active tryActivate(Chosen chosen) {
		if (chosen.base() == Base.STRATEGIES && this.properties.strategies().file() == null) {
			throw new IllegalArgumentException("For strategies, kosmos.tracing.sampling.strategies.file must be set.");
		}
		try {
			return activate(chosen);
		}
		catch (InvalidConfigurationPropertyValueException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	private Active activate(Chosen chosen) {
		Rates rates = chosen.rates();
		return switch (chosen.base()) {
			case ALWAYS -> active(chosen, new CountedSampler(Sampler.alwaysOn(), By.ALWAYS, this.decisions), null);
			case NEVER -> active(chosen, new CountedSampler(Sampler.alwaysOff(), By.NEVER, this.decisions), null);
			case PROBABILITY, RATE_LIMIT ->
				active(chosen, rates.sampler(this.decisions, By.PROBABILITY, By.RATE_LIMIT, this.nanoTime), null);
			case STRATEGIES -> {
				StrategySource source = this.sources.strategies().get();
				yield active(chosen, new CountedSampler(source, By.STRATEGIES, this.decisions), source);
			}
			case REMOTE -> {
				Rates initial = (rates.equals(Rates.NONE)) ? UNTIL_JAEGER_ANSWERS : rates;
				StrategySource source = this.sources.remote()
					.apply(initial.sampler(new Decisions(), By.REMOTE, By.REMOTE, this.nanoTime));
				yield active(chosen, new CountedSampler(source, By.REMOTE, this.decisions), source);
			}
		};
	}

	private Active active(Chosen chosen, Sampler otherwise, @Nullable StrategySource source) {
		Sampler root = (this.rules.isEmpty()) ? otherwise : new RuleSampler(this.rules, otherwise);
		return new Active(chosen.written(), (this.parentBased) ? parentBased(root) : root, Instant.now(), source);
	}

	private Sampler parentBased(Sampler root) {
		Caller caller = this.properties.caller();
		Sampler sampled = new CountedSampler(Sampler.alwaysOn(), By.CALLER, this.decisions);
		if (caller.sampled() == Choice.DECIDE || this.callerLimit != null) {
			sampled = new CallerSampler(root, sampled, this.callerLimit, this.secret, this.decidedForCallers);
		}
		Sampler unsampled = new CountedSampler(Sampler.alwaysOff(), By.CALLER, this.decisions);
		if (caller.unsampled() == Choice.DECIDE) {
			unsampled = new CallerSampler(root, unsampled, null, this.secret, this.decidedForCallers);
		}
		return Sampler.parentBasedBuilder(root)
			.setRemoteParentSampled(sampled)
			.setRemoteParentNotSampled(unsampled)
			.build();
	}

	/**
	 * Change how much a rule records.
	 * @param value the text that an operator gave: the name of the rule, and the rates
	 * @return the rule, and its rates before and after
	 * @throws IllegalArgumentException if the value is not allowed; nothing has changed
	 */
	synchronized Map<String, Object> changeRule(String value) {
		String text = value.strip();
		int space = text.lastIndexOf(' ');
		String name = text.substring(0, Math.max(space, 0)).strip();
		SamplingRule rule = this.rules.stream()
			.filter((candidate) -> candidate.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("The value must be the name of a rule, which is one of "
					+ this.rules.stream().map(SamplingRule::name).toList() + ", a space, and configured or rates, not '"
					+ value + "'."));
		String written = text.substring(space + 1);
		Rates rates = written.equals(CONFIGURED) ? rule.configured() : Rates.parse(written);
		if (rates == null) {
			throw new IllegalArgumentException(
					"After the name there must be configured, " + Rates.ALLOWED + ", not '" + written + "'.");
		}
		Map<String, Object> result = new LinkedHashMap<>();
		result.put("rule", name);
		result.put("was", rule.rates().toString());
		rule.change(rates);
		result.put("is", rule.rates().toString());
		return result;
	}

	/**
	 * What decides where no rule does.
	 */
	String written() {
		return this.active.written();
	}

	/**
	 * Return what the actuator shows.
	 */
	Map<String, Object> state() {
		Active now = this.active;
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("sampler", now.written());
		state.put("configured", this.configured.written());
		state.put("since", now.since().toString());
		state.put("description", getDescription());
		state.put("rules", this.rules.stream().map(SamplingRule::state).toList());
		state.put("caller", caller());
		state.put("decisions", this.decisions.read());
		if (now.source() != null) {
			state.put("source", now.source().state());
		}
		return state;
	}

	private Map<String, Object> caller() {
		Caller caller = this.properties.caller();
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("sampled", caller.sampled().toString());
		state.put("unsampled", caller.unsampled().toString());
		if (caller.rateLimit() != null) {
			state.put("rateLimit", caller.rateLimit());
		}
		state.put("decidedHere", this.decidedForCallers.sum());
		return state;
	}

	@Override
	public String getDescription() {
		return this.active.sampler().getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

	@Override
	public synchronized void close() {
		close(this.active);
	}

	private static void close(Active active) {
		if (active.source() != null) {
			active.source().close();
		}
	}

	/**
	 * What decides where the properties do not say it.
	 *
	 * @param base what decides
	 * @param rates its rates
	 * @param parentBased whether it follows parents
	 */
	record Fallback(Base base, Rates rates, boolean parentBased) {

	}

	/**
	 * Makes the samplers whose strategies come from outside.
	 *
	 * @param strategies by Jaeger's strategies file
	 * @param remote by Jaeger, with what decides until it answers
	 */
	record Sources(Supplier<StrategySource> strategies, Function<Sampler, StrategySource> remote) {

	}

	/**
	 * What is to decide.
	 */
	private record Chosen(Base base, Rates rates) {

		Chosen(Base base, @Nullable Double probability, @Nullable Double rateLimit) {
			this(base, new Rates(probability, rateLimit));
		}

		String written() {
			return (this.base == Base.PROBABILITY || this.base == Base.RATE_LIMIT) ? this.rates.toString()
					: this.base.toString();
		}

	}

	private record Active(String written, Sampler sampler, Instant since, @Nullable StrategySource source) {

	}

}
