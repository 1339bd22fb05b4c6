package io.kosmos.tracing.autoconfigure.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which names are those of secrets: {@code x-api-key}, {@code dbPassword} and
 * {@code http.request.header.authorization}, but not {@code gen_ai.usage.input_tokens},
 * {@code token_type} and {@code session.id}. A name is read word by word, which every
 * character except letters and digits ends, and an upper-case letter begins.
 */
final class SecretNames {

	private static final Set<String> WORDS = Set.of("password", "passwords", "passwd", "pwd", "pw", "passphrase",
			"passcode", "secret", "secrets", "token", "authorization", "cookie", "cookies", "credential", "credentials",
			"signature", "sig", "jwt", "bearer", "csrf", "xsrf", "pin", "otp", "cvv", "cvc", "ssn", "jsessionid",
			"phpsessid", "sessid");

	/** Words that are secrets only where nothing follows them. */
	private static final Set<String> LAST_WORDS = Set.of("auth", "session");

	/** Of APIkey the second word is ikey. */
	private static final Set<String> PAIRS = Set.of("api key", "api keys", "access key", "private key", "secret key",
			"signing key", "encryption key", "account key", "shared key", "license key", "subscription key",
			"master key", "auth key", "ssh key", "ap ikey", "functions key", "session key", "db pass", "user pass",
			"smtp pass", "mail pass", "pass word", "credit card", "card number", "social security");

	private static final List<String> PARTS = List.of("password", "passwd", "passphrase", "apikey", "accesskey",
			"privatekey", "secretkey", "credential");

	private static final List<String> ENDS = List.of("pwd", "secret", "token", "cookie", "authorization");

	/** After these words a name is that of something about the secret. */
	private static final Set<String> ABOUT = Set.of("type", "types", "count", "counts", "length", "limit", "limits",
			"usage", "budget", "expiry", "expires", "expired", "expiration", "ttl", "name", "arn", "algorithm",
			"policy", "present", "enabled", "required", "size", "version", "status", "decision", "granted", "changed",
			"endpoint", "url", "uri");

	private SecretNames() {
	}

	static boolean contains(String name) {
		List<String> words = words(name);
		for (int i = 0; i < words.size(); i++) {
			if (isSecret(words.get(i)) && !isAbout(words, i + 1)) {
				return true;
			}
			if (i + 1 < words.size() && PAIRS.contains(words.get(i) + " " + words.get(i + 1))
					&& !isAbout(words, i + 2)) {
				return true;
			}
		}
		return !words.isEmpty() && LAST_WORDS.contains(words.get(words.size() - 1));
	}

	/**
	 * Whether two words name a secret together, as in {@code API key}.
	 * @param name the words
	 * @return whether they do
	 */
	static boolean isPair(String name) {
		List<String> words = words(name);
		return words.size() == 2 && PAIRS.contains(words.get(0) + " " + words.get(1));
	}

	private static boolean isAbout(List<String> words, int next) {
		return next < words.size() && ABOUT.contains(words.get(next));
	}

	private static boolean isSecret(String word) {
		if (WORDS.contains(word)) {
			return true;
		}
		if (word.length() < 6) {
			return false;
		}
		for (String part : PARTS) {
			if (word.contains(part)) {
				return true;
			}
		}
		for (String end : ENDS) {
			if (word.endsWith(end)) {
				return true;
			}
		}
		return false;
	}

	private static List<String> words(String name) {
		List<String> words = new ArrayList<>(4);
		int start = 0;
		int length = name.length();
		for (int i = 0; i <= length; i++) {
			char c = (i < length) ? name.charAt(i) : '.';
			if (!Character.isLetterOrDigit(c)) {
				add(words, name, start, i);
				start = i + 1;
			}
			else if (i > start && Character.isUpperCase(c) && (!Character.isUpperCase(name.charAt(i - 1))
					|| i + 1 < length && Character.isLowerCase(name.charAt(i + 1)))) {
				add(words, name, start, i);
				start = i;
			}
		}
		return words;
	}

	private static void add(List<String> words, String name, int from, int to) {
		int end = to;
		while (end > from + 1 && Character.isDigit(name.charAt(end - 1))) {
			end--;
		}
		if (end > from) {
			words.add(name.substring(from, end).toLowerCase(Locale.ROOT));
		}
	}

}
