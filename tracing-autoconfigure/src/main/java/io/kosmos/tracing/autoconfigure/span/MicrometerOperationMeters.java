package io.kosmos.tracing.autoconfigure.span;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleConsumer;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.TokenUsage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * {@link OperationMeters} over Micrometer. A call of a model that wraps another one is
 * measured by none of its meters: the innermost call counts. Seconds and tokens are
 * summaries with fixed buckets and not timers, whose unit differs from registry to
 * registry. Thread-safe.
 */
final class MicrometerOperationMeters implements OperationMeters {

	private static final double NANOS = 1e9;

	private final MeterRegistry registry;

	private final OperationMeter cost;

	private final TagValues tagValues;

	private final Map<Series, DoubleConsumer> meters = new ConcurrentHashMap<>();

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
		if (operation.wraps()) {
			return;
		}
		try (Scope scope = exemplar(span)) {
			double seconds = nanoseconds / NANOS;
			switch (operation.type()) {
				case LLM -> {
					call(operation, seconds);
				}
				case RETRIEVAL, MEMORY -> {
					record(OperationMeter.CALL, operation, seconds);
				}
				case AGENT -> {
					record(OperationMeter.AGENT, operation, seconds);
				}
				case TOOL -> {
					record(OperationMeter.TOOL, operation, seconds);
				}
				case WORKFLOW -> {
					record(OperationMeter.WORKFLOW, operation, seconds);
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

	private void call(Operation call, double seconds) {
		record(OperationMeter.CALL, call, seconds);
		Long timeToFirstChunk = call.timeToFirstChunk();
		if (timeToFirstChunk != null) {
			record(OperationMeter.FIRST_CHUNK, call, timeToFirstChunk / NANOS);
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
		DoubleConsumer known = this.meters.get(series);
		((known != null) ? known : this.meters.computeIfAbsent(series, this::register)).accept(value.doubleValue());
	}

	private DoubleConsumer register(Series series) {
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
			return counter::increment;
		}
		return DistributionSummary.builder(meter.meterName())
			.description(meter.description())
			.baseUnit(meter.unit())
			.serviceLevelObjectives(meter.boundaries())
			.tags(tags)
			.register(this.registry)::record;
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
