package io.kosmos.tracing.autoconfigure.redaction;

import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * SQL without literals: strings in every quoting, numbers and comments become {@code ?}.
 * Names, keywords and parameters stay. The text is passed over once; a literal or comment
 * that does not end takes the rest with it.
 */
final class SqlText {

	private static final Set<String> NO_SQL = Set.of("redis", "valkey", "memcached", "mongodb", "documentdb",
			"elasticsearch", "opensearch", "couchdb", "dynamodb", "aws.dynamodb", "neo4j", "hbase", "geode");

	private static final Set<String> DOUBLED_QUOTES = Set.of("postgresql", "h2", "h2database", "oracle", "oracle.db",
			"db2", "ibm.db2", "hsqldb", "derby", "cockroachdb", "firebirdsql", "trino", "redshift", "aws.redshift");

	private static final Set<String> WITH_BACKSLASHES = Set.of("mysql", "mariadb", "clickhouse", "spanner",
			"gcp.spanner", "bigquery", "hive", "spark", "databricks", "snowflake", "azure.cosmosdb", "cosmosdb");

	private SqlText() {
	}

	/**
	 * Return a statement without literals.
	 * @param statement the statement
	 * @param dialect how literals are written
	 * @return the same text if there are none
	 */
	static Edits edit(String statement, Dialect dialect) {
		Edits edits = new Edits(statement);
		edit(statement, 0, statement.length(), dialect, edits);
		return edits;
	}

	static void edit(String text, int from, int to, Dialect dialect, Edits edits) {
		int i = from;
		while (i < to) {
			char c = text.charAt(i);
			int end = i + 1;
			if (c == '\'' || c == '"' && dialect.doubleQuotedStrings) {
				end = string(text, i, to, c, dialect);
				edits.replace(i, end, "?");
			}
			else if (c == '"' || c == '`' || c == '[' && dialect.bracketedNames && isName(text, i, to)) {
				int close = text.indexOf((c == '[') ? ']' : c, i + 1);
				end = (close < 0 || close >= to) ? to : close + 1;
			}
			else if (c == '$' && i + 1 < to && (text.charAt(i + 1) == '$' || isLetter(text.charAt(i + 1)))) {
				end = dollarString(text, i, to, edits);
			}
			else if (c == '-' && i + 1 < to && text.charAt(i + 1) == '-') {
				end = lineComment(text, i, i + 2, to, "--?", edits);
			}
			else if (c == '#' && dialect == Dialect.BACKSLASHES) {
				end = lineComment(text, i, i + 1, to, "#?", edits);
			}
			else if (c == '/' && i + 1 < to && text.charAt(i + 1) == '*') {
				int close = text.indexOf("*/", i + 2);
				end = (close < 0 || close + 2 > to) ? to : close + 2;
				if (end - i != 5 || text.charAt(i + 2) != '?') {
					edits.replace(i, end, "/*?*/");
				}
			}
			else if (TextRules.isDigit(c) || c == '.' && i + 1 < to && TextRules.isDigit(text.charAt(i + 1))) {
				end = number(text, i, to);
				edits.replace(i, end, "?");
			}
			else if (c == '?') {
				// ?1 of JPA is a parameter.
				while (end < to && TextRules.isDigit(text.charAt(end))) {
					end++;
				}
			}
			else if (isLetter(c) || c == '$' || c == ':' || c == '@') {
				end = word(text, i, to, dialect, edits);
			}
			i = end;
		}
	}

	private static int word(String text, int from, int to, Dialect dialect, Edits edits) {
		int end = from + 1;
		while (end < to
				&& (isLetter(text.charAt(end)) || TextRules.isDigit(text.charAt(end)) || text.charAt(end) == '$')) {
			end++;
		}
		// E'', N'', B'', X'', U&'', _utf8''
		int quote = (end < to && text.charAt(end) == '&') ? end + 1 : end;
		if (quote < to && text.charAt(quote) == '\'' && (end - from <= 2 || text.charAt(from) == '_')) {
			char last = text.charAt(end - 1);
			if ((last == 'q' || last == 'Q') && quote == end && quote + 1 < to) {
				end = quoted(text, quote, to);
				edits.replace(from, end, "?");
				return end;
			}
			boolean escapes = end - from == 1 && (text.charAt(from) == 'E' || text.charAt(from) == 'e');
			end = string(text, quote, to, '\'', (escapes) ? Dialect.BACKSLASHES : dialect);
			edits.replace(from, end, "?");
		}
		return end;
	}

