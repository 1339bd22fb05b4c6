package io.kosmos.tracing.autoconfigure.span;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.TokenUsage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * {@link OperationMeters} over Micrometer. A call of a model that wraps another one is
 * measured by none of its meters: the innermost call counts. Durations are timers and not
 * summaries of seconds, since Micrometer rounds each value up to a whole number before it
 * looks for the bucket: nanoseconds lose nothing by that, and tokens are whole. Durations
 * are exported in the time unit of the registry, see {@link OperationMeter}. Thread-safe.
 */
final class MicrometerOperationMeters implements OperationMeters {

	private final MeterRegistry registry;

	private final OperationMeter cost;

	private final TagValues tagValues;

	private final Map<Series, Consumer<Number>> meters = new ConcurrentHashMap<>();

	/**
	 * Create the meters.
	 * @param registry where they are registered when they are first needed
	 * @param properties which of them, and how many values a tag may have
	 */
	MicrometerOperationMeters(MeterRegistry registry, MetricsProperties properties) {
		this.registry = registry;
		this.cost = (properties.tenant()) ? OperationMeter.TENANT_COST : OperationMeter.COST;
		this.tagValues = new TagValues(properties.maxTagValues());
	}

	@Override
	public void ended(Operation operation, Span span, long nanoseconds) {
		try (Scope scope = exemplar(span)) {
			switch (operation.type()) {
				case LLM -> {
					call(operation, nanoseconds);
				}
				case RETRIEVAL, MEMORY -> {
					record(OperationMeter.CALL, operation, nanoseconds);
				}
				case AGENT -> {
					record(OperationMeter.AGENT, operation, nanoseconds);
				}
				case TOOL -> {
					record(OperationMeter.TOOL, operation, nanoseconds);
				}
				case WORKFLOW -> {
					record(OperationMeter.WORKFLOW, operation, nanoseconds);
				}
				case NODE, POLICY, PLAN -> {
				}
			}
		}
	}

	/**
	 * Registries take the current span as the exemplar. Which one that is here is
	 * nobody's promise: the end may come on any thread.
	 */
	private static Scope exemplar(Span span) {
		boolean matters = span.getSpanContext().isSampled() || Span.current().getSpanContext().isSampled();
		return (matters) ? span.makeCurrent() : Scope.noop();
	}

	private void call(Operation call, long nanoseconds) {
		if (!call.wraps()) {
			record(OperationMeter.CALL, call, nanoseconds);
			record(OperationMeter.FIRST_CHUNK, call, call.timeToFirstChunk());
		}
		TokenUsage usage = call.usage();
		if (usage != null) {
			record(OperationMeter.INPUT_TOKENS, call, usage.inputTokens());
			record(OperationMeter.OUTPUT_TOKENS, call, usage.outputTokens());
		}
		Cost cost = call.cost();
		if (cost != null) {
			record(this.cost, call, cost.amount());
		}
		if (call.isUnpriced()) {
			record(OperationMeter.UNKNOWN_COST, call, 1);
		}
	}

	private void record(OperationMeter meter, Operation operation, @Nullable Number value) {
		if (value == null) {
			return;
		}
		List<OperationTag> tags = meter.tags();
		String[] values = new String[tags.size()];
		for (int i = 0; i < values.length; i++) {
			OperationTag tag = tags.get(i);
			values[i] = this.tagValues.bounded(tag, tag.value(operation));
		}
		Series series = new Series(meter, Arrays.asList(values));
		Consumer<Number> known = this.meters.get(series);
		((known != null) ? known : this.meters.computeIfAbsent(series, this::register)).accept(value);
	}

	private Consumer<Number> register(Series series) {
		OperationMeter meter = series.meter();
		Tags tags = Tags.empty();
		for (int i = 0; i < meter.tags().size(); i++) {
			tags = tags.and(meter.tags().get(i).key(), series.values().get(i));
		}
		if (meter.isCounter()) {
			Counter counter = Counter.builder(meter.meterName())
				.description(meter.description())
				.tags(tags)
				.register(this.registry);
			return (amount) -> counter.increment(amount.doubleValue());
		}
		if (meter.isTimer()) {
			Timer timer = Timer.builder(meter.meterName())
				.description(meter.description())
				.serviceLevelObjectives(durations(meter.boundaries()))
				.tags(tags)
				.register(this.registry);
			return (nanoseconds) -> timer.record(nanoseconds.longValue(), TimeUnit.NANOSECONDS);
		}
		DistributionSummary summary = DistributionSummary.builder(meter.meterName())
			.description(meter.description())
			.serviceLevelObjectives(meter.boundaries())
			.tags(tags)
			.register(this.registry);
		return (tokens) -> summary.record(tokens.doubleValue());
	}

	private static Duration[] durations(double[] seconds) {
		return Arrays.stream(seconds)
			.mapToObj((second) -> Duration.ofNanos(Math.round(second * 1e9)))
			.toArray(Duration[]::new);
	}

	/**
	 * One meter among those of its name.
	 *
	 * @param meter which name
	 * @param values values of its tags, in their order
	 */
	private record Series(OperationMeter meter, List<String> values) {

	}

}
