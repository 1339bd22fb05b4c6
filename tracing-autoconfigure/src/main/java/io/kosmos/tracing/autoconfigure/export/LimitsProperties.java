package io.kosmos.tracing.autoconfigure.export;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How much one span may hold. What is over is cut or left out, and the SDK counts it.
 *
 * @param attributeValueLength Number of characters of a string value. Unless set, it is
 * 262144 while kosmos.tracing.content.capture is on.
 * @param attributes Number of attributes of a span.
 * @param events Number of events of a span.
 * @param links Number of links of a span.
 * @param attributesPerEvent Number of attributes of an event.
 * @param attributesPerLink Number of attributes of a link.
 */
@ConfigurationProperties("kosmos.tracing.limits")
public record LimitsProperties(@Nullable Integer attributeValueLength, @Nullable Integer attributes,
		@Nullable Integer events, @Nullable Integer links, @Nullable Integer attributesPerEvent,
		@Nullable Integer attributesPerLink) {

	/**
	 * Check the values.
	 */
	public LimitsProperties {
		requirePositive("attribute-value-length", attributeValueLength);
		requirePositive("attributes", attributes);
		requirePositive("events", events);
		requirePositive("links", links);
		requirePositive("attributes-per-event", attributesPerEvent);
		requirePositive("attributes-per-link", attributesPerLink);
	}

	private static void requirePositive(String name, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.limits." + name, value,
					"It must be at least 1.");
		}
	}

}
