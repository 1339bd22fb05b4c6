package io.kosmos.tracing.autoconfigure.guard;

/**
 * Text that stays in its line wherever it is logged.
 */
final class LogText {

	private LogText() {
	}

	/**
	 * Whether a text has no control or format character, no line break of any kind and no
	 * half of a character.
	 */
	static boolean isPlain(String text) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if ((character < ' ' || character > '~') && !isPlain(text.codePointAt(i))) {
				return false;
			}
			if (Character.isHighSurrogate(character)) {
				i++;
			}
		}
		return true;
	}

	/**
	 * Return a text with an underscore in the place of each character that a line of a
	 * log must not have.
	 */
	static String of(String text) {
		if (isPlain(text)) {
			return text;
		}
		return text.codePoints()
			.map((codePoint) -> isPlain(codePoint) ? codePoint : '_')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static boolean isPlain(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE ->
				false;
			default -> true;
		};
	}

}
