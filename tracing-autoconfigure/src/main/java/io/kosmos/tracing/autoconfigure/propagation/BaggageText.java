package io.kosmos.tracing.autoconfigure.propagation;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntry;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The members of a baggage header as <a href="https://www.w3.org/TR/baggage/">W3C
 * Baggage</a> writes them: {@code key=value;properties}, the value percent-encoded. A
 * member that is not written so is left out, others stay.
 */
final class BaggageText {

	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	/** Would break the line that it is logged in, or is half a character. */
	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]");

	private BaggageText() {
	}

	/**
	 * Whether a value stays in its line wherever it is logged.
	 */
	static boolean isPrintable(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
				return !UNPRINTABLE.matcher(value).find();
			}
		}
		return true;
	}

	/**
	 * Add the members of a header.
	 * @param header value of the header
	 * @param baggage what they are added to
	 * @param limits what may be added yet
	 */
	static void read(String header, BaggageBuilder baggage, BaggageLimits limits) {
		for (int start = 0; start < header.length();) {
			int comma = header.indexOf(',', start);
			int end = (comma != -1) ? comma : header.length();
			readMember(header.substring(start, end), baggage, limits);
			start = end + 1;
		}
	}

	private static void readMember(String member, BaggageBuilder baggage, BaggageLimits limits) {
		int equals = member.indexOf('=');
		int semicolon = member.indexOf(';');
		if (equals < 0 || (semicolon >= 0 && semicolon < equals)) {
			return;
		}
		String key = member.substring(0, equals).trim();
		String encoded = member.substring(equals + 1, (semicolon >= 0) ? semicolon : member.length()).trim();
		if (!TOKEN.matcher(key).matches() || !isOctets(encoded, false)) {
			return;
		}
		String value = decode(encoded);
		if (isPrintable(value) && limits.take(member.length())) {
			baggage.put(key, value,
					(semicolon >= 0) ? properties(member.substring(semicolon + 1)) : BaggageEntryMetadata.empty());
		}
	}

	private static BaggageEntryMetadata properties(String text) {
		String properties = text.replace('\t', ' ').trim();
		return isProperties(properties) ? BaggageEntryMetadata.create(properties) : BaggageEntryMetadata.empty();
	}

	private static boolean isProperties(String text) {
		return isOctets(text, true);
	}

	private static boolean isOctets(String text, boolean properties) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (!isOctet(character) && !(properties && (character == ';' || character == ' '))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Write an entry.
	 * @return the member, {@code null} if its key cannot be written
	 */
	static @Nullable String write(String key, BaggageEntry entry) {
		if (!TOKEN.matcher(key).matches()) {
			return null;
		}
		String properties = entry.getMetadata().getValue();
		String member = key + "=" + encode(entry.getValue());
		return (!properties.isEmpty() && isProperties(properties)) ? member + ";" + properties : member;
	}

	/**
	 * Percent-encode what a value must not hold, and what some readers take for something
	 * else.
	 */
	static String encode(String value) {
		StringBuilder encoded = new StringBuilder(value.length());
		for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
			if (isOctet(octet) && octet != '%' && octet != '=' && octet != '+') {
				encoded.append((char) octet);
			}
			else {
				HexFormat.of().withUpperCase().toHexDigits(encoded.append('%'), octet);
			}
		}
		return encoded.toString();
	}

	/**
	 * Decode what is percent-encoded; what is not UTF-8 becomes U+FFFD, as the
	 * specification has it. A percent sign with something else behind it stays.
	 */
	static String decode(String value) {
		if (value.indexOf('%') < 0) {
			return value;
		}
		byte[] octets = value.getBytes(StandardCharsets.UTF_8);
		int length = 0;
		for (int i = 0; i < octets.length; i++) {
			boolean encoded = octets[i] == '%' && i + 2 < octets.length && HexFormat.isHexDigit(octets[i + 1])
					&& HexFormat.isHexDigit(octets[i + 2]);
			octets[length++] = encoded
					? (byte) (HexFormat.fromHexDigit(octets[i + 1]) << 4 | HexFormat.fromHexDigit(octets[i + 2]))
					: octets[i];
			i += encoded ? 2 : 0;
		}
		return new String(octets, 0, length, StandardCharsets.UTF_8);
	}

	private static boolean isOctet(int character) {
		return character > ' ' && character <= '~' && character != '"' && character != ',' && character != ';'
				&& character != '\\';
	}

}
