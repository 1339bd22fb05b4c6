package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Batch;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * How ended spans are gathered before they are sent to a destination, unless that has
 * settings of its own.
 *
 * @param queueSize Number of spans that may wait in memory for one destination.
 * @param queueBytes Size of the spans that may wait in memory for one destination.
 * @param maxSize Number of spans sent at once.
 * @param maxBytes Size of the spans sent at once, before compression. A span that is
 * larger is sent alone.
 * @param delay Time for which spans wait for others to be sent with.
 * @param exportTimeout Time after which a SpanExporter bean of the application is given
 * up. A destination has kosmos.tracing.exporter.timeout.
 */
@ConfigurationProperties("kosmos.tracing.batch")
public record BatchProperties(@Nullable Integer queueSize, @Nullable DataSize queueBytes, @Nullable Integer maxSize,
		@Nullable DataSize maxBytes, @Nullable Duration delay, @Nullable Duration exportTimeout) {

	static final String PREFIX = "kosmos.tracing.batch.";

	/**
	 * Check the values.
	 */
	public BatchProperties {
		new Batch(queueSize, queueBytes, maxSize, maxBytes, delay).check(PREFIX);
		Allowed.positive(PREFIX + "export-timeout", exportTimeout);
	}

	Batch batch() {
		return new Batch(this.queueSize, this.queueBytes, this.maxSize, this.maxBytes, this.delay);
	}

}
