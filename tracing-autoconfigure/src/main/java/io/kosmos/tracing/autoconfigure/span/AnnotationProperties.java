package io.kosmos.tracing.autoconfigure.span;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of {@code @Traced}.
 *
 * @param enabled Whether calls of @Traced methods become spans.
 * @param unsupported What to do at start-up about a @Traced method that cannot be traced
 * as written.
 */
@ConfigurationProperties("kosmos.tracing.annotation")
public record AnnotationProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("warn") Unsupported unsupported) {

	/**
	 * What to do about a method that cannot be traced as written.
	 */
	public enum Unsupported {

		/** Log a warning that names it. */
		WARN,

		/** Stop the application. */
		FAIL,

		/** Say nothing. */
		IGNORE

	}

}
