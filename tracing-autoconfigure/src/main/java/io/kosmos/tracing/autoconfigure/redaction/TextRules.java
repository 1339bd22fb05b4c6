package io.kosmos.tracing.autoconfigure.redaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;
import org.jspecify.annotations.Nullable;

/**
 * The built-in rules for texts. Each passes over a text once and looks at most a fixed
 * number of characters back or ahead of what it passes, so that the time is linear in the
 * length whatever the text is. What one rule has put into a text, no rule finds again.
 * Thread-safe.
 */
final class TextRules {

	/** What stands where something was taken out. */
	static final String MASK = "[redacted]";

	/** What stands where something was taken out of a URL, by the conventions. */
	static final String URL_MASK = "REDACTED";

	/** With what a hash begins. */
	static final String HASH = "[hash:";

	private static final int DIGIT = 1;

	private static final int AT = 2;

	private static final int ASSIGN = 4;

	private static final int JOIN = 8;

	private static final int QUOTE = 16;

	private static final int SPACE = 32;

	private static final int PERCENT = 64;

	private static final int UPPER = 128;

	private static final short[] KINDS = kinds();

	/** No text that is shorter holds anything. */
	private static final int MIN_LENGTH = 5;

	private static final int MAX_NAME = 64;

	/** Blanks, quotes and backslashes between a name and its value. */
	private static final int MAX_GAP = 64;

	private static final int MAX_TAG = 512;

	private static final int MAX_ELEMENT = 2048;

	private static final int MIN_CODE = 10;

	private static final int HASH_LENGTH = HASH.length() + 17;

	private static final String QUERY_MASKS = URL_MASK + ":" + URL_MASK;

	private static final int MAX_AUTHORITY = 1024;

	private static final String ORACLE = "jdbc:oracle:";

	private static final Set<String> SCHEMES = Set.of("basic", "bearer", "token", "apikey", "negotiate", "ntlm");

	private static final List<String> SOURCES = List.of(".java", ".kt", ".scala", ".groovy");

	private static final List<String> STATEMENTS = List.of("select ", "insert ", "update ", "delete ", "merge ",
			"replace ", "with ", "call ");

	private static final Set<String> NO_SECRETS = Set.of("null", "true", "false", "none", "undefined", "nil", "?");

	private static final Prefix[][] PREFIXES = prefixes();

	private static final Map<String, Integer> IBAN_LENGTHS = ibanLengths();

	private final boolean[] on = new boolean[BuiltIn.values().length];

	private final Counts counts;

	TextRules(Set<BuiltIn> disabled, Counts counts) {
		for (BuiltIn rule : BuiltIn.values()) {
			this.on[rule.ordinal()] = !disabled.contains(rule);
		}
		this.counts = counts;
	}

	boolean isOn(BuiltIn rule) {
		return this.on[rule.ordinal()];
	}

