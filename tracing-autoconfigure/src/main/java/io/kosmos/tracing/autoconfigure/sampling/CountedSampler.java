package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;

import io.kosmos.tracing.autoconfigure.sampling.Decisions.By;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

/**
 * Another sampler, whose decisions are counted, and which may be held to a number of
 * traces per second. What the other one drops takes nothing from the limit. Thread-safe.
 */
final class CountedSampler implements Sampler {

	private final Sampler share;

	private final By by;

	private final @Nullable TokenBucket limit;

	private final By byLimit;

	private final Decisions decisions;

	CountedSampler(Sampler share, By by, @Nullable TokenBucket limit, By byLimit, Decisions decisions) {
		this.share = share;
		this.by = by;
		this.limit = limit;
		this.byLimit = byLimit;
		this.decisions = decisions;
	}

	CountedSampler(Sampler sampler, By by, Decisions decisions) {
		this(sampler, by, null, by, decisions);
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		SamplingResult result = this.share.shouldSample(parentContext, traceId, name, spanKind, attributes,
				parentLinks);
		if (result.getDecision() == SamplingDecision.DROP) {
			this.decisions.dropped(this.by);
			return result;
		}
		if (this.limit != null && !this.limit.tryTake()) {
			this.decisions.dropped(this.byLimit);
			return SamplingResult.drop();
		}
		this.decisions.sampled((this.limit != null) ? this.byLimit : this.by);
		return result;
	}

	@Override
	public String getDescription() {
		return (this.limit != null)
				? "RateLimit{" + this.limit.perSecond() + "/s of " + this.share.getDescription() + "}"
				: this.share.getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

}
