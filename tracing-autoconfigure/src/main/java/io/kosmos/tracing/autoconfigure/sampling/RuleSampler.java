package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * Has the first rule that matches decide, and another sampler where none does.
 * Thread-safe.
 */
final class RuleSampler implements Sampler {

	private final List<SamplingRule> rules;

	private final Sampler otherwise;

	RuleSampler(List<SamplingRule> rules, Sampler otherwise) {
		this.rules = rules;
		this.otherwise = otherwise;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		for (SamplingRule rule : this.rules) {
			if (rule.matches(parentContext, name, spanKind, attributes)) {
				return rule.decide(parentContext, traceId, name, spanKind, attributes, parentLinks);
			}
		}
		return this.otherwise.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
	}

	@Override
	public String getDescription() {
		return "Rules{" + this.rules.size() + ", else " + this.otherwise.getDescription() + "}";
	}

	@Override
	public String toString() {
		return getDescription();
	}

}
