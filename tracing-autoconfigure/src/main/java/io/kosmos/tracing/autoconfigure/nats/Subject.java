package io.kosmos.tracing.autoconfigure.nats;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Where a message goes or comes from.
 *
 * @param name the whole subject
 * @param template the subject with a wildcard for each part that is one of many,
 * {@code null} if there is no such part or the subject is temporary
 * @param temporary whether it is an inbox, made for one reply or one subscriber
 */
record Subject(String name, @Nullable String template, boolean temporary) {

	private static final Pattern DOT = Pattern.compile(".", Pattern.LITERAL);

	private static final int SHORTEST_ID = 16;

	/**
	 * A subject.
	 * @param name the whole subject
	 * @param inboxPrefix what inboxes begin with
	 * @param pattern the subject that was subscribed to, if any
	 * @return the subject
	 */
	static Subject of(String name, String inboxPrefix, @Nullable String pattern) {
		if (name.startsWith(inboxPrefix)) {
			return new Subject(name, null, true);
		}
		String template = (pattern != null && isWildcard(pattern)) ? pattern : withoutIds(name);
		return new Subject(name, template.equals(name) ? null : template, false);
	}

	private static boolean isWildcard(String pattern) {
		// All subjects there are is no template of any.
		return !pattern.equals(">") && (pattern.endsWith(".>") || DOT.splitAsStream(pattern).anyMatch("*"::equals));
	}

	private static String withoutIds(String name) {
		if (name.chars().noneMatch(Character::isDigit)) {
			return name;
		}
		return Arrays.stream(DOT.split(name, -1))
			.map((token) -> isId(token) ? "*" : token)
			.collect(Collectors.joining("."));
	}

	private static boolean isId(String token) {
		long digits = token.chars().filter(Character::isDigit).count();
		return digits > 0 && (digits == token.length() || token.length() >= SHORTEST_ID);
	}

	/**
	 * Name of a span.
	 * @param operation what is done with the message
	 * @return the name, of low cardinality
	 */
	String spanName(String operation) {
		if (this.temporary) {
			return operation;
		}
		return operation + " " + ((this.template != null) ? this.template : this.name);
	}

}
