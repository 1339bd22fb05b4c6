package io.kosmos.tracing.autoconfigure.redaction;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Texts with and without secrets from a random number generator with a seed. Their number
 * is 100,000 unless the system property {@code kosmos.fuzz.rounds} says otherwise.
 */
class RedactionFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

	private static final String OPAQUE = LETTERS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	private static final List<String> CLEAN = List.of("GET", "/orders/{id}", "http://orders:8080/a?page=1",
			"{\"a\": 1}", "[1, 2, 3]", "Thread.java:833", "a=b", "c: d", "99.5%", "it's", "\"quoted\"", "(see below)",
			"<p>", "ü–日本", "💡", "x-y_z", "2026-11-22", "12:30:45", "1763778767123", "tokens: 5", "max_tokens=100",
			"10.0.0.1", "com.example.Foo@1a2b", "\\n", "\t", "$5.00", "a,b;c", "50 %", "user", "the", "&", "#1",
			"null");

	private static final String NOISE = " \t\n\"'\\=:;,&?%@()[]{}<>/-_.$#*`~|+!abcXYZ0123456789\u00e9\u65e5\ud83d\ude00";

	private static final List<String> PIECES = List.of("password", "token=", "\"secret\":", "eyJ", "sk-", "://", "@",
			"-----BEGIN PRIVATE KEY-----", "Bearer ", "4111", "%3D", "[redacted]", "REDACTED", "[hash:", "'", "$$",
			"/*", "DE89", "cookie: ", "SQL [", ")=(", "\tat ", "Caused by: ");

	private final TextRules rules = new TextRules(Set.of(),
			new Counts(Arrays.stream(BuiltIn.values()).map(BuiltIn::ruleName).toList()));

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void everyPlantedSecretGoesAndTheTextAroundItStays() {
		Random random = new Random(2030);
		for (int round = 0; round < ROUNDS; round++) {
			String before = clean(random);
			String after = clean(random);
			Planted planted = plant(random);
			String text = (random.nextBoolean()) ? before + " " + planted.text() + "\n" + after
					: before + " [{\"content\":\"x\\n" + escaped(planted.text()) + "\\nend\"}]\n" + after;
			try {
				String redacted = this.rules.apply(text);
				require(!redacted.contains(planted.secret()), "the secret goes");
				require(redacted.startsWith(before), "the text before it stays");
				require(redacted.endsWith(after), "the text after it stays");
				require(this.rules.apply(redacted).equals(redacted), "a second time changes nothing");
			}
			catch (Throwable ex) {
				throw new AssertionError(ex.getMessage() + " in round " + round + ": " + text, ex);
			}
		}
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void cleanTextStaysTheSame() {
		Random random = new Random(2031);
		for (int round = 0; round < ROUNDS; round++) {
			String text = clean(random);
			assertThat(this.rules.apply(text)).isSameAs(text);
		}
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noTextThrowsOrGrowsWithoutBound() {
		Random random = new Random(2032);
		for (int round = 0; round < ROUNDS; round++) {
			String text = noise(random);
			try {
				String redacted = this.rules.apply(text);
				require(redacted.length() <= 11 * text.length() + 10, "size is bounded");
				String message = this.rules.applyDatabaseErrors(text);
				require(message.length() <= 11 * text.length() + 10, "size is bounded");
				for (SqlText.Dialect dialect : SqlText.Dialect.values()) {
					String statement = SqlText.edit(text, dialect).result();
					require(statement.length() <= 2 * text.length() + 10, "size is bounded");
				}
				require(StackTraceText.withoutMessages(text).length() <= text.length() + 12 * text.lines().count() + 12,
						"size is bounded");
			}
			catch (Throwable ex) {
				throw new AssertionError(ex.getMessage() + " in round " + round + ": " + text, ex);
			}
		}
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noLiteralStaysInSql() {
		Random random = new Random(2033);
		for (int round = 0; round < ROUNDS; round++) {
			String secret = random(random, LETTERS, 12);
			String literal = switch (random.nextInt(6)) {
				case 0 -> "'" + secret + "'";
				case 1 -> "'it''s " + secret + "'";
				case 2 -> "E'it\\'s " + secret + "'";
				case 3 -> "$$it's " + secret + "$$";
				case 4 -> "$t$" + secret + "$t$";
				default -> "/* it's " + secret + " */ '" + secret + "'";
			};
			String text = "select \"a b\", 'x', " + random.nextInt() + " from t1 where b = " + literal + " and c = $1";
			String statement = SqlText.edit(text, SqlText.Dialect.STANDARD).result();
			try {
				require(!statement.contains(secret), "the literal goes");
				require(statement.startsWith("select \"a b\", ?, ") && statement.endsWith(" and c = $1"),
						"the statement stays");
				require(SqlText.edit(statement, SqlText.Dialect.STANDARD).count() == 0,
						"a second time changes nothing");
			}
			catch (Throwable ex) {
				throw new AssertionError(ex.getMessage() + " in round " + round + ": " + text, ex);
			}
		}
	}

	// As it stands in a JSON string.
	private static String escaped(String text) {
		return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
	}

	private static Planted plant(Random random) {
		String secret = random(random, OPAQUE, 24) + "7Q";
		return switch (random.nextInt(16)) {
			case 0 -> new Planted("password=" + secret, secret);
			case 1 -> new Planted("{\"api_key\": \"" + secret + "\", \"a\": 1}", secret);
			case 2 -> new Planted("{\\\"clientSecret\\\":\\\"" + secret + "\\\"}", secret);
			case 3 -> new Planted("https://jane:" + secret + "@example.com/a", secret);
			case 4 -> new Planted("https://example.com/a?sig=" + secret + "&b=c", secret);
			case 5 -> new Planted("Authorization: Bearer " + secret, secret);
			case 6 -> new Planted("Bearer " + secret, secret);
			case 7 -> new Planted("eyJ" + secret + "." + secret + ".x", secret);
			case 8 ->
				new Planted(List.of("sk-", "sk-ant-api03-", "ghp_", "github_pat_", "glpat-", "xoxb-", "hf_", "AIza")
					.get(random.nextInt(8)) + secret, secret);
			case 9 ->
				new Planted("-----BEGIN EC PRIVATE KEY-----\n" + secret + "\n-----END EC PRIVATE KEY-----", secret);
			case 10 -> new Planted(secret + "@mail.example.com", secret);
			case 11 -> card(random);
			case 12 -> new Planted("Cookie: a=b; SESSION=" + secret, secret);
			case 13 -> new Planted("Server=db;User Id=sa;Password=" + secret + ";Encrypt=true", secret);
			case 14 -> new Planted("<password>" + secret + "</password>", secret);
			default -> new Planted("{user=jane, access_token=" + secret + ", x=1}", secret);
		};
	}

	private static Planted card(Random random) {
		String digits = "4" + random(random, "0123456789", 14);
		int sum = 0;
		for (int i = 0; i < 15; i++) {
			int digit = digits.charAt(i) - '0';
			digit = (i % 2 == 0) ? (digit > 4) ? digit * 2 - 9 : digit * 2 : digit;
			sum += digit;
		}
		String number = digits + (10 - sum % 10) % 10;
		if (random.nextBoolean()) {
			return new Planted(number, number);
		}
		String grouped = number.replaceAll("(.{4})(?!$)", "$1 ");
		return new Planted("card: " + grouped, grouped);
	}

	private static String clean(Random random) {
		StringBuilder text = new StringBuilder();
		int words = random.nextInt(20);
		for (int i = 0; i < words; i++) {
			text.append((random.nextBoolean()) ? CLEAN.get(random.nextInt(CLEAN.size())) : random(random, LETTERS, 4))
				.append(" ");
		}
		return text.append("end").toString();
	}

	private static String noise(Random random) {
		StringBuilder text = new StringBuilder();
		int pieces = random.nextInt(40);
		for (int i = 0; i < pieces; i++) {
			if (random.nextInt(3) == 0) {
				text.append(PIECES.get(random.nextInt(PIECES.size())));
			}
			else {
				text.append(random(random, NOISE, 1 + random.nextInt(6)));
			}
		}
		return text.toString();
	}

	private static String random(Random random, String from, int length) {
		StringBuilder text = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			text.append(from.charAt(random.nextInt(from.length())));
		}
		return text.toString();
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError("Not so: " + what);
		}
	}

	private record Planted(String text, String secret) {

	}

}
