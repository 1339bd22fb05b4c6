package io.kosmos.tracing.autoconfigure.guard;

/**
 * What is left of a span name when its variable parts are replaced by {@code {}}: UUIDs,
 * numbers, hexadecimal and other ids, quoted text, e-mail addresses. Takes time linear in
 * the length of the name.
 */
final class SpanNameTemplate {

	private static final String VARIABLE = "{}";

	private static final int UUID_LENGTH = 36;

	/** Letters and digits mixed are an id from this length on. */
	private static final int ID_LENGTH = 16;

	private static final int HEX_LENGTH = 8;

	/** A longer text in braces is no placeholder of a route. */
	private static final int PLACEHOLDER_LENGTH = 40;

	private final String name;

	private final StringBuilder template;

	private boolean doubleQuotes;

	private boolean singleQuotes;

	private SpanNameTemplate(String name) {
		this.name = name;
		this.template = new StringBuilder(name.length() + VARIABLE.length());
		this.doubleQuotes = name.indexOf('"') >= 0;
		this.singleQuotes = name.indexOf('\'') >= 0;
	}

	/**
	 * Return the template of a name.
	 * @param name the name
	 * @return the template, equal to the name if it has no variable part
	 */
	static String of(String name) {
		return new SpanNameTemplate(name).read();
	}

	/**
	 * Return the first word of a template and {@code {}} for the rest.
	 * @param template the template
	 * @return the first word, where there is one that something follows
	 */
	static String firstWord(String template) {
		for (int i = 1; i < template.length(); i++) {
			if (!Character.isLetterOrDigit(template.charAt(i))) {
				String word = template.substring(0, i);
				return word.equals("{") ? VARIABLE : word + " " + VARIABLE;
			}
		}
		return VARIABLE;
	}

	private String read() {
		int position = 0;
		while (position < this.name.length()) {
			position = next(position);
		}
		return this.template.toString();
	}

	private int next(int start) {
		char first = this.name.charAt(start);
		if (first == '{') {
			int end = placeholder(start);
			if (end > start) {
				if (end == start + VARIABLE.length()) {
					variable();
				}
				else {
					this.template.append(this.name, start, end);
				}
				return end;
			}
		}
		if (first == '"' || first == '\'' && (start == 0 || !isWord(this.name.charAt(start - 1)))) {
			int end = closingQuote(first, start);
			if (end > start) {
				variable();
				return end + 1;
			}
		}
		if (!isWord(first)) {
			this.template.append(first);
			return start + 1;
		}
		if (isUuid(start)) {
			variable();
			return start + UUID_LENGTH;
		}
		return word(start);
	}

	/**
	 * Return the end of a placeholder such as {@code {id}}, or the start if it is none.
	 */
	private int placeholder(int start) {
		int limit = Math.min(this.name.length(), start + PLACEHOLDER_LENGTH);
		for (int i = start + 1; i < limit; i++) {
			char character = this.name.charAt(i);
			if (character == '}') {
				return i + 1;
			}
			if (!Character.isLetter(character) && character != '_' && character != '*' && character != '-') {
				return start;
			}
		}
		return start;
	}

	private int closingQuote(char quote, int start) {
		if (!((quote == '"') ? this.doubleQuotes : this.singleQuotes)) {
			return -1;
		}
		int end = this.name.indexOf(quote, start + 1);
		if (end < 0) {
			// There is no other one further on either.
			this.doubleQuotes &= quote != '"';
			this.singleQuotes &= quote == '"';
		}
		return (end + 1 < this.name.length() && isWord(this.name.charAt(end + 1))) ? -1 : end;
	}

	private boolean isUuid(int start) {
		if (start + UUID_LENGTH > this.name.length()) {
			return false;
		}
		for (int i = 0; i < UUID_LENGTH; i++) {
			char character = this.name.charAt(start + i);
			boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
			if (hyphen ? character != '-' : !isHex(character)) {
				return false;
			}
		}
		return start + UUID_LENGTH == this.name.length() || !isWord(this.name.charAt(start + UUID_LENGTH));
	}

