package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * Decides as the sampler inside, by whose name it therefore goes, and writes the agent of
 * an agent span into the tracestate, sampled or not. A sampler is what the SDK asks for
 * the tracestate of a span.
 */
final class CallingAgentSampler implements Sampler {

	private final Sampler delegate;

	CallingAgentSampler(Sampler delegate) {
		this.delegate = delegate;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		SamplingResult result = this.delegate.shouldSample(parentContext, traceId, name, spanKind, attributes,
				parentLinks);
		String agent = CallingAgent.of(name, attributes);
		return (agent != null) ? new AgentResult(result, agent) : result;
	}

	@Override
	public String getDescription() {
		return this.delegate.getDescription();
	}

	@Override
	public String toString() {
		return getDescription();
	}

	private record AgentResult(SamplingResult decided, String agent) implements SamplingResult {

		@Override
		public SamplingDecision getDecision() {
			return this.decided.getDecision();
		}

		@Override
		public Attributes getAttributes() {
			return this.decided.getAttributes();
		}

		@Override
		public TraceState getUpdatedTraceState(TraceState parentTraceState) {
			return CallingAgent.write(this.decided.getUpdatedTraceState(parentTraceState), this.agent);
		}

	}

}
