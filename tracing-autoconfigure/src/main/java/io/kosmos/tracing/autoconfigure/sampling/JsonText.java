package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads <a href="https://www.rfc-editor.org/rfc/rfc8259">JSON</a> strictly, in linear
 * time: objects become maps, in which the last of equal names counts, arrays lists,
 * numbers doubles. An application need not have a library for it, and those that it may
 * have do not agree on what is an error.
 */
final class JsonText {

	static final int MAX_DEPTH = 64;

	private final String text;

	private int position;

	private int depth;

	private JsonText(String text) {
		this.text = text;
	}

	/**
	 * Read a text that is one value.
	 * @throws InvalidStrategiesException if it is none, naming the line and the column
	 */
	static @Nullable Object read(String text) throws InvalidStrategiesException {
		JsonText json = new JsonText(text);
		Object value = json.value();
		json.skipSpace();
		if (json.position < text.length()) {
			throw json.invalid("the end of the text");
		}
		return value;
	}

	private @Nullable Object value() throws InvalidStrategiesException {
		skipSpace();
		return switch (peek()) {
			case '{' -> object();
			case '[' -> array();
			case '"' -> string();
			case 't' -> word("true", Boolean.TRUE);
			case 'f' -> word("false", Boolean.FALSE);
			case 'n' -> word("null", null);
			default -> number();
		};
	}

	private Map<String, @Nullable Object> object() throws InvalidStrategiesException {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		open();
		if (peek() != '}') {
			do {
				skipSpace();
				if (peek() != '"') {
					throw invalid("a name in quotes");
				}
				String name = string();
				skipSpace();
				expect(':');
				object.put(name, value());
				skipSpace();
			}
			while (isNext(','));
		}
		close('}');
		return object;
	}

	private List<@Nullable Object> array() throws InvalidStrategiesException {
		List<@Nullable Object> array = new ArrayList<>();
		open();
		if (peek() != ']') {
			do {
				array.add(value());
				skipSpace();
			}
			while (isNext(','));
		}
		close(']');
		return array;
	}

	private void open() throws InvalidStrategiesException {
		this.depth++;
		if (this.depth > MAX_DEPTH) {
			throw invalid("no more than " + MAX_DEPTH + " values within each other");
		}
		this.position++;
		skipSpace();
	}

	private void close(char end) throws InvalidStrategiesException {
		expect(end);
		this.depth--;
	}

	private String string() throws InvalidStrategiesException {
		this.position++;
		StringBuilder string = new StringBuilder();
		while (peek() != '"') {
			char next = peek();
			if (next < ' ') {
				throw invalid("a quote at the end of a string");
			}
			this.position++;
			string.append((next == '\\') ? escaped() : next);
		}
		this.position++;
		return string.toString();
	}

	private char escaped() throws InvalidStrategiesException {
		char next = peek();
		int index = "\"\\/bfnrt".indexOf(next);
		if (index >= 0) {
			this.position++;
			return "\"\\/\b\f\n\r\t".charAt(index);
		}
		if (next != 'u') {
			throw invalid("an escape sequence");
		}
		int code = 0;
		for (int i = 0; i < 4; i++) {
			this.position++;
			char digit = peek();
			if (!Character.isLetterOrDigit(digit) || digit > 'f' || Character.digit(digit, 16) < 0) {
				throw invalid("four hexadecimal digits");
			}
			code = 16 * code + Character.digit(digit, 16);
		}
		this.position++;
		return (char) code;
	}

	private Double number() throws InvalidStrategiesException {
		int start = this.position;
		if (peek() == '-') {
			this.position++;
		}
		if (peek() == '0') {
			this.position++;
		}
		else {
			digits("a value");
		}
		if (peek() == '.') {
			this.position++;
			digits("a digit");
		}
		if (peek() == 'e' || peek() == 'E') {
			this.position++;
			if (peek() == '+' || peek() == '-') {
				this.position++;
			}
			digits("a digit");
		}
		double number = Double.parseDouble(this.text.substring(start, this.position));
		if (Double.isInfinite(number)) {
			this.position = start;
			throw invalid("a number of 64 bits");
		}
		return number;
	}

	private void digits(String expected) throws InvalidStrategiesException {
		if (peek() < '0' || peek() > '9') {
			throw invalid(expected);
		}
		while (peek() >= '0' && peek() <= '9') {
			this.position++;
		}
	}

	private @Nullable Boolean word(String word, @Nullable Boolean value) throws InvalidStrategiesException {
		if (!this.text.startsWith(word, this.position)) {
			throw invalid("a value");
		}
		this.position += word.length();
		return value;
	}

	private void skipSpace() {
		while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
			this.position++;
		}
	}

	private boolean isNext(char expected) {
		boolean next = peek() == expected;
		this.position += next ? 1 : 0;
		return next;
	}

	private void expect(char expected) throws InvalidStrategiesException {
		if (!isNext(expected)) {
			throw invalid("'" + expected + "'");
		}
	}

	/**
	 * Return what comes next, a NUL at the end: it is nowhere allowed.
	 */
	private char peek() {
		return (this.position < this.text.length()) ? this.text.charAt(this.position) : '\0';
	}

	private InvalidStrategiesException invalid(String expected) {
		String before = this.text.substring(0, Math.min(this.position, this.text.length()));
		long line = 1 + before.chars().filter((next) -> next == '\n').count();
		int column = before.length() - before.lastIndexOf('\n');
		String found = (this.position >= this.text.length()) ? "the end"
				: InvalidStrategiesException.quoted(String.valueOf(this.text.charAt(this.position)));
		return new InvalidStrategiesException(
				"line " + line + ", column " + column + ": there is " + found + ", but it must be " + expected);
	}

}
