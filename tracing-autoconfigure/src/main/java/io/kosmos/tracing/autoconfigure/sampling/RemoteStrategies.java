package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * Samples as Jaeger says.
 */
final class RemoteStrategies implements StrategySource {

	RemoteStrategies(SamplingProperties.Remote properties, String serviceName, Sampler initial) {
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		return SamplingResult.drop();
	}

	@Override
	public String getDescription() {
		return "RemoteStrategies";
	}

	@Override
	public Map<String, Object> state() {
		return Map.of();
	}

	@Override
	public void close() {
	}

}
