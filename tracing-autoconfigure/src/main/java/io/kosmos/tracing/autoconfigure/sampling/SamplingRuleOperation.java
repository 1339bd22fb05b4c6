package io.kosmos.tracing.autoconfigure.sampling;

import java.util.Map;

import io.kosmos.tracing.TracingOperation;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * {@link TracingOperation} that changes how much a rule records, until the application is
 * restarted. Thread-safe.
 */
final class SamplingRuleOperation implements TracingOperation {

	private final ObjectProvider<Sampler> sampler;

	SamplingRuleOperation(ObjectProvider<Sampler> sampler) {
		this.sampler = sampler;
	}

	@Override
	public String name() {
		return "sampling-rule";
	}

	@Override
	public Map<String, ?> run(@Nullable String value) {
		return SamplerOperation.switchable(this.sampler).changeRule((value != null) ? value : "");
	}

}
