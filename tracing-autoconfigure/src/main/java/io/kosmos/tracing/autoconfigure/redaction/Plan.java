package io.kosmos.tracing.autoconfigure.redaction;

import java.util.List;

import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.Action;
import org.jspecify.annotations.Nullable;

/**
 * What is done about the values of a key.
 *
 * @param key the key as it leaves
 * @param kind what the values are
 * @param rule the rule that takes whole values, {@code null} if none does
 * @param action what that rule does
 * @param values the rules of the application for parts of values
 */
record Plan(String key, Kind kind, @Nullable String rule, Action action, List<ValueRule> values) {

	/**
	 * What values are.
	 */
	enum Kind {

		/** They leave as they are. */
		ALLOWED,

		/** Any text. */
		TEXT,

		/** The text of a statement. */
		STATEMENT,

		/** The message of an exception. */
		MESSAGE,

		/** A stack trace. */
		STACK_TRACE

	}

}