	private int word(int start) {
		int end = start;
		int address = -1;
		// An address is one word, which may have dots and the like in it.
		int wordEnd = -1;
		while (end < this.name.length()) {
			char character = this.name.charAt(end);
			if (!isWord(character)) {
				wordEnd = (wordEnd < 0) ? end : wordEnd;
				if (character == '@' && address < 0 && end + 1 < this.name.length()
						&& isWord(this.name.charAt(end + 1))) {
					address = end;
				}
				else if (!isPartOfAddress(character)) {
					break;
				}
			}
			end++;
		}
		if (address > 0) {
			variable();
			return end;
		}
		wordEnd = (wordEnd < 0) ? end : wordEnd;
		append(start, wordEnd);
		// The others up to the end are no addresses either, and would be read again and
		// again.
		int position = wordEnd;
		while (position < end) {
			int from = position;
			while (position < end && isWord(this.name.charAt(position))) {
				position++;
			}
			if (position > from) {
				if (isUuid(from)) {
					variable();
					position = from + UUID_LENGTH;
				}
				else {
					append(from, position);
				}
			}
			else {
				this.template.append(this.name.charAt(position++));
			}
		}
		return position;
	}

	private void append(int start, int end) {
		int digits = 0;
		int changes = 0;
		boolean hex = true;
		for (int i = start; i < end; i++) {
			char character = this.name.charAt(i);
			boolean digit = Character.isDigit(character);
			digits += digit ? 1 : 0;
			changes += (i > start && digit != Character.isDigit(this.name.charAt(i - 1))) ? 1 : 0;
			hex &= isHex(character);
		}
		int length = end - start;
		if (digits == 0 && !(hex && length >= ID_LENGTH) || isVersion(start, end)) {
			this.template.append(this.name, start, end);
		}
		else if (digits == length || length >= ID_LENGTH || hex && length >= HEX_LENGTH || changes > 2
				|| Character.isDigit(this.name.charAt(start))) {
			variable();
		}
		else {
			for (int i = start; i < end; i++) {
				if (!Character.isDigit(this.name.charAt(i))) {
					this.template.append(this.name.charAt(i));
				}
				else if (!Character.isDigit(this.name.charAt(i - 1))) {
					this.template.append(VARIABLE);
				}
			}
		}
	}

	/**
	 * Whether it is {@code v1}, which tells interfaces apart and not calls.
	 */
	private boolean isVersion(int start, int end) {
		return (this.name.charAt(start) == 'v' || this.name.charAt(start) == 'V') && end - start <= 3
				&& end - start >= 2 && Character.isDigit(this.name.charAt(start + 1))
				&& Character.isDigit(this.name.charAt(end - 1));
	}

	/**
	 * Add {@code {}}, or nothing where it would follow another one: what has a number of
	 * parts, such as a date or a list, is one.
	 */
	private void variable() {
		int last = this.template.length();
		while (last > 0 && isJoint(this.template.charAt(last - 1))) {
			last--;
		}
		if (last >= VARIABLE.length() && this.template.charAt(last - 1) == '}'
				&& this.template.charAt(last - 2) == '{') {
			this.template.setLength(last);
			return;
		}
		this.template.append(VARIABLE);
	}

	private static boolean isJoint(char character) {
		return character == '-' || character == '_' || character == '.' || character == ':' || character == ','
				|| character == ' ' || character == '+';
	}

	private static boolean isPartOfAddress(char character) {
		return character == '.' || character == '-' || character == '_' || character == '+' || character == '@';
	}

	private static boolean isWord(char character) {
		return Character.isLetterOrDigit(character) || Character.isSurrogate(character);
	}

	private static boolean isHex(char character) {
		return character >= '0' && character <= '9' || character >= 'a' && character <= 'f'
				|| character >= 'A' && character <= 'F';
	}

}
