package io.kosmos.tracing.autoconfigure.span;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What is recorded of what is said to models and tools, and by them.
 *
 * @param capture How much is recorded of prompts, answers, arguments and results of
 * tools.
 * @param maxLength Number of characters that are recorded of each text when capture is
 * truncated.
 */
@ConfigurationProperties("kosmos.tracing.content")
public record ContentProperties(@DefaultValue("none") Capture capture, @DefaultValue("1024") int maxLength) {

	/**
	 * Check the values.
	 */
	public ContentProperties {
		if (maxLength < 1) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.content.max-length", maxLength,
					"It must be at least 1.");
		}
	}

	/**
	 * How much is recorded.
	 */
	public enum Capture {

		/** Nothing. */
		NONE,

		/** The beginning of each text. */
		TRUNCATED,

		/** All that fits into an attribute. */
		FULL

	}

}
