package io.kosmos.tracing.autoconfigure.sampling;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Which traces are recorded.
 *
 * @param enabled Whether traces are recorded at all. Off, trace ids are still made and
 * propagated.
 * @param probability Share of the traces begun here that is recorded, from 0.0 to 1.0. A
 * trace that a caller began follows the caller.
 */
@ConfigurationProperties("kosmos.tracing.sampling")
public record SamplingProperties(@DefaultValue("true") boolean enabled, @Nullable Double probability) {

	/**
	 * Check the values.
	 */
	public SamplingProperties {
		if (probability != null && !isProbability(probability)) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.sampling.probability", probability,
					"It must be from 0.0 to 1.0.");
		}
	}

	static boolean isProbability(double value) {
		return value >= 0.0 && value <= 1.0;
	}

}
