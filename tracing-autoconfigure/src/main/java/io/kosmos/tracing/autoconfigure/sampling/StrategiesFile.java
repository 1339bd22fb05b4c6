package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;

/**
 * Samples by Jaeger's strategies file.
 */
final class StrategiesFile implements StrategySource {

	StrategiesFile(SamplingProperties.Strategies properties, String serviceName) {
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		return SamplingResult.drop();
	}

	@Override
	public String getDescription() {
		return "StrategiesFile";
	}

	@Override
	public Map<String, Object> state() {
		return Map.of();
	}

	@Override
	public void close() {
	}

}
