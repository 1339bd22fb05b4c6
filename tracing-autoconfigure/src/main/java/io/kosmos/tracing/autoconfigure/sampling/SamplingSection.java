package io.kosmos.tracing.autoconfigure.sampling;

import java.util.Map;

import io.kosmos.tracing.TracingSection;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * {@link TracingSection} that shows the sampler, and what it has decided. Of a sampler of
 * the application there is its description only. Thread-safe.
 */
final class SamplingSection implements TracingSection {

	private final ObjectProvider<Sampler> sampler;

	SamplingSection(ObjectProvider<Sampler> sampler) {
		this.sampler = sampler;
	}

	@Override
	public String name() {
		return "sampling";
	}

	@Override
	public Map<String, ?> read() {
		@Nullable Sampler unique = this.sampler.getIfUnique();
		if (unique instanceof SwitchableSampler switchable) {
			return switchable.state();
		}
		return (unique != null) ? Map.of("description", unique.getDescription()) : Map.of();
	}

}
