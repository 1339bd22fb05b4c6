package io.kosmos.tracing.autoconfigure.redaction;

/**
 * A stack trace as {@code Throwable.printStackTrace} writes it, without messages: types,
 * frames and the order of causes stay.
 */
final class StackTraceText {

	private StackTraceText() {
	}

	static String withoutMessages(String trace) {
		StringBuilder kept = new StringBuilder(trace.length());
		int start = 0;
		while (start < trace.length()) {
			int newline = trace.indexOf('\n', start);
			int end = (newline < 0) ? trace.length() : newline;
			append(kept, trace.substring(start, end), start == 0);
			start = end + 1;
		}
		return kept.toString();
	}

	private static void append(StringBuilder kept, String line, boolean first) {
		String text = line.strip();
		int header = (first) ? 0 : text.startsWith("Caused by: ") ? 11 : text.startsWith("Suppressed: ") ? 12 : -1;
		if (header < 0 && !isFrame(line, text)) {
			return;
		}
		if (!first) {
			kept.append('\n');
		}
		if (header < 0) {
			kept.append(line);
			return;
		}
		int typeEnd = header;
		while (typeEnd < text.length() && (Character.isJavaIdentifierPart(text.charAt(typeEnd))
				|| text.charAt(typeEnd) == '.' || text.charAt(typeEnd) == '/')) {
			typeEnd++;
		}
		boolean type = typeEnd > header && (typeEnd == text.length() || text.startsWith(": ", typeEnd));
		kept.append(line, 0, line.indexOf(text))
			.append(text, 0, (type) ? typeEnd : header)
			.append((typeEnd == text.length()) ? "" : (type) ? ": " + TextRules.MASK : TextRules.MASK);
	}

	// \tat module/type.method(File.java:12), \t... 12 more
	private static boolean isFrame(String line, String text) {
		if (!line.startsWith("\t")) {
			return false;
		}
		if (text.startsWith("... ")) {
			return text.endsWith(" more") && text.substring(4, text.length() - 5).chars().allMatch(Character::isDigit);
		}
		int parenthesis = text.indexOf('(');
		int space = text.indexOf(' ', 3);
		return text.startsWith("at ") && parenthesis > 3 && text.endsWith(")") && (space < 0
				|| space > parenthesis && (text.endsWith("(Native Method)") || text.endsWith("(Unknown Source)")));
	}

}
