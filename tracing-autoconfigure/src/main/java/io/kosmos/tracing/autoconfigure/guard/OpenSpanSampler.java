package io.kosmos.tracing.autoconfigure.guard;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * Records nothing new while too many spans are open, and else decides as the sampler
 * inside, by whose name it therefore goes.
 */
final class OpenSpanSampler implements Sampler {

	private final Sampler delegate;

	private final OpenSpans spans;

	OpenSpanSampler(Sampler delegate, OpenSpans spans) {
		this.delegate = delegate;
		this.spans = spans;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		SpanContext parent = Span.fromContext(parentContext).getSpanContext();
		if (!this.spans.admits(parent.isValid() && !parent.isRemote())) {
			return SamplingResult.drop();
		}
		return this.delegate.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
	}

	@Override
	public String getDescription() {
		return this.delegate.getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

}
