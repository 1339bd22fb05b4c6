package io.kosmos.tracing.autoconfigure.console;

import java.math.BigDecimal;
import java.util.Locale;

import io.opentelemetry.api.common.Value;

/**
 * Values as one line of text that shows what it holds: whatever would end the line, move
 * the cursor or change the direction of writing is escaped, so that no recorded value can
 * forge output.
 */
final class ConsoleText {

	private ConsoleText() {
	}

	// The value with special characters escaped.
	static String plain(Object value) {
		String text = (value instanceof Value<?> structured) ? structured.asString() : value.toString();
		StringBuilder escaped = new StringBuilder(text.length() + 8);
		text.codePoints().forEach((codePoint) -> {
			switch (codePoint) {
				case '\\' -> escaped.append("\\\\");
				case '\n' -> escaped.append("\\n");
				case '\r' -> escaped.append("\\r");
				case '\t' -> escaped.append("\\t");
				default -> {
					if (isPrintable(codePoint)) {
						escaped.appendCodePoint(codePoint);
					}
					else {
						for (char unit : Character.toChars(codePoint)) {
							escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
						}
					}
				}
			}
		});
		return escaped.toString();
	}

	// The value with white space collapsed, special characters escaped, and cut.
	static String shortened(String value, int maxLength) {
		String text = value.strip().replaceAll("\\s+", " ");
		if (text.codePointCount(0, text.length()) <= maxLength) {
			return plain(text);
		}
		return plain(text.substring(0, text.offsetByCodePoints(0, maxLength - 1))) + "…";
	}

	// The value as logfmt writes it: in quotes where a parser needs them.
	static String quoted(Object value) {
		String text = plain(value);
		boolean bare = !text.isEmpty() && text.chars().noneMatch((c) -> c == ' ' || c == '"' || c == '=' || c == '\\');
		return (bare) ? text : '"' + text.replace("\"", "\\\"") + '"';
	}

	// The key as logfmt writes it, which has no quotes for keys.
	static String key(String key) {
		StringBuilder text = new StringBuilder(key.length());
		key.codePoints()
			.map((codePoint) -> (isPrintable(codePoint) && !Character.isWhitespace(codePoint) && codePoint != '='
					&& codePoint != '"' && codePoint != '\\') ? codePoint : '_')
			.forEach(text::appendCodePoint);
		return text.toString();
	}

	private static boolean isPrintable(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
				false;
			default -> true;
		};
	}

	// The number without exponent and without zeros that say nothing.
	static String number(double value) {
		return (Double.isFinite(value)) ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
				: Double.toString(value);
	}

	// The duration with three significant digits.
	static String duration(long nanos) {
		if (nanos < 1_000_000) {
			return String.format(Locale.ROOT, "%d µs", Math.max(0, nanos) / 1_000);
		}
		if (nanos < 1_000_000_000) {
			return decimal(nanos / 1e6) + " ms";
		}
		if (nanos < 60_000_000_000L) {
			return decimal(nanos / 1e9) + " s";
		}
		long seconds = nanos / 1_000_000_000;
		return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
	}

	private static String decimal(double value) {
		int digits = (value < 10) ? 2 : (value < 100) ? 1 : 0;
		return String.format(Locale.ROOT, "%." + digits + "f", value);
	}

}
