package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * What names, sizes and numbers of spans are bounded by.
 *
 * @param enabled Whether names, sizes and the number of open spans are bounded.
 * @param maxNamesPerTemplate Number of span names per minute that may differ only in ids,
 * numbers and the like. Where there are more, {} takes their place.
 * @param maxNamesPerScope Number of different span names per minute of one
 * instrumentation library and span kind, without ids, numbers and the like. Where there
 * are more, only the first word of a new one is left.
 * @param maxSpanSize Size of one span, above which its longest values are cut.
 * @param maxOpenSpans Number of spans that may be open at once. While there are more, no
 * new trace is recorded.
 * @param openSpanTimeout Time after which a span that has not ended is reported as leaked
 * and no longer counted as open.
 */
@ConfigurationProperties("kosmos.tracing.guard")
public record GuardProperties(@DefaultValue("true") boolean enabled, @DefaultValue("100") int maxNamesPerTemplate,
		@DefaultValue("1000") int maxNamesPerScope, @DefaultValue("2MB") DataSize maxSpanSize,
		@DefaultValue("100000") int maxOpenSpans, @DefaultValue("1h") Duration openSpanTimeout) {

	private static final String PREFIX = "kosmos.tracing.guard.";

	private static final DataSize MIN_SPAN_SIZE = DataSize.ofKilobytes(64);

	private static final DataSize MAX_SPAN_SIZE = DataSize.ofMegabytes(256);

	/**
	 * Check the values.
	 */
	public GuardProperties {
		require(maxNamesPerTemplate >= 1 && maxNamesPerTemplate <= SpanNames.MAX_NAMES, "max-names-per-template",
				maxNamesPerTemplate, "It must be from 1 to " + SpanNames.MAX_NAMES + ".");
		require(maxNamesPerScope >= 1 && maxNamesPerScope <= SpanNames.MAX_NAMES, "max-names-per-scope",
				maxNamesPerScope, "It must be from 1 to " + SpanNames.MAX_NAMES + ".");
		require(maxSpanSize.compareTo(MIN_SPAN_SIZE) >= 0 && maxSpanSize.compareTo(MAX_SPAN_SIZE) <= 0, "max-span-size",
				maxSpanSize, "It must be from 64KB to 256MB.");
		require(maxOpenSpans >= 1 && maxOpenSpans <= 10_000_000, "max-open-spans", maxOpenSpans,
				"It must be from 1 to 10000000.");
		require(openSpanTimeout.compareTo(Duration.ofSeconds(1)) >= 0
				&& openSpanTimeout.compareTo(Duration.ofDays(365)) <= 0, "open-span-timeout", openSpanTimeout,
				"It must be from 1 second to 365 days.");
	}

	private static void require(boolean allowed, String name, Object value, String reason) {
		if (!allowed) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + name, value, reason);
		}
	}

}
