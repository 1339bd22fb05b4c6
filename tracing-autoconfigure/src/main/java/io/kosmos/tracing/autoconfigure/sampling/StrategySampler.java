package io.kosmos.tracing.autoconfigure.sampling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

import io.kosmos.tracing.autoconfigure.sampling.Strategy.Type;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

/**
 * Decides by {@link ServiceStrategies} about traces begun here: by the strategy of the
 * operation, which is the name of the span at its start or a path of HTTP that it is
 * asked for, else by that of the service. A sampled span gets {@code sampler.type} and
 * {@code sampler.param} as from Jaeger's own clients, by which Jaeger's adaptive sampling
 * knows who listens to it. The lower bound of a probabilistic strategy counts for each
 * operation, for {@value #MAX_OTHERS} of those without a strategy of their own.
 * Thread-safe.
 */
final class StrategySampler implements Sampler {

	/** As many as Jaeger's clients keep apart. */
	static final int MAX_OTHERS = 2000;

	private static final AttributeKey<String> TYPE = AttributeKey.stringKey("sampler.type");

	private static final AttributeKey<Double> PARAM = AttributeKey.doubleKey("sampler.param");

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

	private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");

	private final ServiceStrategies strategies;

	private final LongSupplier nanoTime;

	private final Decision rest;

	private final Map<String, Decision> operations = new HashMap<>();

	private final HttpOperations<Decision> httpOperations = new HttpOperations<>();

	private final Map<String, Decision> others = new ConcurrentHashMap<>();

	private final Semaphore roomForOthers = new Semaphore(MAX_OTHERS);

	/**
	 * Create a sampler.
	 * @param strategies the strategies
	 * @param before the sampler whose place it takes, of which it goes on with what has
	 * been let through where a rate is still the same
	 * @param nanoTime the clock, {@link System#nanoTime()} outside of tests
	 */
	StrategySampler(ServiceStrategies strategies, @Nullable StrategySampler before, LongSupplier nanoTime) {
		this.strategies = strategies;
		this.nanoTime = nanoTime;
		Strategy rest = strategies.rest();
		this.rest = decision(rest.withLowerBound(0), (before != null) ? before.rest : null);
		strategies.operations().forEach((operation, strategy) -> {
			Decision decision = decision(strategy, (before != null) ? before.find(operation) : null);
			this.operations.put(operation, decision);
			this.httpOperations.add(operation, decision);
		});
		if (before != null && rest.lowerBound() > 0) {
			before.others.forEach(this::goOn);
			before.operations.forEach(this::goOn);
		}
	}

	ServiceStrategies strategies() {
		return this.strategies;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		return decision(name, spanKind, attributes).decide(traceId);
	}

	private Decision decision(String name, SpanKind kind, Attributes attributes) {
		if (kind == SpanKind.SERVER && !this.httpOperations.isEmpty()) {
			String method = attributes.get(METHOD);
			String path = attributes.get(PATH);
			Decision found = (method != null && path != null) ? this.httpOperations.find(method, path) : null;
			if (found != null) {
				return found;
			}
		}
		Decision named = this.operations.get(name);
		if (named != null) {
			return named;
		}
		if (this.strategies.rest().lowerBound() == 0) {
			return this.rest;
		}
		Decision other = this.others.get(name);
		return (other != null) ? other : other(name, null);
	}

	/**
	 * Keep what was let through of an operation that has no strategy any more, or has had
	 * none before, unless no span begins with its name.
	 */
	private void goOn(String operation, Decision before) {
		if (!this.operations.containsKey(operation) && !HttpOperations.isMethodAndPath(operation)) {
			other(operation, before);
		}
	}

	private Decision other(String operation, @Nullable Decision before) {
		if (!this.roomForOthers.tryAcquire()) {
			return this.rest;
		}
		Decision added = decision(this.strategies.rest(), before);
		Decision known = this.others.putIfAbsent(operation, added);
		if (known != null) {
			this.roomForOthers.release();
		}
		return (known != null) ? known : added;
	}

	private @Nullable Decision find(String operation) {
		Decision named = this.operations.get(operation);
		return (named != null) ? named : this.others.get(operation);
	}

	private Decision decision(Strategy strategy, @Nullable Decision before) {
		double rate = (strategy.type() == Type.RATE_LIMITING) ? strategy.param() : strategy.lowerBound();
		TokenBucket bucket = null;
		if (strategy.type() == Type.RATE_LIMITING || rate > 0) {
			TokenBucket old = (before != null && before.strategy.type() == strategy.type()) ? before.bucket : null;
			bucket = (old != null && old.perSecond() == rate) ? old : new TokenBucket(rate, this.nanoTime);
		}
		return new Decision(strategy, bucket);
	}

	@Override
	public String getDescription() {
		Strategy rest = this.strategies.rest();
		return "JaegerStrategies{" + rest.type().jaegerName() + "=" + rest.param() + ", operations="
				+ this.operations.size() + "}";
	}

	@Override
	public String toString() {
		return getDescription();
	}

	/**
	 * Decides about one operation, or all that have nothing of their own.
	 */
	private static final class Decision {

		private final Strategy strategy;

		private final @Nullable TokenBucket bucket;

		private final Sampler share;

		private final SamplingResult sampled;

		private final SamplingResult atLeast;

		Decision(Strategy strategy, @Nullable TokenBucket bucket) {
			this.strategy = strategy;
			this.bucket = bucket;
			this.share = Sampler.traceIdRatioBased((strategy.type() == Type.PROBABILISTIC) ? strategy.param() : 0);
			this.sampled = result(strategy.type().jaegerName(), strategy.param());
			// Jaeger tells by the probability which of its answers was followed.
			this.atLeast = (strategy.type() == Type.PROBABILISTIC) ? result("lowerbound", strategy.param())
					: this.sampled;
		}

		private static SamplingResult result(String type, double param) {
			return SamplingResult.create(SamplingDecision.RECORD_AND_SAMPLE, Attributes.of(TYPE, type, PARAM, param));
		}

		SamplingResult decide(String traceId) {
			boolean chosen = this.share
				.shouldSample(Context.root(), traceId, "", SpanKind.INTERNAL, Attributes.empty(), List.of())
				.getDecision() == SamplingDecision.RECORD_AND_SAMPLE;
			// What is chosen counts, so that a busy operation gets nothing on top.
			boolean token = this.bucket != null && this.bucket.tryTake();
			return chosen ? this.sampled : token ? this.atLeast : SamplingResult.drop();
		}

	}

}
