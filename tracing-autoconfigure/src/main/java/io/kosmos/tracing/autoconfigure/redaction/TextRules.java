package io.kosmos.tracing.autoconfigure.redaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;

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

	private static final int SPACE = 32;

	private static final int PERCENT = 64;

	private static final int UPPER = 128;

	private static final short[] KINDS = kinds();

	/** No text that is shorter holds anything. */
	private static final int MIN_LENGTH = 5;

	private static final int MAX_NAME = 64;

	private static final int MAX_AUTHORITY = 1024;

	private static final String ORACLE = "jdbc:oracle:";

	private static final Set<String> SCHEMES = Set.of("basic", "bearer", "digest", "token", "apikey", "negotiate",
			"ntlm", "hmac", "aws4-hmac-sha256");

	private static final Set<String> NO_SECRETS = Set.of("null", "true", "false", "none", "undefined", "nil");

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
		if ((kinds & ASSIGN) != 0 && (kinds & (AT | PERCENT)) != 0) {
			if (found.contains(ORACLE)) {
				found = run(BuiltIn.URL_USER_INFO, found, TextRules::oracleUser);
			}
			found = run(BuiltIn.URL_USER_INFO, found, TextRules::userInfo);
		}
		if ((kinds & (ASSIGN | PERCENT)) != 0) {
			found = run(BuiltIn.ASSIGNMENT, found, TextRules::assignments);
		}
		if ((kinds & SPACE) != 0) {
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
		int begin = text.indexOf("-----BEGIN ");
		while (begin >= 0) {
			int next = begin + 11;
			int dashes = text.indexOf("-----", next);
			int labelEnd = (dashes < 0) ? text.length() : dashes;
			if (labelEnd - next <= MAX_NAME && (text.substring(next, labelEnd).contains("PRIVATE KEY")
					|| dashes < 0 && "PRIVATE KEY".startsWith(text.substring(next)))) {
				int end = text.indexOf("-----END ", labelEnd);
				int endDashes = (end < 0) ? -1 : text.indexOf("-----", end + 9);
				next = (endDashes < 0) ? text.length() : endDashes + 5;
				edits.replace(begin, next, MASK);
			}
			else if (dashes < 0) {
				return;
			}
			begin = text.indexOf("-----BEGIN ", next);
		}
	}

	private static void userInfo(String text, Edits edits) {
		int from = 0;
		while (true) {
			int colon = text.indexOf("://", from);
			if (colon < 0) {
				return;
			}
			int start = colon + 3;
			int end = authorityEnd(text, start);
			int at = last(text, '@', start, end);
			if (at < 0 && end < text.length() && text.charAt(end) != '"' && hasPassword(text, start, end)) {
				at = lastAt(text, start);
			}
			if (at >= 0) {
				String masked = (last(text, ':', start, at) >= 0) ? URL_MASK + ":" + URL_MASK : URL_MASK;
				if (!text.regionMatches(start, masked, 0, masked.length()) || start + masked.length() != at) {
					edits.replace(start, at, masked);
				}
				from = Math.max(end, at);
			}
			else {
				from = start;
			}
		}
	}

	// jdbc:oracle:thin:scott/tiger@host:1521/orders
	private static void oracleUser(String text, Edits edits) {
		for (int driver = text.indexOf(ORACLE); driver >= 0; driver = text.indexOf(ORACLE, driver + 1)) {
			int start = text.indexOf(':', driver + ORACLE.length()) + 1;
			int at = (start > 0 && start >= edits.end()) ? lastAt(text, start) : -1;
			int slash = (at >= 0) ? text.indexOf('/', start) : -1;
			if (slash > start && slash < at && !text.substring(start, at).equals(URL_MASK + "/" + URL_MASK)) {
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
		int limit = Math.min(text.length(), start + MAX_AUTHORITY);
		for (int i = start; i < limit; i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\') {
				return i;
			}
		}
		return limit;
	}

	// Whether what should be a port is none, since the password holds what ends an
	// authority.
	private static boolean hasPassword(String text, int start, int end) {
		int colon = last(text, ':', start, end);
		if (colon < 0 || text.charAt(start) == '[') {
			return false;
		}
		for (int i = colon + 1; i < end; i++) {
			if (!isDigit(text.charAt(i))) {
				return true;
			}
		}
		return false;
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
		int length = text.length();
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			if (c != '=' && c != ':' && c != '%' && c != '>') {
				continue;
			}
			int valueStart = i + 1;
			if (c == '%') {
				if (!isEscape(text, i, "3d") && !isEscape(text, i, "3a")) {
					continue;
				}
				valueStart = i + 3;
			}
			else if (c == ':' && text.startsWith("//", i + 1)) {
				continue;
			}
			else if (c != '>' && i + 1 < length && (text.charAt(i + 1) == '=' || text.charAt(i + 1) == '>')) {
				valueStart = i + 2;
			}
			int nameEnd = nameEnd(text, i, c, edits.end());
			int nameStart = nameStart(text, nameEnd, edits.end());
			if (nameStart == nameEnd || c == '>' && (nameStart == 0 || text.charAt(nameStart - 1) != '<')) {
				continue;
			}
			String name = text.substring(nameStart, nameEnd);
			if (SecretNames.contains(name)) {
				boolean query = c == '=' && nameEnd == i
						&& (nameStart == 0 || text.charAt(nameStart - 1) == '?' || text.charAt(nameStart - 1) == '&');
				i = Math.max(i, value(text, valueStart, name, query, c, edits) - 1);
			}
		}
	}

	private static int nameEnd(String text, int separator, char kind, int from) {
		int end = separator;
		if (kind == '>') {
			return end;
		}
		for (int i = 0; i < 6 && end > from; i++) {
			char c = text.charAt(end - 1);
			if (c != ' ' && c != '"' && c != '\'' && c != '\\' && c != ']' && c != '`') {
				break;
			}
			end--;
		}
		return (end - 3 >= from && text.startsWith("%22", end - 3)) ? end - 3 : end;
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

	// Masks the value and returns where it ends.
	private static int value(String text, int from, String name, boolean query, char separator, Edits edits) {
		int length = text.length();
		int start = from;
		while (start < length && start - from < 8 && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
			start++;
		}
		int quote = start;
		while (quote < length && quote - start < 8 && text.charAt(quote) == '\\') {
			quote++;
		}
		if (quote < length && (text.charAt(quote) == '"' || text.charAt(quote) == '\'' || text.charAt(quote) == '`')) {
			int end = closingQuote(text, quote + 1, text.charAt(quote), quote - start);
			return mask(text, quote + 1, end, false, edits);
		}
		if (start >= length) {
			return start;
		}
		char first = text.charAt(start);
		if (first == '[' || first == '(') {
			if (text.startsWith(MASK, start) || text.startsWith(HASH, start)) {
				return start + MASK.length();
			}
			if (text.startsWith(MASK, start + 1)) {
				return start + 1 + MASK.length();
			}
			int close = text.indexOf((first == '[') ? ']' : ')', start);
			return mask(text, start + 1, (close < 0) ? length : close, false, edits);
		}
		if (first == '{') {
			int close = start + 1;
			while (close < length && close - start < 24 && text.charAt(close) != '}') {
				close++;
			}
			boolean algorithm = close > start + 1 && close + 1 < length && text.charAt(close) == '}'
					&& isName(text, start + 1, close) && text.charAt(close + 1) > ' ' && text.charAt(close + 1) != ','
					&& text.charAt(close + 1) != '}';
			if (!algorithm) {
				return start;
			}
		}
		if (separator == '>') {
			int close = text.indexOf('<', start);
			return mask(text, start, (close < 0) ? length : close, false, edits);
		}
		String lower = name.toLowerCase(Locale.ROOT);
		if (!query && lower.contains("cookie")) {
			return mask(text, start, lineEnd(text, start), false, edits);
		}
		int end = wordEnd(text, start, separator == '%');
		if (end - start <= 16 && end < length && text.charAt(end) == ' '
				&& SCHEMES.contains(text.substring(start, end).toLowerCase(Locale.ROOT))) {
			end = (lower.contains("authorization")) ? lineEnd(text, start) : wordEnd(text, end + 1, false);
		}
		return mask(text, start, end, query, edits);
	}

	private static int mask(String text, int start, int end, boolean query, Edits edits) {
		if (start >= end) {
			return end;
		}
		String masked = (query) ? URL_MASK : MASK;
		int length = end - start;
		if (length == masked.length() && text.startsWith(masked, start)
				|| length == MASK.length() && text.startsWith(MASK, start) || text.startsWith(HASH, start)
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

	private static int lineEnd(String text, int from) {
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

	private static int wordEnd(String text, int from, boolean escaped) {
		int length = text.length();
		for (int i = from; i < length; i++) {
			char c = text.charAt(i);
			if (c <= ' ' || c == '&' || c == '"' || c == '<' || c == '`' || escaped && isEscape(text, i, "26")) {
				return i;
			}
			if ((c == ')' || c == ']' || c == '}' || c == '\'') && (i + 1 == length || !isWord(text.charAt(i + 1)))) {
				return i;
			}
			if ((c == ',' || c == ';') && isSeparator(text, i + 1)) {
				return i;
			}
			if (c == '\\' && i + 1 < length && "\"nrt".indexOf(text.charAt(i + 1)) >= 0) {
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
			if (!bearer || i > 0 && isWord(text.charAt(i - 1))) {
				continue;
			}
			int start = text.regionMatches(true, i, "bearer ", 0, 7) ? i + 7
					: text.regionMatches(true, i, "basic ", 0, 6) ? i + 6 : -1;
			if (start < 0) {
				continue;
			}
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
			if ((begin == 0 || !isWord(text.charAt(begin - 1))) && end - begin >= 12 && (dots > 0 || end == length)) {
				edits.replace(begin, end, MASK);
				begin = text.indexOf("eyJ", end);
			}
			else {
				// What follows in the same run has no dot either, or is no beginning.
				begin = text.indexOf("eyJ", (dots == 0) ? end : begin + 3);
				if (dots > 0 && begin >= 0 && begin < end) {
					begin = boundary(text, begin, end);
				}
			}
		}
	}

	// The first eyJ of the run at which a word begins, or the first one after it.
	private static int boundary(String text, int from, int end) {
		int begin = from;
		while (begin >= 0 && begin < end && isWord(text.charAt(begin - 1))) {
			begin = text.indexOf("eyJ", begin + 3);
		}
		return begin;
	}

	private static void knownTokens(String text, Edits edits) {
		int length = text.length();
		boolean word = false;
		for (int i = 0; i + 4 < length; i++) {
			char c = text.charAt(i);
			boolean begins = !word;
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
			if (!isDigit(text.charAt(i))) {
				continue;
			}
			boolean part = i > 0 && (isWord(text.charAt(i - 1)) || text.charAt(i - 1) == '_'
					|| text.charAt(i - 1) == '.' && i > 1 && isDigit(text.charAt(i - 2)));
			int end = (part) ? -1 : cardEnd(text, i);
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

	// The end of the longest card number that begins here, in groups or not.
	private static int cardEnd(String text, int from) {
		int length = text.length();
		int digits = 0;
		int found = -1;
		int i = from;
		while (i < length && digits <= 19) {
			char c = text.charAt(i);
			if (isDigit(c)) {
				digits++;
				i++;
				boolean last = i == length || !isWord(text.charAt(i)) && text.charAt(i) != '_';
				if (last && digits >= 13 && digits <= 19 && isCard(text, from, i, digits)) {
					found = i;
				}
			}
			else if ((c == ' ' || c == '-') && i + 1 < length && isDigit(text.charAt(i + 1)) && digits < 19) {
				i++;
			}
			else {
				break;
			}
		}
		return found;
	}

	/**
	 * Whether a number is that of a card.
	 * @param number the number
	 * @return whether issuer, length and check digit are right
	 */
	static boolean isCard(long number) {
		if (number < 1_000_000_000_000L) {
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
					|| (two == 36 || two == 38 || three <= 305 && three >= 300) && digits >= 14
					|| two == 35 && digits >= 16;
			case 4 -> digits == 13 || digits == 16 || digits == 19;
			case 5 -> digits == 16 || (two == 50 || two >= 56) && digits >= 13;
			case 6 -> digits >= 16;
			default -> false;
		};
	}

	private static void accountNumbers(String text, Edits edits) {
		int length = text.length();
		for (int i = 0; i + 14 < length; i++) {
			if (!isUpper(text.charAt(i)) || !isUpper(text.charAt(i + 1)) || !isDigit(text.charAt(i + 2))
					|| !isDigit(text.charAt(i + 3)) || i > 0 && isWord(text.charAt(i - 1))) {
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
			int start = -1;
			char close = ')';
			if (c == ')' && text.startsWith(")=(", i)) {
				start = i + 3;
			}
			else if (c == 'c' && text.startsWith("contains (", i)) {
				start = i + 10;
			}
			else if (c == 'k' && text.startsWith("key value is (", i)) {
				start = i + 14;
			}
			else if (c == 'V' && text.startsWith("VALUES (", i)) {
				start = i + 8;
			}
			else if (c == 'D' && text.startsWith("Duplicate entry '", i)) {
				start = i + 17;
				close = '\'';
			}
			else if (c == 'v' && text.startsWith("value: '", i)) {
				start = i + 8;
				close = '\'';
			}
			else if (c == 'i' && text.startsWith("invalid input ", i)) {
				int colon = text.substring(i, Math.min(length, i + 128)).indexOf(": \"");
				start = (colon > 0) ? i + colon + 3 : -1;
				close = '"';
			}
			else if (c == 'S' && (text.startsWith("SQL [", i) || text.startsWith("SQL statement:", i))) {
				boolean bracket = text.charAt(i + 4) == '[';
				int from = i + ((bracket) ? 5 : 14);
				int end = statementEnd(text, from, bracket);
				SqlText.edit(text, from, end, SqlText.Dialect.UNKNOWN, edits);
				i = Math.max(i, end - 1);
				continue;
			}
			if (start >= 0) {
				int end = valueEnd(text, start, close);
				if (end > start && !text.substring(start, Math.min(end, start + 11)).equals(MASK)) {
					edits.replace(start, end, MASK);
				}
				i = Math.max(i, end - 1);
			}
		}
	}

	// The last bracket of the line, the first quote, or else the end of the line.
	private static int valueEnd(String text, int from, char close) {
		int found = -1;
		int i = from;
		while (i < text.length() && text.charAt(i) != '\n') {
			if (text.charAt(i) == close) {
				found = i;
				if (close != ')') {
					break;
				}
			}
			i++;
		}
		return (found >= 0) ? found : i;
	}

	private static int statementEnd(String text, int from, boolean bracket) {
		int end = (bracket) ? text.indexOf("]; ", from) : text.indexOf("\n\t", from);
		int line = (bracket && end < 0) ? text.lastIndexOf(']') : end;
		return (line >= from) ? line : text.length();
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
		kinds['>'] = ASSIGN;
		kinds['-'] = JOIN;
		kinds['_'] = JOIN;
		kinds[' '] = SPACE;
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

}
