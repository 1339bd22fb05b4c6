package io.kosmos.tracing.autoconfigure.event;

import java.time.Duration;
import java.util.List;

import io.kosmos.tracing.SpanEvent;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How the start and end events of a framework become spans.
 *
 * @param include Types of events that become spans. Unless set, all.
 * @param exclude Types of events that do not become spans, even if they are included.
 * @param timeout Time after which a call without end event is ended as an error.
 * @param maxOpen Number of calls that may wait for their end event. The oldest of more is
 * ended as an error.
 */
@ConfigurationProperties("kosmos.tracing.events")
public record EventsProperties(@DefaultValue List<SpanEvent.Type> include, @DefaultValue List<SpanEvent.Type> exclude,
		@DefaultValue("15m") Duration timeout, @DefaultValue("10000") int maxOpen) {

	private static final Duration MAX_TIMEOUT = Duration.ofDays(365);

	/**
	 * Check the values.
	 */
	public EventsProperties {
		if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.events.timeout", timeout,
					"It must be longer than 0 and at most 365 days.");
		}
		if (maxOpen < 1) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.events.max-open", maxOpen,
					"It must be at least 1.");
		}
		include = List.copyOf(include);
		exclude = List.copyOf(exclude);
	}

	boolean wants(SpanEvent.Type type) {
		return (this.include.isEmpty() || this.include.contains(type)) && !this.exclude.contains(type);
	}

}
