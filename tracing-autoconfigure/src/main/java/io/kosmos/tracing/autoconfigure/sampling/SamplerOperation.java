package io.kosmos.tracing.autoconfigure.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

import io.kosmos.tracing.TracingOperation;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * {@link TracingOperation} that changes the sampler, until the application is restarted.
 * Thread-safe.
 */
final class SamplerOperation implements TracingOperation {

	private final ObjectProvider<Sampler> sampler;

	SamplerOperation(ObjectProvider<Sampler> sampler) {
		this.sampler = sampler;
	}

	@Override
	public String name() {
		return "sampler";
	}

	@Override
	public Map<String, ?> run(@Nullable String value) {
		SwitchableSampler switchable = switchable(this.sampler);
		Map<String, Object> result = new LinkedHashMap<>();
		result.put("was", switchable.change((value != null) ? value : ""));
		result.put("is", switchable.written());
		return result;
	}

	/**
	 * Return the sampler, if it is one that can be changed.
	 */
	static SwitchableSampler switchable(ObjectProvider<Sampler> sampler) {
		if (sampler.getIfUnique() instanceof SwitchableSampler switchable) {
			return switchable;
		}
		if (sampler.stream().findAny().isEmpty()) {
			throw new IllegalArgumentException(
					"There is no sampler to change, because management.opentelemetry.enabled is false.");
		}
		throw new IllegalArgumentException("The sampler cannot be changed, because it is the application's own or"
				+ " kosmos.tracing.sampling.enabled is false.");
	}

}
