package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How ended spans are gathered before they are sent.
 *
 * @param queueSize Number of spans that may wait. Further ones are dropped and counted.
 * @param maxSize Number of spans sent at once.
 * @param delay Time after which waiting spans are sent although a batch is not full.
 * @param exportTimeout Time after which a batch that is being sent is given up.
 */
@ConfigurationProperties("kosmos.tracing.batch")
public record BatchProperties(@Nullable Integer queueSize, @Nullable Integer maxSize, @Nullable Duration delay,
		@Nullable Duration exportTimeout) {

	/**
	 * Check the values.
	 */
	public BatchProperties {
		requirePositive("queue-size", queueSize);
		requirePositive("max-size", maxSize);
		requirePositive("delay", delay);
		requirePositive("export-timeout", exportTimeout);
	}

	private static void requirePositive(String name, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.batch." + name, value,
					"It must be at least 1.");
		}
	}

	private static void requirePositive(String name, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.batch." + name, value,
					"It must be longer than 0.");
		}
	}

}