	/**
	 * Take out what the rules find.
	 * @param text the text
	 * @return the same text if they find nothing
	 */
	String apply(String text) {
		int length = text.length();
		if (length < MIN_LENGTH) {
			return text;
		}
		int kinds = 0;
		int digits = 0;
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			int kind = (c < 128) ? KINDS[c] : 0;
			kinds |= kind;
			digits += kind & DIGIT;
		}
		return (kinds == 0) ? text : find(text, kinds, digits);
	}

	private String find(String text, int kinds, int digits) {
		String found = text;
		if ((kinds & JOIN) != 0) {
			found = run(BuiltIn.PRIVATE_KEY, found, TextRules::privateKeys);
		}
		if ((kinds & (ASSIGN | PERCENT)) != 0) {
			found = urls(found, kinds);
		}
		if ((kinds & JOIN) != 0 && (kinds & (SPACE | QUOTE)) != 0) {
			found = run(BuiltIn.ASSIGNMENT, found, TextRules::options);
		}
		if ((kinds & (ASSIGN | PERCENT)) != 0) {
			found = run(BuiltIn.ASSIGNMENT, found, TextRules::assignments);
		}
		if ((kinds & (SPACE | PERCENT)) != 0) {
			found = run(BuiltIn.CREDENTIALS, found, TextRules::credentials);
		}
		if ((kinds & (DIGIT | UPPER)) != 0) {
			if (text.length() >= 12) {
				found = run(BuiltIn.JWT, found, TextRules::webTokens);
			}
			found = run(BuiltIn.KNOWN_TOKEN, found, TextRules::knownTokens);
		}
		if ((kinds & (AT | PERCENT)) != 0) {
			found = run(BuiltIn.EMAIL, found, TextRules::addresses);
		}
		if (digits >= 13) {
			found = run(BuiltIn.CARD_NUMBER, found, TextRules::cardNumbers);
		}
		if (digits >= 10 && (kinds & UPPER) != 0) {
			found = run(BuiltIn.IBAN, found, TextRules::accountNumbers);
		}
		return found;
	}

	private String urls(String text, int kinds) {
		String found = text;
		if ((kinds & AT) != 0 && found.contains(ORACLE)) {
			found = run(BuiltIn.URL_USER_INFO, found, TextRules::oracleUser);
		}
		if (found.contains("//")) {
			found = run(BuiltIn.URL_USER_INFO, found, TextRules::userInfo);
		}
		if ((kinds & AT) != 0) {
			found = run(BuiltIn.URL_USER_INFO, found, TextRules::socketUser);
		}
		return ((kinds & PERCENT) != 0) ? run(BuiltIn.URL_USER_INFO, found, TextRules::escapedUserInfo) : found;
	}

	/**
	 * Take out the values that databases quote in what they say about a failure, and the
	 * literals of statements that Spring and H2 repeat there.
	 * @param message a message or stack trace
	 * @return the same text if there are none
	 */
	String applyDatabaseErrors(String message) {
		return run(BuiltIn.DATABASE_ERROR, message, TextRules::databaseErrors);
	}

	private String run(BuiltIn rule, String text, Finder finder) {
		if (!this.on[rule.ordinal()]) {
			return text;
		}
		Edits edits = new Edits(text);
		finder.find(text, edits);
		if (edits.count() == 0) {
			return text;
		}
		this.counts.add(rule.ruleName(), edits.count());
		return edits.result();
	}

	private static void privateKeys(String text, Edits edits) {
		int length = text.length();
		int begin = text.indexOf("BEGIN");
		while (begin >= 0) {
			int next = begin + 5;
			boolean spaced = begin > 0 && text.charAt(begin - 1) == ' ';
			int dashes = (spaced) ? begin - 1 : begin;
			int start = dashes;
			while (start > 0 && dashes - start < 5 && text.charAt(start - 1) == '-') {
				start--;
			}
			if (dashes - start >= 4 && start >= edits.end() && isPrivateKey(text, next)) {
				int end = text.indexOf((spaced) ? "-- END" : "--END", next);
				int label = (end < 0) ? length : end + 5;
				int endDashes = text.substring(label, Math.min(length, label + MAX_NAME)).indexOf("--");
				next = (endDashes < 0) ? length : label + endDashes;
				while (next < length && text.charAt(next) == '-') {
					next++;
				}
				edits.replace(start, next, MASK);
			}
			begin = text.indexOf("BEGIN", next);
		}
	}

	// BEGIN RSA PRIVATE KEY-----, or what the end of the text has left of it.
	private static boolean isPrivateKey(String text, int from) {
		int limit = Math.min(text.length(), from + MAX_NAME);
		String label = text.substring(from, limit);
		int dashes = label.indexOf("--");
		if (dashes < 0) {
			return limit == text.length() && (label.contains("PRIVATE") || " PRIVATE KEY".startsWith(label));
		}
		int word = label.indexOf("PRIVATE");
		return word >= 0 && word < dashes && label.indexOf("KEY", word) > 0 && label.indexOf("KEY", word) < dashes;
	}

	private static void userInfo(String text, Edits edits) {
		int length = text.length();
		int slashes = text.indexOf("//");
		while (slashes >= 0) {
			int start = slashes + 2;
			boolean scheme = slashes > 0 && text.charAt(slashes - 1) == ':';
			int end = authorityEnd(text, start);
			int at = last(text, '@', start, end);
			if (at < 0 && scheme && end < length && text.charAt(end) != '"') {
				int later = (hasPassword(text, start, end)
						|| text.charAt(end) == '/' && !isWeb(text, slashes) && last(text, ':', start, end) >= 0)
								? lastAt(text, start) : -1;
				at = (later >= 0 && text.startsWith("sha256:", later + 1)) ? -1 : later;
			}
			else if (at < 0 && scheme && end == length && hasPassword(text, start, end)) {
				at = end;
			}
			boolean password = at >= 0 && last(text, ':', start, at) >= 0;
			if (at >= 0 && (scheme || password)) {
				String masked = (password) ? QUERY_MASKS : URL_MASK;
				if (!text.regionMatches(start, masked, 0, masked.length()) || start + masked.length() != at) {
					edits.replace(start, at, masked);
				}
			}
			slashes = text.indexOf("//", Math.max(end, at));
		}
	}

	private static boolean isWeb(String text, int slashes) {
		return text.startsWith("http:", slashes - 5) || text.startsWith("https:", slashes - 6)
				|| text.startsWith("ws:", slashes - 3) || text.startsWith("wss:", slashes - 4);
	}

	// root:hunter2@tcp(db:3306)/orders
	private static void socketUser(String text, Edits edits) {
		for (int at = text.indexOf("@tcp("); at >= 0; at = text.indexOf("@tcp(", at + 1)) {
			int limit = Math.max(edits.end(), at - MAX_AUTHORITY);
			int start = at;
			while (start > limit && text.charAt(start - 1) > ' ' && "\"'=".indexOf(text.charAt(start - 1)) < 0) {
				start--;
			}
			if (last(text, ':', start, at) >= 0 && !text.substring(start, at).equals(QUERY_MASKS)) {
				edits.replace(start, at, QUERY_MASKS);
			}
		}
	}

	// postgres%3A%2F%2Falice%3Ahunter2%40db
	private static void escapedUserInfo(String text, Edits edits) {
		int percent = text.indexOf('%');
		while (percent >= 0) {
			int next = percent + 1;
			if (text.regionMatches(true, percent, "%3A%2F%2F", 0, 9)) {
				int start = percent + 9;
				int at = -1;
				int colon = -1;
				next = start;
				while (next < text.length() && text.charAt(next) > ' ' && text.charAt(next) != '&'
						&& text.charAt(next) != '"' && !isEscape(text, next, "2F") && !isEscape(text, next, "3F")
						&& !isEscape(text, next, "26")) {
					at = (text.charAt(next) == '@' || isEscape(text, next, "40")) ? next : at;
					colon = (isEscape(text, next, "3A") && at < 0) ? next : colon;
					next++;
				}
				String masked = (colon >= 0) ? URL_MASK + "%3A" + URL_MASK : URL_MASK;
				if (at >= 0 && !text.substring(start, at).equals(masked)) {
					edits.replace(start, at, masked);
				}
			}
			percent = text.indexOf('%', next);
		}
	}

	// jdbc:oracle:thin:scott/tiger@host:1521/orders
	private static void oracleUser(String text, Edits edits) {
		for (int driver = text.indexOf(ORACLE); driver >= 0; driver = text.indexOf(ORACLE, driver + 1)) {
			int start = text.indexOf(':', driver + ORACLE.length()) + 1;
			int at = (start > 0 && start >= edits.end()) ? lastAt(text, start) : -1;
			int slash = (at >= 0) ? last(text, '/', start, at) : -1;
			if (slash > start && !text.substring(start, at).equals(URL_MASK + "/" + URL_MASK)) {
				edits.replace(start, at, URL_MASK + "/" + URL_MASK);
			}
		}
	}

	private static int last(String text, char wanted, int from, int to) {
		int i = to - 1;
		while (i >= from && text.charAt(i) != wanted) {
			i--;
		}
		return (i >= from) ? i : -1;
	}

	private static int authorityEnd(String text, int start) {
		for (int i = start; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\') {
				return i;
			}
		}
		return text.length();
	}

	// Whether what should be a port is none, since the password holds what ends an
	// authority.
	private static boolean hasPassword(String text, int start, int end) {
		int colon = last(text, ':', start, end);
		if (colon < 0 || colon + 1 == end || text.charAt(start) == '[' || "${%".indexOf(text.charAt(colon + 1)) >= 0) {
			return false;
		}
		int i = colon + 1;
		while (i < end && isDigit(text.charAt(i))) {
			i++;
		}
		return i < end && (i == colon + 1 || isWord(text.charAt(i)));
	}

	private static int lastAt(String text, int start) {
		int limit = Math.min(text.length(), start + MAX_AUTHORITY);
		int at = -1;
		for (int i = start; i < limit && text.charAt(i) > ' ' && text.charAt(i) != '"'; i++) {
			at = (text.charAt(i) == '@') ? i : at;
		}
		return at;
	}

	private static void assignments(String text, Edits edits) {
		assignments(text, 0, text.length(), edits);
	}

	private static void assignments(String text, int from, int to, Edits edits) {
		for (int i = from; i < to; i++) {
			char c = text.charAt(i);
			int end = i;
			if (c == '<') {
				end = element(text, i, edits);
			}
			else if (c == '=' || c == ':' || c == '%' || c == '\\') {
				int start = separatorEnd(text, i, c);
				end = (start > 0) ? assignment(text, i, start, c, edits) : i;
			}
			i = Math.max(i, end - 1);
		}
	}

	private static int separatorEnd(String text, int at, char c) {
		if (c == '%') {
			int code = text.startsWith("25", at + 1) ? at + 3 : at + 1;
			return (text.regionMatches(true, code, "3d", 0, 2) || text.regionMatches(true, code, "3a", 0, 2)) ? code + 2
					: -1;
		}
		if (c == '\\') {
			return (text.regionMatches(true, at + 1, "u003d", 0, 5) || text.regionMatches(true, at + 1, "u003a", 0, 5))
					? at + 6 : -1;
		}
		if (c == ':' && (text.startsWith(":", at + 1) || text.startsWith("//", at + 1)
				|| at > 0 && text.charAt(at - 1) == ':')) {
			return -1;
		}
		return (text.startsWith("=", at + 1) || text.startsWith(">", at + 1)) ? at + 2 : at + 1;
	}

	// Masks what is assigned here if it is a secret, and returns where it ends.
	private static int assignment(String text, int at, int valueStart, char separator, Edits edits) {
		int from = edits.end();
		int nameEnd = nameEnd(text, at, from);
		int nameStart = nameStart(text, nameEnd, from);
		if (nameStart == nameEnd) {
			return at;
		}
		String name = text.substring(nameStart, nameEnd);
		char before = (nameStart > 0) ? text.charAt(nameStart - 1) : '\n';
		if (separator == ':' && isNoName(text, name, before, valueStart)) {
			return at;
		}
		boolean parameter = before == '?' || before == '&';
		boolean query = separator == '=' && (parameter || nameStart == 0 && nameEnd == at);
		if (isSecret(text, nameStart, nameEnd, name) || before == ' ' && isPair(text, nameStart, nameEnd, from)
				|| separator == '=' && isPassword(text, name, valueStart)
				|| query && name.equals("code") && isCode(text, valueStart, parameter)) {
			return value(text, valueStart, name, query, separator, edits);
		}
		return (name.equalsIgnoreCase("name") || name.equalsIgnoreCase("key")) ? named(text, valueStart, edits) : at;
	}

	private static boolean isSecret(String text, int start, int end, String name) {
		if (SecretNames.contains(name)) {
			return true;
		}
		int word = escapeEnd(text, start);
		return word > start && word < end && SecretNames.contains(text.substring(word, end));
	}

	// API key: abc
	private static boolean isPair(String text, int start, int end, int from) {
		int first = nameStart(text, start - 1, from);
		return first >= 0 && first < start - 1 && (SecretNames.isPair(text.substring(first, end))
				|| SecretNames.isPair(text.substring(Math.min(escapeEnd(text, first), start), end)));
	}

	private static boolean isPassword(String text, String name, int valueStart) {
		return name.equalsIgnoreCase("pass") && valueStart < text.length() && !isDigit(text.charAt(valueStart));
	}

	// Of OAuth, not that of a country.
	private static boolean isCode(String text, int valueStart, boolean parameter) {
		int end = wordEnd(text, valueStart, false);
		return end - valueStart >= MIN_CODE && (parameter || end < text.length() && text.charAt(end) == '&');
	}

	// TokenFilter.java:12, TokenException: expired, /v1/secrets:rotate
	private static boolean isNoName(String text, String name, char before, int valueStart) {
		if (before == '/' && valueStart < text.length() && text.charAt(valueStart) > ' ') {
			return true;
		}
		if (name.endsWith("Exception") || name.endsWith("Error")) {
			return true;
		}
		for (String source : SOURCES) {
			if (name.endsWith(source)) {
				return true;
			}
		}
		return false;
	}

	private static int nameEnd(String text, int separator, int from) {
		int end = separator;
		int limit = Math.max(from, separator - MAX_GAP);
		while (end > limit) {
			char c = text.charAt(end - 1);
			if (c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\' || c == '`') {
				end--;
			}
			else if (c == ']') {
				int index = end - 1;
				while (index > limit && isDigit(text.charAt(index - 1))) {
					index--;
				}
				end = (index > limit && text.charAt(index - 1) == '[') ? index - 1 : end - 1;
			}
			else {
				int escape = quoteStart(text, end);
				if (escape < limit) {
					break;
				}
				end = escape;
			}
		}
		return end;
	}

	// Where an escaped quote or bracket begins that ends here, or -1 if there is none.
	private static int quoteStart(String text, int end) {
		char c = text.charAt(end - 1);
		if (c == ';') {
			return (end >= 6 && text.startsWith("&quot;", end - 6)) ? end - 6 : -1;
		}
		if (end < 3) {
			return -1;
		}
		if (isEscape(text, end - 3, "22") || isEscape(text, end - 3, "5D") || isEscape(text, end - 3, "5B")) {
			return end - 3;
		}
		return (c == '2' && end >= 6 && text.startsWith("\\u0022", end - 6)) ? end - 6 : -1;
	}

	private static int nameStart(String text, int end, int from) {
		int limit = Math.max(from, end - MAX_NAME);
		int start = end;
		while (start > limit && isNamePart(text.charAt(start - 1))) {
			start--;
		}
		return start;
	}

	private static boolean isNamePart(char c) {
		return isWord(c) || c == '_' || c == '-' || c == '.' || c >= 128 && Character.isLetterOrDigit(c);
	}

	// Where a word begins whose first characters may end an escape: \npwd, %0Apwd.
	private static int escapeEnd(String text, int start) {
		if (start == 0) {
			return start;
		}
		char before = text.charAt(start - 1);
		if (before == '%' && isHex(text, start, 2)) {
			return (text.startsWith("25", start) && isHex(text, start + 2, 2)) ? start + 4 : start + 2;
		}
		if (before == '\\' && start < text.length()) {
			return (text.charAt(start) == 'u' && isHex(text, start + 1, 4)) ? start + 5
					: ("nrtbf".indexOf(text.charAt(start)) >= 0) ? start + 1 : start;
		}
		return start;
	}

	// Whether a word may begin here. The last character of an escape is part of none.
	private static boolean boundary(String text, int at) {
		if (at == 0 || !isWord(text.charAt(at - 1))) {
			return true;
		}
		return at >= 2 && text.charAt(at - 2) == '\\' && "nrtbf".indexOf(text.charAt(at - 1)) >= 0
				|| at >= 3 && text.charAt(at - 3) == '%' && isHex(text, at - 2, 2)
				|| at >= 5 && text.startsWith("%25", at - 5) && isHex(text, at - 2, 2)
				|| at >= 6 && text.startsWith("\\u", at - 6) && isHex(text, at - 4, 4);
	}

	private static boolean isHex(String text, int from, int digits) {
		if (from + digits > text.length()) {
			return false;
		}
		for (int i = from; i < from + digits; i++) {
			if (Character.digit(text.charAt(i), 16) < 0) {
				return false;
			}
		}
		return true;
	}

	private static int skip(String text, int from, String characters, int most) {
		int end = from;
		while (end < text.length() && end - from < most && characters.indexOf(text.charAt(end)) >= 0) {
			end++;
		}
		return end;
	}

	// Masks the value and returns where it ends.
	private static int value(String text, int from, String name, boolean query, char separator, Edits edits) {
		int length = text.length();
		int start = skip(text, from, " \t", MAX_GAP);
		int line = skip(text, start, " \t\r\n", MAX_GAP);
		start = (line < length && line > start && text.charAt(line) == '"') ? line : start;
		if (start >= length) {
			return start;
		}
		int quoted = quoted(text, start, query, edits);
		if (quoted >= 0) {
			return quoted;
		}
		char first = text.charAt(start);
		boolean header = !query && isHeader(name);
		int masked = maskEnd(text, start);
		if (masked >= 0) {
			int end = (header && masked < length && text.charAt(masked) == ' ') ? lineEnd(text, masked)
					: wordEnd(text, masked, separator == '%');
			return (end == masked) ? end : mask(text, start, end, query, edits);
		}
		if (first == '[' || (first == '(' || first == '{' && !isAlgorithm(text, start)) && !header) {
			if (first == '{' && name.endsWith("session")) {
				return start;
			}
			return mask(text, start + 1, closingBracket(text, start), false, edits);
		}
		if (first == '|' || first == '>') {
			int block = newlineEnd(text, skip(text, start + 1, "+-0123456789", 3));
			if (block >= 0) {
				int indented = skip(text, block, " \t", MAX_GAP);
				return (indented > block) ? mask(text, indented, blockEnd(text, indented), false, edits) : start;
			}
		}
		int end = wordEnd(text, start, separator == '%');
		int next = skip(text, end, " \t", 8);
		boolean scheme = next > end && end - start <= 16
				&& SCHEMES.contains(text.substring(start, end).toLowerCase(Locale.ROOT));
		if (header) {
			boolean plain = scheme && next < length && text.charAt(next) != '"' && !isCookie(name);
			end = (plain) ? tokenLineEnd(text, start) : lineEnd(text, start, !isCookie(name));
		}
		else if (scheme) {
			end = wordEnd(text, skip(text, next, "\"'", 1), false);
		}
		return mask(text, start, end, query, edits);
	}

	// Masks what is between quotes, if there are any, and returns where it ends, or -1.
	private static int quoted(String text, int start, boolean query, Edits edits) {
		int length = text.length();
		int quote = skip(text, start, "\\", MAX_GAP);
		if (quote < length && "\"'`".indexOf(text.charAt(quote)) >= 0) {
			return mask(text, quote + 1, closingQuote(text, quote + 1, text.charAt(quote), quote - start), false,
					edits);
		}
		int open = (quote > start && text.startsWith("u0022", quote)) ? quote + 5
				: text.startsWith("&quot;", start) ? start + 6 : text.startsWith("%22", start) ? start + 3 : -1;
		if (open < 0) {
			return -1;
		}
		int close = text.indexOf(text.substring(start, open), open);
		return mask(text, open, (close < 0) ? length : close, query, edits);
	}

	private static boolean isHeader(String name) {
		return isCookie(name) || name.toLowerCase(Locale.ROOT).endsWith("authorization");
	}

	private static boolean isCookie(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.endsWith("cookie") || lower.endsWith("cookies");
	}

	// {noop}abc
	private static boolean isAlgorithm(String text, int start) {
		int length = text.length();
		int close = start + 1;
		while (close < length && close - start < 24 && text.charAt(close) != '}') {
			close++;
		}
		return close > start + 1 && close + 1 < length && text.charAt(close) == '}' && isName(text, start + 1, close)
				&& text.charAt(close + 1) > ' ' && ",}])\"'\\;".indexOf(text.charAt(close + 1)) < 0;
	}

	// Where the bracket ends that begins here. What is quoted in it is passed over.
	private static int closingBracket(String text, int start) {
		int depth = 0;
		int i = start;
		while (i < text.length()) {
			char c = text.charAt(i);
			if (c == '[' || c == '(' || c == '{') {
				int masked = maskEnd(text, i);
				depth += (masked < 0) ? 1 : 0;
				i = (masked < 0) ? i : masked - 1;
			}
			else if (c == ']' || c == ')' || c == '}') {
				depth--;
				if (depth == 0) {
					return i;
				}
			}
			else if (c == '"' || c == '\'' && "[({,:= ".indexOf(text.charAt(i - 1)) >= 0) {
				int backslashes = i;
				while (backslashes > start && i - backslashes < MAX_GAP && text.charAt(backslashes - 1) == '\\') {
					backslashes--;
				}
				int end = closingQuote(text, i + 1, c, i - backslashes);
				i = skip(text, end, "\\", MAX_GAP);
			}
			i++;
		}
		return text.length();
	}

	// Where a mask or hash of ours ends that begins here, or -1 if none does.
	private static int maskEnd(String text, int start) {
		if (text.startsWith(MASK, start)) {
			return start + MASK.length();
		}
		boolean hash = text.startsWith(HASH, start) && isHex(text, start + HASH.length(), 16)
				&& text.startsWith("]", start + HASH_LENGTH - 1);
		return (hash) ? start + HASH_LENGTH : -1;
	}

	// Where the indented lines end.
	private static int blockEnd(String text, int from) {
		int end = lineEnd(text, from);
		int next = newlineEnd(text, end);
		while (next >= 0 && next < text.length() && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
			end = lineEnd(text, next);
			next = newlineEnd(text, end);
		}
		return end;
	}

	// <password type="x">abc</password>
	private static int element(String text, int open, Edits edits) {
		int length = text.length();
		int nameStart = open + 1;
		int end = nameStart;
		while (end < length && end - nameStart <= MAX_NAME
				&& (isNamePart(text.charAt(end)) || text.charAt(end) == ':')) {
			end++;
		}
		String name = text.substring(nameStart, end);
		if (name.isEmpty() || !SecretNames.contains(name.substring(name.lastIndexOf(':') + 1))) {
			return open;
		}
		int close = end;
		while (close < length && close - end < MAX_TAG && text.charAt(close) != '>' && text.charAt(close) != '<') {
			close++;
		}
		if (close == length || text.charAt(close) != '>' || text.charAt(close - 1) == '/'
				|| close > end && text.charAt(end) > ' ') {
			return open;
		}
		assignments(text, end, close, edits);
		int start = skip(text, close + 1, " \t\r\n", MAX_GAP);
		if (start < edits.end()) {
			return edits.end();
		}
		if (text.startsWith("<![CDATA[", start)) {
			int last = text.indexOf("]]>", start);
			return mask(text, start + 9, (last < 0) ? length : last, false, edits);
		}
		int next = text.indexOf('<', start);
		if (next < 0) {
			// Of Optional<Token> nothing is the value.
			return (open > 0 && isWord(text.charAt(open - 1))) ? open : mask(text, start, length, false, edits);
		}
		if (!text.startsWith("</", next)) {
			int last = text.substring(next, Math.min(length, next + MAX_ELEMENT)).indexOf("</" + name);
			return (last < 0) ? open : mask(text, start, next + last, false, edits);
		}
		return mask(text, start, next, false, edits);
	}

	// "name": "DB_PASSWORD", "value": "abc", or a part of a form.
	private static int named(String text, int from, Edits edits) {
		int length = text.length();
		int start = skip(text, from, " \t\"'\\", MAX_GAP);
		int end = start;
		while (end < length && end - start <= MAX_NAME && isNamePart(text.charAt(end))) {
			end++;
		}
		if (start == end || !SecretNames.contains(text.substring(start, end))) {
			return from;
		}
		int next = skip(text, end, " \t\r\n\"'\\,;", MAX_GAP);
		if (text.regionMatches(true, next, "value", 0, 5)) {
			int separator = skip(text, skip(text, next + 5, "s", 1), " \t\"'\\", MAX_GAP);
			boolean assigned = separator < length && (text.charAt(separator) == ':' || text.charAt(separator) == '=');
			return (assigned) ? value(text, separator + 1, text.substring(start, end), false, ':', edits) : from;
		}
		int quote = (text.startsWith("\\\"", end)) ? end + 2 : skip(text, end, "\"", 1);
		int line = newlineEnd(text, quote);
		if (line >= 0 && text.regionMatches(true, line, "content-", 0, 8)) {
			int limit = Math.min(length, line + MAX_NAME * 2);
			while (line < limit && newlineEnd(text, line) < 0) {
				line++;
			}
			line = newlineEnd(text, line);
		}
		int value = (line >= 0) ? newlineEnd(text, line) : -1;
		return (value >= 0) ? mask(text, value, lineEnd(text, value), false, edits) : from;
	}

	// Where a newline ends that begins here, escaped or not, or -1.
	private static int newlineEnd(String text, int from) {
		int start = (text.startsWith("\r", from)) ? from + 1 : text.startsWith("\\r", from) ? from + 2 : from;
		return (text.startsWith("\n", start)) ? start + 1 : text.startsWith("\\n", start) ? start + 2 : -1;
	}

	// --db-password abc, and curl -u alice:abc
	private static void options(String text, Edits edits) {
		int option = text.indexOf("--");
		while (option >= 0) {
			int end = option + 2;
			while (end < text.length() && end - option <= MAX_NAME && isNamePart(text.charAt(end))) {
				end++;
			}
			int start = skip(text, end, " \t\"',\\", 8);
			boolean begins = option == 0 || text.charAt(option - 1) <= ' '
					|| "\"'".indexOf(text.charAt(option - 1)) >= 0;
			if (begins && start > end && start < text.length() && start >= edits.end() && text.charAt(start) != '-'
					&& text.charAt(start) != '=' && text.charAt(start) != ':'
					&& SecretNames.contains(text.substring(option + 2, end))) {
				char quote = text.charAt(start - 1);
				int masked = maskEnd(text, start);
				int last = (masked >= 0) ? masked
						: (quote == '"' || quote == '\'')
								? closingQuote(text, start, quote, (text.charAt(start - 2) == '\\') ? 1 : 0)
								: wordEnd(text, start, false);
				end = mask(text, start, last, false, edits);
			}
			option = text.indexOf("--", end);
		}
		if (edits.count() == 0 && text.contains("curl ")) {
			userOptions(text, edits);
		}
	}

	private static void userOptions(String text, Edits edits) {
		for (int option = text.indexOf(" -u "); option >= 0; option = text.indexOf(" -u ", option + 1)) {
			int start = skip(text, option + 4, " \t\"'", 8);
			int end = wordEnd(text, start, false);
			int colon = start;
			while (colon < end && text.charAt(colon) != ':') {
				colon++;
			}
			if (colon < end && maskEnd(text, colon + 1) < end) {
				mask(text, colon + 1, end, false, edits);
			}
		}
	}

	private static int mask(String text, int start, int end, boolean query, Edits edits) {
		if (start >= end) {
			return end;
		}
		String masked = (query) ? URL_MASK : MASK;
		int length = end - start;
		if (length == masked.length() && text.startsWith(masked, start) || maskEnd(text, start) == end
				|| length <= 9 && NO_SECRETS.contains(text.substring(start, end).toLowerCase(Locale.ROOT))) {
			return end;
		}
		edits.replace(start, end, masked);
		return end;
	}

	private static int closingQuote(String text, int from, char quote, int backslashes) {
		int escapes = 0;
		for (int i = from; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == quote && ((backslashes == 0) ? escapes % 2 == 0 : escapes <= backslashes)) {
				return Math.max(from, i - ((backslashes == 0) ? 0 : escapes));
			}
			escapes = (c == '\\') ? escapes + 1 : 0;
		}
		return text.length();
	}

	// Of a line with a token that holds no quote, bracket or backslash.
	private static int tokenLineEnd(String text, int from) {
		int end = from;
		while (end < text.length()) {
			char c = text.charAt(end);
			if (c == '\n' || c == '\r' || c == '"' || c == '\\' || c == ']' || c == '}') {
				break;
			}
			end++;
		}
		return end;
	}

	private static int lineEnd(String text, int from) {
		return lineEnd(text, from, false);
	}

	// Where a line ends, and if told, the JSON string that holds it.
	private static int lineEnd(String text, int from, boolean json) {
		int end = from;
		while (end < text.length()) {
			char c = text.charAt(end);
			if (c == '\n' || c == '\r' || c == '\\' && (text.startsWith("n", end + 1) || text.startsWith("r", end + 1))
					|| json && c == '"' && isStringEnd(text, end + 1)) {
				break;
			}
			end++;
		}
		return end;
	}

	// "," "} "]
	private static boolean isStringEnd(String text, int from) {
		int next = skip(text, from, "]}", MAX_GAP);
		if (next == text.length()) {
			return true;
		}
		char c = text.charAt(next);
		int after = skip(text, next + 1, " ", 1);
		return c == ',' && (next > from || after < text.length() && text.charAt(after) == '"')
				|| next > from && (c == '\n' || c == '\r');
	}

	private static int wordEnd(String text, int from, boolean escaped) {
		int length = text.length();
		for (int i = from; i < length; i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c == '&' || c == '"' || c == '<' || c == '`'
					|| escaped && (isEscape(text, i, "26") || text.startsWith("%2526", i))) {
				return i;
			}
			if ((c == ')' || c == ']' || c == '}' || c == '\'') && (i + 1 == length || !isWord(text.charAt(i + 1)))) {
				return i;
			}
			if ((c == ',' || c == ';') && isSeparator(text, i + 1)) {
				return i;
			}
			if (c == '\\' && i + 1 < length
					&& ("\"nrt".indexOf(text.charAt(i + 1)) >= 0 || text.startsWith("u00", i + 1))) {
				return i;
			}
		}
		return length;
	}

	// Whether a comma or semicolon before this ends a value: the next name follows, or
	// nothing.
	private static boolean isSeparator(String text, int from) {
		if (from == text.length() || text.charAt(from) <= ' ' || text.charAt(from) == '"'
				|| text.charAt(from) == '\'') {
			return true;
		}
		int end = from;
		int limit = Math.min(text.length(), from + MAX_NAME);
		while (end < limit && isNamePart(text.charAt(end))) {
			end++;
		}
		return end > from && end < text.length() && (text.charAt(end) == '=' || text.charAt(end) == ':');
	}

	private static void credentials(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i + 7 < length; i++) {
			char c = text.charAt(i);
			boolean bearer = c == 'b' || c == 'B';
			if (!bearer || !boundary(text, i)) {
				continue;
			}
			int word = text.regionMatches(true, i, "bearer", 0, 6) ? i + 6
					: text.regionMatches(true, i, "basic", 0, 5) ? i + 5 : -1;
			int start = (word < 0) ? -1 : isEscape(text, word, "20") ? word + 3 : skip(text, word, " \t+", 8);
			if (start <= word) {
				continue;
			}
			start = skip(text, start, "\"'\\", 4);
			int end = start;
			boolean opaque = false;
			while (end < length && isToken(text.charAt(end))) {
				char t = text.charAt(end);
				opaque |= isDigit(t) || t == '+' || t == '_' || end > start && t >= 'A' && t <= 'Z';
				end++;
			}
			if (end - start >= 6 && opaque || end - start >= 16) {
				edits.replace(start, end, MASK);
			}
			i = Math.max(start, end) - 1;
		}
	}

	private static boolean isToken(char c) {
		return isWord(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '/' || c == '=';
	}

	private static void webTokens(String text, Edits edits) {
		int begin = text.indexOf("eyJ");
		while (begin >= 0) {
			int end = begin;
			int dots = 0;
			int length = text.length();
			while (end < length && (isBase64(text.charAt(end)) || text.charAt(end) == '.')) {
				dots += (text.charAt(end) == '.') ? 1 : 0;
				end++;
			}
			if (boundary(text, begin) && end - begin >= 12 && (dots > 0 || end == length)) {
				edits.replace(begin, end, MASK);
				begin = text.indexOf("eyJ", end);
			}
			else {
				// What follows in the same run has no dot either, or is no beginning.
				begin = text.indexOf("eyJ", (dots == 0) ? end : begin + 3);
				if (dots > 0 && begin >= 0 && begin < end) {
					begin = firstOf(text, begin, end);
				}
			}
		}
	}

	// The first eyJ of the run at which a word begins, or the first one after it.
	private static int firstOf(String text, int from, int end) {
		int begin = from;
		while (begin >= 0 && begin < end && !boundary(text, begin)) {
			begin = text.indexOf("eyJ", begin + 3);
		}
		return begin;
	}

	private static void knownTokens(String text, Edits edits) {
		int length = text.length();
		boolean word = false;
		for (int i = 0; i + 4 < length; i++) {
			char c = text.charAt(i);
			boolean begins = !word || PREFIXES[c & 127] != null && boundary(text, i);
			word = isWord(c);
			Prefix[] prefixes = (begins && c < 128) ? PREFIXES[c] : null;
			if (prefixes == null) {
				continue;
			}
			for (Prefix prefix : prefixes) {
				int end = prefix.end(text, i);
				if (end > 0) {
					edits.replace(i, end, MASK);
					i = end - 1;
					word = true;
					break;
				}
			}
		}
	}

	private static void addresses(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			if (c != '@' && (c != '%' || !isEscape(text, i, "40"))) {
				continue;
			}
			int limit = Math.max(edits.end(), i - MAX_NAME);
			int start = i;
			while (start > limit && isLocalPart(text.charAt(start - 1))) {
				start--;
			}
			int end = (start < i) ? domainEnd(text, (c == '@') ? i + 1 : i + 3) : -1;
			if (end > 0 && !text.substring(start, i).endsWith(URL_MASK) && !text.startsWith("git@", start)) {
				edits.replace(start, end, MASK);
				i = end - 1;
			}
		}
	}

	private static boolean isLocalPart(char c) {
		return isWord(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-'
				|| c >= 128 && Character.isLetterOrDigit(c);
	}

	// Where a domain of at least two labels ends, of which the last one has letters
	// alone.
	private static int domainEnd(String text, int from) {
		int limit = Math.min(text.length(), from + 254);
		int label = from;
		int found = -1;
		for (int i = from; i <= limit; i++) {
			char c = (i < limit) ? text.charAt(i) : ' ';
			if (isWord(c) || c == '-' || c >= 128 && Character.isLetterOrDigit(c)) {
				continue;
			}
			if (label > from && i - label >= 2 && Character.isLetter(text.charAt(label))
					&& Character.isLetter(text.charAt(i - 1))) {
				found = i;
			}
			if (c != '.' || i == label) {
				break;
			}
			label = i + 1;
		}
		return found;
	}

	private static void cardNumbers(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			if (c == '%' && isHex(text, i + 1, 2)) {
				i += 2;
				continue;
			}
			if (c == '\\' && text.startsWith("u", i + 1) && isHex(text, i + 2, 4)) {
				i += 5;
				continue;
			}
			if (!isDigit(c)) {
				continue;
			}
			int end = (isPart(text, i)) ? -1 : cardEnd(text, i);
			if (end > 0) {
				edits.replace(i, end, MASK);
				i = end - 1;
			}
			else {
				while (i + 1 < length && isDigit(text.charAt(i + 1))) {
					i++;
				}
			}
		}
	}

	// Whether what is before a number belongs to it. Letters do unless they are a word,
	// which hexadecimal digits are not.
	private static boolean isPart(String text, int at) {
		if (at == 0) {
			return false;
		}
		char before = text.charAt(at - 1);
		if (before == '_' || before == '.' && at > 1 && isDigit(text.charAt(at - 2))) {
			return true;
		}
		if (boundary(text, at)) {
			return false;
		}
		int start = at;
		boolean word = false;
		while (start > 0 && at - start < 16 && isWord(text.charAt(start - 1)) && !isDigit(text.charAt(start - 1))) {
			start--;
			word |= Character.digit(text.charAt(start), 16) < 0;
		}
		return !word || at - start < 3 || !boundary(text, start);
	}

	// The end of the longest card number that begins here, in groups or not.
	private static int cardEnd(String text, int from) {
		int length = text.length();
		int digits = 0;
		int group = 0;
		int groups = 0;
		char separator = 0;
		int found = -1;
		int i = from;
		while (i < length && digits <= 19) {
			char c = text.charAt(i);
			if (isDigit(c)) {
				digits++;
				group++;
				i++;
				boolean last = i == length || !isWord(text.charAt(i)) && text.charAt(i) != '_';
				if (last && isGrouped(groups, group, digits) && isCard(text, from, i, digits)) {
					found = i;
				}
			}
			else if ((c == ' ' || c == '-') && (separator == 0 || c == separator) && group >= 4 && group <= 6
					&& groups < 10_000 && i + 1 < length && isDigit(text.charAt(i + 1))) {
				groups = groups * 10 + group;
				group = 0;
				separator = c;
				i++;
			}
			else {
				break;
			}
		}
		return found;
	}

	// 4-4-4-4, 4-6-5 of American Express, 4-6-4 of Diners, 4-4-4-4-3
	private static boolean isGrouped(int groups, int last, int digits) {
		if (groups == 0) {
			return digits >= 14 && digits <= 19;
		}
		int all = groups * 10 + last;
		return all == 4444 || all == 465 || all == 464 || all == 44_443;
	}

	/**
	 * Whether a number is that of a card. One of 13 or 14 digits is taken for a duration.
	 * @param number the number
	 * @return whether issuer, length and check digit are right
	 */
	static boolean isCard(long number) {
		if (number < 100_000_000_000_000L) {
			return false;
		}
		String text = Long.toString(number);
		return text.length() <= 16 && isCard(text, 0, text.length(), text.length());
	}

	private static boolean isCard(String text, int from, int to, int digits) {
		int sum = 0;
		int first = 0;
		int read = 0;
		for (int i = from; i < to; i++) {
			char c = text.charAt(i);
			if (!isDigit(c)) {
				continue;
			}
			int digit = c - '0';
			first = (read < 4) ? first * 10 + digit : first;
			if ((digits - read) % 2 == 0) {
				digit = (digit > 4) ? digit * 2 - 9 : digit * 2;
			}
			sum += digit;
			read++;
		}
		return sum % 10 == 0 && isIssuer(first, digits);
	}

	private static boolean isIssuer(int first, int digits) {
		int two = first / 100;
		int three = first / 10;
		return switch (two / 10) {
			case 2 -> digits == 16 && first >= 2200 && first <= 2720;
			case 3 -> (two == 34 || two == 37) && digits == 15
					|| (two == 36 || two == 38 || three <= 305 && three >= 300) && (digits == 14 || digits == 16)
					|| two == 35 && digits == 16;
			case 4 -> digits == 16 || digits == 19;
			case 5, 6 -> digits == 16 || digits == 19;
			default -> false;
		};
	}

	private static void accountNumbers(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i + 14 < length; i++) {
			if (!isUpper(text.charAt(i)) || !isUpper(text.charAt(i + 1)) || !isDigit(text.charAt(i + 2))
					|| !isDigit(text.charAt(i + 3)) || !boundary(text, i)) {
				continue;
			}
			Integer needed = IBAN_LENGTHS.get(text.substring(i, i + 2));
			int end = (needed != null) ? accountEnd(text, i, needed) : -1;
			if (end > 0) {
				edits.replace(i, end, MASK);
				i = end - 1;
			}
		}
	}

	private static int accountEnd(String text, int from, int needed) {
		int read = 0;
		int remainder = 0;
		int start = 0;
		int i = from;
		while (i < text.length() && read < needed) {
			char c = text.charAt(i);
			if (c == ' ' && read > 3 && text.charAt(i - 1) != ' ') {
				i++;
				continue;
			}
			if (!isDigit(c) && !isUpper(c)) {
				return -1;
			}
			int value = (isDigit(c)) ? c - '0' : c - 'A' + 10;
			if (read < 4) {
				start = start * ((value > 9) ? 100 : 10) + value;
			}
			else {
				remainder = (remainder * ((value > 9) ? 100 : 10) + value) % 97;
			}
			read++;
			i++;
		}
		if (read < needed || i < text.length() && isWord(text.charAt(i))) {
			return -1;
		}
		return ((remainder * 1_000_000L + start) % 97 == 1) ? i : -1;
	}

	private static void databaseErrors(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			int statement = (c == '[' && isStatement(text, i + 1)) ? i + 1 : (c != 'S') ? -1
					: text.startsWith("SQL [", i) ? i + 5 : text.startsWith("SQL statement:", i) ? i + 14 : -1;
			if (statement >= 0) {
				int end = statementEnd(text, statement, text.charAt(statement - 1) == '[');
				SqlText.edit(text, statement, end, SqlText.Dialect.UNKNOWN, edits);
				i = Math.max(i, end - 1);
				continue;
			}
			Quotation quotation = Quotation.at(text, i, c);
			if (quotation == null) {
				continue;
			}
			int start = quotation.start(text, i);
			if (start >= 0) {
				int end = valueEnd(text, start, quotation.end(), quotation.close());
				if (end > start && maskEnd(text, start) != end) {
					edits.replace(start, end, MASK);
				}
				i = Math.max(i, end - 1);
			}
		}
	}

	private static boolean isStatement(String text, int from) {
		for (String verb : STATEMENTS) {
			if (text.regionMatches(true, from, verb, 0, verb.length())) {
				return true;
			}
		}
		return false;
	}

	// Where what is known to follow begins, or else the last closing character of the
	// line, or else its end.
	private static int valueEnd(String text, int from, String follows, char close) {
		int found = -1;
		int i = from;
		while (i < text.length() && text.charAt(i) != '\n') {
			if (text.charAt(i) == close) {
				if (!follows.isEmpty() && text.startsWith(follows, i)) {
					return i;
				}
				found = i;
			}
			i++;
		}
		return (found >= 0) ? found : i;
	}

	private static int statementEnd(String text, int from, boolean bracket) {
		int length = text.length();
		for (int i = from; i < length; i++) {
			char c = text.charAt(i);
			if (c == '\n' && (text.startsWith("\tat ", i + 1) || text.startsWith("Caused by: ", i + 1)
					|| !bracket && text.startsWith("\t", i + 1))) {
				return i;
			}
			if (bracket && c == ']' && (i + 1 == length || text.startsWith(";", i + 1) || text.startsWith(" [", i + 1)
					|| text.startsWith("\n", i + 1) || text.startsWith("\r", i + 1))) {
				return i;
			}
		}
		return length;
	}

	static boolean isWord(char c) {
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
	}

	static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	private static boolean isUpper(char c) {
		return c >= 'A' && c <= 'Z';
	}

	private static boolean isBase64(char c) {
		return isWord(c) || c == '-' || c == '_';
	}

	private static boolean isName(String text, int from, int to) {
		for (int i = from; i < to; i++) {
			if (!isNamePart(text.charAt(i)) && text.charAt(i) != '@') {
				return false;
			}
		}
		return true;
	}

	private static boolean isEscape(String text, int percent, String code) {
		return text.charAt(percent) == '%' && text.regionMatches(true, percent + 1, code, 0, 2);
	}

	private static short[] kinds() {
		short[] kinds = new short[128];
		for (char c = '0'; c <= '9'; c++) {
			kinds[c] = DIGIT;
		}
		for (char c = 'A'; c <= 'Z'; c++) {
			kinds[c] = UPPER;
		}
		kinds['@'] = AT;
		kinds['='] = ASSIGN;
		kinds[':'] = ASSIGN;
		kinds['<'] = ASSIGN;
		kinds['\\'] = ASSIGN;
		kinds['"'] = QUOTE;
		kinds['-'] = JOIN;
		kinds['_'] = JOIN;
		kinds[' '] = SPACE;
		kinds['+'] = SPACE;
		kinds['\t'] = SPACE;
		kinds['%'] = PERCENT;
		return kinds;
	}

	private static Prefix[][] prefixes() {
		Map<Character, List<Prefix>> prefixes = new HashMap<>();
		// Sources: the pages of the providers about the formats of their keys.
		for (String prefix : List.of("sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "ghp_", "gho_", "ghu_",
				"ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glptt-", "xoxb-", "xoxp-", "xoxa-", "xoxr-",
				"xoxs-", "xapp-", "AKIA", "ASIA", "AIza", "ya29.", "GOCSPX-", "hf_", "npm_", "pypi-", "SG.", "hvs.",
				"hvb.", "dckr_pat_", "dop_v1_", "gsk_", "xai-", "pplx-", "nvapi-", "lsv2_", "r8_", "shpat_", "shpss_",
				"whsec_", "AGE-SECRET-KEY-", "sbp_", "eyJhbGci")) {
			prefixes.computeIfAbsent(prefix.charAt(0), (c) -> new ArrayList<>()).add(new Prefix(prefix));
		}
		Prefix[][] table = new Prefix[128][];
		prefixes.forEach((c, list) -> table[c] = list.toArray(Prefix[]::new));
		return table;
	}

	private static Map<String, Integer> ibanLengths() {
		Map<String, Integer> lengths = new HashMap<>();
		// The registry of SWIFT, ISO 13616.
		String registry = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
				+ "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21"
				+ "LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25"
				+ "SV28TL23TN24TR26UA29VA22VG24XK20";
		for (int i = 0; i < registry.length(); i += 4) {
			lengths.put(registry.substring(i, i + 2), Integer.valueOf(registry.substring(i + 2, i + 4)));
		}
		return lengths;
	}

	@FunctionalInterface
	private interface Finder {

		void find(String text, Edits edits);

	}

	/**
	 * With what the keys of a provider begin. At least {@value #MIN} characters follow,
	 * of which one is a digit or in upper case; where the text was cut,
	 * {@value #MIN_CUT}.
	 */
	private record Prefix(String text) {

		private static final int MIN = 16;

		private static final int MIN_CUT = 6;

		private static final int MAX_WORDS = 40;

		// Where the key ends that begins here, or -1 if none does.
		int end(String in, int from) {
			if (!in.startsWith(this.text, from)) {
				return -1;
			}
			int start = from + this.text.length();
			int end = start;
			int length = in.length();
			boolean opaque = false;
			while (end < length && isPart(in.charAt(end))) {
				char c = in.charAt(end);
				opaque |= isDigit(c) || isUpper(c);
				if (end - start >= MAX_WORDS && !opaque) {
					return -1;
				}
				end++;
			}
			return (opaque && (end - start >= MIN || end == length && end - start >= MIN_CUT)) ? end : -1;
		}

		private static boolean isPart(char c) {
			return isWord(c) || c == '-' || c == '_' || c == '.';
		}

	}

	/**
	 * How a database quotes a value.
	 *
	 * @param begin what comes first
	 * @param then what comes directly before the value, empty if {@code begin} does
	 * @param close the character that ends the value
	 * @param end that character and what follows it, empty if that is not known
	 */
	private record Quotation(String begin, String then, char close, String end) {

		private static final int MAX_BETWEEN = 128;

		private static final List<Quotation> ALL = List.of(new Quotation(")=(", "", ')', ") already"),
				new Quotation("contains (", "", ')', ""), new Quotation("key value is (", "", ')', ""),
				new Quotation("VALUES (", "", ')', ""), new Quotation("dup key: {", "", '}', ""),
				new Quotation("Duplicate entry '", "", '\'', "' for key"),
				new Quotation("value: '", "", '\'', "' for column"), new Quotation("invalid input ", ": \"", '"', ""),
				new Quotation("out of range: \"", "", '"', ""), new Quotation("converting \"", "", '"', "\"; SQL"),
				new Quotation("converting the ", " value '", '\'', "' to data type"));

		static @Nullable Quotation at(String text, int at, char c) {
			if (c != ')' && c != 'c' && c != 'k' && c != 'V' && c != 'd' && c != 'D' && c != 'v' && c != 'i'
					&& c != 'o') {
				return null;
			}
			for (Quotation quotation : ALL) {
				if (quotation.begin.charAt(0) == c && text.startsWith(quotation.begin, at)) {
					return quotation;
				}
			}
			return null;
		}

		int start(String text, int at) {
			int from = at + this.begin.length();
			if (this.then.isEmpty()) {
				return from;
			}
			int found = text.substring(from, Math.min(text.length(), from + MAX_BETWEEN)).indexOf(this.then);
			return (found < 0) ? -1 : from + found + this.then.length();
		}

	}

}
