package io.kosmos.tracing.autoconfigure.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the console exporter.
 *
 * @param format How finished spans are printed to standard output.
 */
@ConfigurationProperties("kosmos.tracing.console")
public record ConsoleProperties(@DefaultValue("none") Format format) {

	/**
	 * How finished spans are printed.
	 */
	public enum Format {

		/** Nothing is printed. */
		NONE,

		/** One line of {@code key=value} pairs for each span, when it ends. */
		LINE,

		/** One indented tree for each trace, when its last span has ended. */
		TREE

	}

}
