package io.kosmos.tracing.autoconfigure.sampling;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Remote;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Decides by what Jaeger answers, and until it does by another sampler. Jaeger is asked
 * on a thread of its own, at once and then each interval, 10 % more or less, so that the
 * instances of a service do not all come together; after a failure earlier, after one
 * second first. When Jaeger is gone, or its answer is wrong, the last good one counts,
 * which is said once, as is its return.
 */
final class RemoteStrategies implements StrategySource {

	private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

	private static final double JITTER = 0.1;

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final SamplingClient client;

	private final Duration interval;

	private final Sampler initial;

	private final LongSupplier nanoTime;

	private final Poll poll;

	private volatile @Nullable StrategySampler answered;

	private volatile @Nullable Instant changed;

	private volatile @Nullable Instant answeredAt;

	private volatile @Nullable Problem problem;

	private volatile boolean closed;

	private int failures;

	/**
	 * Begin to ask.
	 * @param properties whom to ask, and how
	 * @param serviceName the service to ask for
	 * @param initial what decides until there is an answer
	 * @throws InvalidConfigurationPropertyValueException if a property makes no sense
	 */
	RemoteStrategies(Remote properties, String serviceName, Sampler initial) {
		this(properties, serviceName, initial, System::nanoTime);
	}

	RemoteStrategies(Remote properties, String serviceName, Sampler initial, LongSupplier nanoTime) {
		this.client = new SamplingClient(properties, serviceName);
		this.interval = properties.interval();
		this.initial = initial;
		this.nanoTime = nanoTime;
		this.poll = new Poll("kosmos-remote-sampling", Duration.ZERO, this::ask);
	}

	private Duration ask() {
		try {
			ServiceStrategies strategies = this.client.ask();
			this.failures = 0;
			this.answeredAt = Instant.now();
			StrategySampler before = this.answered;
			if (before == null || !before.strategies().equals(strategies)) {
				this.answered = new StrategySampler(strategies, before, this.nanoTime);
				this.changed = this.answeredAt;
			}
			if (this.problem != null) {
				this.problem = null;
				logger.info("Jaeger's remote sampling at " + this.client.displayName() + " answers again. "
						+ "Sampling goes by it: " + getDescription());
			}
			return jitter(this.interval);
		}
		catch (InvalidStrategiesException ex) {
			note("It does not give strategies: " + ex.getMessage(), true);
		}
		catch (IOException ex) {
			note(describe(ex), false);
		}
		catch (RuntimeException ex) {
			note(ex.getClass().getSimpleName(), false);
		}
		this.failures++;
		Duration retry = FIRST_RETRY.multipliedBy(1L << Math.min(this.failures - 1, 20));
		return jitter((retry.compareTo(this.interval) < 0) ? retry : this.interval);
	}

	private static Duration jitter(Duration interval) {
		double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
		return Duration.ofMillis(Math.max(1, (long) (interval.toMillis() * factor)));
	}

	private static String describe(IOException failure) {
		String message = failure.getMessage();
		return InvalidStrategiesException
			.clean((message != null && !message.isBlank()) ? message : failure.getClass().getSimpleName());
	}

	/**
	 * Keep a problem. It is said when it begins, or begins to be of the other kind.
	 */
	private void note(String message, boolean isAnswer) {
		if (this.closed) {
			return;
		}
		Problem before = this.problem;
		if (before != null && before.isAnswer() == isAnswer) {
			this.problem = new Problem(message, isAnswer, before.since());
		}
		else {
			this.problem = new Problem(message, isAnswer, Instant.now());
			logger.warn("Jaeger's remote sampling at " + this.client.displayName() + " is not available. " + message
					+ " Until it is, sampling goes by " + getDescription());
		}
	}

	private Sampler current() {
		Sampler current = this.answered;
		return (current != null) ? current : this.initial;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		return current().shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
	}

	@Override
	public Map<String, Object> state() {
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("endpoint", this.client.displayName());
		putIfKnown(state, "answered", this.answeredAt);
		putIfKnown(state, "changed", this.changed);
		StrategySampler now = this.answered;
		if (now != null) {
			state.put("strategies", now.strategies().describe());
		}
		else {
			state.put("initial", this.initial.getDescription());
		}
		Problem last = this.problem;
		if (last != null) {
			state.put("problem", last.message());
			state.put("problemSince", last.since());
		}
		return state;
	}

	private static void putIfKnown(Map<String, Object> state, String name, @Nullable Object value) {
		if (value != null) {
			state.put(name, value);
		}
	}

	@Override
	public String getDescription() {
		return current().getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

	@Override
	public void close() {
		this.closed = true;
		this.client.close();
		this.poll.close();
	}

	private record Problem(String message, boolean isAnswer, Instant since) {

	}

}
