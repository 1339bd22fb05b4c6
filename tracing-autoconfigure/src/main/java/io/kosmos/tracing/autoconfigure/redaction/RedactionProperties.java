package io.kosmos.tracing.autoconfigure.redaction;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What is taken out of spans before they leave the process.
 *
 * @param enabled Whether secrets and personal data are taken out of spans before they
 * leave the process.
 * @param allow Patterns of the keys of attributes that leave as they are. * stands for
 * any characters.
 * @param rules Rules of the application, which come before the built-in ones.
 * @param disabledRules Built-in rules that are switched off.
 * @param exceptionMessages What becomes of the messages of exceptions.
 * @param maxLength Number of characters of a text that are looked at. What is beyond them
 * is cut off.
 * @param hashKey Secret with which values are hashed, the same in all services whose
 * hashes are to be compared. Unless set, it is random and new in each process.
 */
@ConfigurationProperties("kosmos.tracing.redaction")
public record RedactionProperties(@DefaultValue("true") boolean enabled, @DefaultValue List<String> allow,
		@DefaultValue List<Rule> rules, @DefaultValue Set<BuiltIn> disabledRules,
		@DefaultValue("scan") ExceptionMessages exceptionMessages, @DefaultValue("262144") int maxLength,
		@Nullable String hashKey) {

	private static final String PREFIX = "kosmos.tracing.redaction.";

	private static final int MIN_LENGTH = 256;

	private static final int MIN_HASH_KEY = 16;

	private static final java.util.regex.Pattern NAME = java.util.regex.Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

	/**
	 * Check the values.
	 */
	public RedactionProperties {
		patterns(PREFIX + "allow", allow);
		Set<String> names = new HashSet<>(Set.of(Counts.EXCEPTION_MESSAGE, Counts.TOO_LONG, Counts.FAILED));
		for (BuiltIn rule : BuiltIn.values()) {
			names.add(rule.ruleName());
		}
		for (int i = 0; i < rules.size(); i++) {
			check(PREFIX + "rules[" + i + "]", rules.get(i), names);
		}
		if (maxLength < MIN_LENGTH) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "max-length", maxLength,
					"It must be at least " + MIN_LENGTH + ".");
		}
		if (hashKey != null && hashKey.length() < MIN_HASH_KEY) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "hash-key", "******",
					"It must have at least " + MIN_HASH_KEY + " characters.");
		}
	}

	private static void check(String key, Rule rule, Set<String> names) {
		if (rule.name() == null || !NAME.matcher(rule.name()).matches()) {
			throw new InvalidConfigurationPropertyValueException(key + ".name", rule.name(),
					"It must be lower-case letters, digits and hyphens, such as customer-number.");
		}
		if (!names.add(rule.name())) {
			throw new InvalidConfigurationPropertyValueException(key + ".name", rule.name(),
					"It must not be the name of another rule, and no built-in one is called so.");
		}
		if (rule.keys().isEmpty() && rule.values().isEmpty()) {
			throw new InvalidConfigurationPropertyValueException(key + ".keys", "",
					"It must hold patterns of keys unless " + key + ".values holds regular expressions.");
		}
		patterns(key + ".keys", rule.keys());
		for (int i = 0; i < rule.values().size(); i++) {
			check(key + ".values[" + i + "]", rule.values().get(i));
		}
	}

	private static void check(String key, String regex) {
		try {
			if (Pattern.matches(regex, "")) {
				throw new InvalidConfigurationPropertyValueException(key, regex,
						"It must be a regular expression that does not match the empty text.");
			}
		}
		catch (PatternSyntaxException ex) {
			throw new InvalidConfigurationPropertyValueException(key, regex,
					"It must be a regular expression of RE2, which has neither lookaround nor back references ("
							+ ex.getMessage() + ").");
		}
	}

	private static void patterns(String key, List<String> patterns) {
		for (String pattern : patterns) {
			if (pattern.isBlank()) {
				throw new InvalidConfigurationPropertyValueException(key, pattern,
						"It must hold no empty pattern. * stands for any characters.");
			}
		}
	}

	@Override
	public String toString() {
		return "RedactionProperties[enabled=" + this.enabled + ", allow=" + this.allow + ", rules=" + this.rules
				+ ", disabledRules=" + this.disabledRules + ", exceptionMessages=" + this.exceptionMessages
				+ ", maxLength=" + this.maxLength + "]";
	}

	/**
	 * A rule of the application. With keys alone it takes the whole value of these
	 * attributes, with values alone what matches in any text, with both what matches in
	 * the values of these attributes.
	 *
	 * @param name Name of the rule in the actuator and in meters.
	 * @param keys Patterns of the keys of attributes, of which * stands for any
	 * characters.
	 * @param values Regular expressions of RE2, of which one must match a part of the
	 * text.
	 * @param action What becomes of the value.
	 */
	public record Rule(@Nullable String name, @DefaultValue List<String> keys, @DefaultValue List<String> values,
			@DefaultValue("mask") Action action) {

	}

	/**
	 * What becomes of a value.
	 */
	public enum Action {

		/** A fixed text takes its place. */
		MASK,

		/**
		 * The beginning of its keyed hash takes its place, so that it can be compared.
		 */
		HASH,

		/** The attribute is left out. */
		DROP

	}

	/**
	 * What becomes of the messages of exceptions.
	 */
	public enum ExceptionMessages {

		/** What the rules find in them is taken out. */
		SCAN,

		/** They are taken out as a whole. Types and stack frames stay. */
		MASK

	}

	/**
	 * A rule that is there without being configured.
	 */
	public enum BuiltIn {

		/** Attributes whose keys name a secret. */
		SECRET_KEY,

		/** Values that a text assigns to a name of a secret. */
		ASSIGNMENT,

		/** User and password in a URL. */
		URL_USER_INFO,

		/** Credentials after Bearer and Basic. */
		CREDENTIALS,

		/** JSON web tokens. */
		JWT,

		/** Keys and tokens of well-known providers. */
		KNOWN_TOKEN,

		/** Private keys in PEM. */
		PRIVATE_KEY,

		/** E-mail addresses. */
		EMAIL,

		/** Numbers of payment cards. */
		CARD_NUMBER,

		/** International bank account numbers. */
		IBAN,

		/** Literals and comments in SQL. */
		SQL_LITERAL,

		/** Parameters of statements. */
		SQL_PARAMETER,

		/** Values that databases quote in their errors. */
		DATABASE_ERROR;

		String ruleName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
