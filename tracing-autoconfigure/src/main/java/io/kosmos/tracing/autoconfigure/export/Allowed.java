package io.kosmos.tracing.autoconfigure.export;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Which values properties may have. Each check throws
 * {@link InvalidConfigurationPropertyValueException} with the whole key, the value
 * without secrets, and what is allowed; {@code null}, which is not set, is always
 * allowed.
 */
final class Allowed {

	/** What stands where a secret was. */
	private static final String MASK = "******";

	private static final int MAX_PORT = 65535;

	private static final Pattern USER_INFORMATION = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*:/+)?.*@",
			Pattern.DOTALL);

	private static final Pattern QUERY = Pattern.compile("\\?.*", Pattern.DOTALL);

	/**
	 * See <a href= "https://www.rfc-editor.org/rfc/rfc9110#name-tokens">RFC 9110</a>.
	 */
	private static final Predicate<String> HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
		.asMatchPredicate();

	private static final Pattern NO_HEADER_NAME = Pattern.compile("[^!#$%&'*+.^_`|~0-9A-Za-z-].*", Pattern.DOTALL);

	private static final Predicate<String> HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*").asMatchPredicate();

	private Allowed() {
	}

	static void positive(String key, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw new InvalidConfigurationPropertyValueException(key, value, "It must be at least 1.");
		}
	}

	static void positive(String key, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new InvalidConfigurationPropertyValueException(key, value, "It must be longer than 0.");
		}
	}

	static void positive(String key, @Nullable Duration value, Duration max, String maxInWords) {
		if (value != null && (value.isNegative() || value.isZero() || value.compareTo(max) > 0)) {
			throw new InvalidConfigurationPropertyValueException(key, value,
					"It must be longer than 0 and at most " + maxInWords + ".");
		}
	}

	static void size(String key, @Nullable DataSize value, DataSize min, String minInWords) {
		if (value != null && value.compareTo(min) < 0) {
			throw new InvalidConfigurationPropertyValueException(key, value, "It must be at least " + minInWords + ".");
		}
	}

	static void httpUrl(String key, String url) {
		URI uri = parse(url);
		if (uri == null || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > MAX_PORT
				|| !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
			throw new InvalidConfigurationPropertyValueException(key, masked(url),
					"It must be an http or https URL with a host, such as http://localhost:4318.");
		}
	}

	private static @Nullable URI parse(String url) {
		try {
			return URI.create(url);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Return a URL without its user information and its query, even of what is no URL for
	 * want of slashes.
	 * @param url the text that should be a URL
	 * @return what may be shown of it
	 */
	static String masked(String url) {
		String masked = USER_INFORMATION.matcher(url).replaceFirst("$1" + MASK + "@");
		return QUERY.matcher(masked).replaceFirst("?" + MASK);
	}

	static void headers(String key, Map<String, String> headers) {
		headers.forEach((name, value) -> {
			if (!HEADER_NAME.test(name)) {
				throw new InvalidConfigurationPropertyValueException(key,
						NO_HEADER_NAME.matcher(name).replaceFirst(MASK),
						"It must have the names of headers as keys, such as api-key.");
			}
			if (!HEADER_VALUE.test(value)) {
				throw new InvalidConfigurationPropertyValueException(key + "." + name, MASK,
						"It must be one line of printable ASCII characters.");
			}
		});
	}

	static void patterns(String key, Iterable<String> patterns) {
		for (String pattern : patterns) {
			if (pattern.isBlank()) {
				throw new InvalidConfigurationPropertyValueException(key, pattern,
						"It must hold no empty pattern. * stands for any characters.");
			}
		}
	}

}