	private static int string(String text, int from, int to, char quote, Dialect dialect) {
		int i = from + 1;
		while (i < to) {
			char c = text.charAt(i);
			if (c == '\\' && dialect.backslashes) {
				if (dialect == Dialect.UNKNOWN && i + 1 < to && text.charAt(i + 1) == quote) {
					return to;
				}
				i += 2;
				continue;
			}
			if (c == quote) {
				if (i + 1 < to && text.charAt(i + 1) == quote) {
					i += 2;
					continue;
				}
				return i + 1;
			}
			i++;
		}
		return to;
	}

	// Oracle: q'[it's]'
	private static int quoted(String text, int quote, int to) {
		char open = text.charAt(quote + 1);
		char close = (open == '[') ? ']' : (open == '{') ? '}' : (open == '<') ? '>' : (open == '(') ? ')' : open;
		int end = text.indexOf(close + "'", quote + 2);
		return (end < 0 || end + 2 > to) ? to : end + 2;
	}

	private static int dollarString(String text, int from, int to, Edits edits) {
		int tagEnd = from + 1;
		while (tagEnd < to && tagEnd - from < 64
				&& (isLetter(text.charAt(tagEnd)) || TextRules.isDigit(text.charAt(tagEnd)))) {
			tagEnd++;
		}
		if (tagEnd >= to || text.charAt(tagEnd) != '$') {
			return tagEnd;
		}
		String tag = text.substring(from, tagEnd + 1);
		int close = text.indexOf(tag, tagEnd + 1);
		int end = (close < 0 || close + tag.length() > to) ? to : close + tag.length();
		edits.replace(from, end, "?");
		return end;
	}

	private static int lineComment(String text, int from, int start, int to, String masked, Edits edits) {
		int end = start;
		while (end < to && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
			end++;
		}
		if (end - from != masked.length() || !text.startsWith(masked, from)) {
			edits.replace(from, end, masked);
		}
		return end;
	}

	// 12, 1.5, 1e-3, 0xCAFE, 1_000
	private static int number(String text, int from, int to) {
		int end = from + 1;
		while (end < to) {
			char c = text.charAt(end);
			boolean sign = (c == '-' || c == '+') && (text.charAt(end - 1) == 'e' || text.charAt(end - 1) == 'E')
					&& !text.startsWith("0x", from) && end + 1 < to && TextRules.isDigit(text.charAt(end + 1));
			if (!TextRules.isWord(c) && c != '.' && c != '_' && !sign) {
				break;
			}
			end++;
		}
		return end;
	}

	// [orders] of SQL Server, not the index of an array.
	private static boolean isName(String text, int from, int to) {
		return from + 1 < to && isLetter(text.charAt(from + 1));
	}

	private static boolean isLetter(char c) {
		return TextRules.isWord(c) && !TextRules.isDigit(c) || c == '_' || c >= 128;
	}

	/**
	 * How strings are written.
	 */
	enum Dialect {

		/** Quotes are doubled; double quotes are those of names. */
		STANDARD(false, false, false),

		/** As the standard says, and brackets are those of names. */
		SQL_SERVER(false, false, true),

		/** Brackets are those of names; double quotes may be those of strings. */
		SQLITE(true, false, true),

		/** Backslashes escape too; double quotes are those of strings. */
		BACKSLASHES(true, true, false),

		/** Not known, so that what may be a string is taken for one. */
		UNKNOWN(true, true, false),

		/** No SQL at all. */
		NONE(true, true, false);

		private final boolean doubleQuotedStrings;

		private final boolean backslashes;

		private final boolean bracketedNames;

		Dialect(boolean doubleQuotedStrings, boolean backslashes, boolean bracketedNames) {
			this.doubleQuotedStrings = doubleQuotedStrings;
			this.backslashes = backslashes;
			this.bracketedNames = bracketedNames;
		}

		static Dialect of(@Nullable String system) {
			if (system == null) {
				return UNKNOWN;
			}
			String name = system.toLowerCase(Locale.ROOT);
			if (NO_SQL.contains(name)) {
				return NONE;
			}
			return switch (name) {
				case "mssql", "microsoft.sql_server" -> SQL_SERVER;
				case "sqlite" -> SQLITE;
				default -> DOUBLED_QUOTES.contains(name) ? Dialect.STANDARD
						: WITH_BACKSLASHES.contains(name) ? Dialect.BACKSLASHES : UNKNOWN;
			};
		}

	}

}
