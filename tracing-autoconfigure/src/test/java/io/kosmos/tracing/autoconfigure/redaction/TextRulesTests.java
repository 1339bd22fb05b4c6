package io.kosmos.tracing.autoconfigure.redaction;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TextRulesTests {

	private final Counts counts = new Counts(Arrays.stream(BuiltIn.values()).map(BuiltIn::ruleName).toList());

	private final TextRules rules = new TextRules(Set.of(), this.counts);

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					url-user-info | https://jane:s3cret@example.com/a       | https://REDACTED:REDACTED@example.com/a
					url-user-info | see redis://:s3cret@cache:6379 now      | see redis://REDACTED:REDACTED@cache:6379 now
					url-user-info | https://ghost@example.com               | https://REDACTED@example.com
					url-user-info | mongodb://u:p@h1:1,h2:2/db              | mongodb://REDACTED:REDACTED@h1:1,h2:2/db
					url-user-info | amqp://user:pa/ss@host/vhost            | amqp://REDACTED:REDACTED@host/vhost
					url-user-info | jdbc:oracle:thin:scott/tiger@db:1521/x  | jdbc:oracle:thin:REDACTED/REDACTED@db:1521/x
					assignment    | https://a.example/b?sig=a%2Fb&c=1       | https://a.example/b?sig=REDACTED&c=1
					assignment    | color=blue&X-Goog-Signature=abc         | color=blue&X-Goog-Signature=REDACTED
					assignment    | https://a/?AWSAccessKeyId=1&Signature=2 | https://a/?AWSAccessKeyId=REDACTED&Signature=REDACTED
					assignment    | login failed, password=hunter2, user=a  | login failed, password=[redacted], user=a
					assignment    | {"password": "a\\"b c", "user": "j"}     | {"password": "[redacted]", "user": "j"}
					assignment    | "{\\"password\\":\\"x y\\",\\"a\\":1}"        | "{\\"password\\":\\"[redacted]\\",\\"a\\":1}"
					assignment    | {"pin": 1234, "n": 5}                   | {"pin": [redacted], "n": 5}
					assignment    | {"tokens": ["a"], "secrets": ["a","b"]} | {"tokens": ["a"], "secrets": [[redacted]]}
					assignment    | Authorization: Digest username=a, b=c   | Authorization: [redacted]
					assignment    | [cookie:"a=b; c=d", accept:"*/*"]       | [cookie:"[redacted]", accept:"*/*"]
					assignment    | Set-Cookie: a=b; Path=/; HttpOnly       | Set-Cookie: [redacted]
					assignment    | Server=db;User=sa;Password=p@ss,w;Ssl=1 | Server=db;User=sa;Password=[redacted];Ssl=1
					assignment    | jdbc:postgresql://h/d?user=a&password=b | jdbc:postgresql://h/d?user=a&password=REDACTED
					assignment    | <user>a</user><password>b</password>     | <user>a</user><password>[redacted]</password>
					assignment    | {user=a, password={noop}abc, x=1}       | {user=a, password=[redacted], x=1}
					assignment    | next=%2F%3Ftoken%3Dabc%26a%3Db          | next=%2F%3Ftoken%3D[redacted]%26a%3Db
					assignment    | env[OPENAI_API_KEY] => 'abc def'        | env[OPENAI_API_KEY] => '[redacted]'
					assignment    | password="never closed                  | password="[redacted]
					credentials   | sent Bearer abc123.def~x to it          | sent Bearer [redacted] to it
					credentials   | basic dXNlcjpwYXNz                      | basic [redacted]
					jwt           | got eyJhbGciOi.eyJzdWIi.c2ln!           | got [redacted]!
					known-token   | key sk-proj-abcdefghijklmnop1234 used   | key [redacted] used
					known-token   | key sk-ant-api03-abcdefghijklmnopQRST   | key [redacted]
					known-token   | (ghp_0123456789abcdefghijABCDEFGHIJ)    | ([redacted])
					known-token   | github_pat_11ABCDEFG0123456789          | [redacted]
					known-token   | glpat-abcdefghij0123456789              | [redacted]
					known-token   | xoxb-1234567890-abcdefghij              | [redacted]
					known-token   | AKIAIOSFODNN7EXAMPLE                    | [redacted]
					known-token   | AIzaSyA-1234567890abcdefghijklmnop      | [redacted]
					known-token   | hf_abcdefghijklmnopQRSTUVWX             | [redacted]
					email         | ask jane.doe+x@mail.example.com.        | ask [redacted].
					email         | jane%40example.com                      | [redacted]
					card-number   | card 4111111111111111 ok                | card [redacted] ok
					card-number   | 5500-0000-0000-0004                     | [redacted]
					card-number   | on 2024 4111 1111 1111 1111             | on 2024 [redacted]
					card-number   | amex 3782 822463 10005                  | amex [redacted]
					iban          | to DE89 3704 0044 0532 0130 00 today    | to [redacted] today
					iban          | GB82WEST12345698765432                  | [redacted]
					""")
	void shouldTakeOut(String rule, String text, String expected) {
		assertThat(this.rules.apply(text)).isEqualTo(expected);
		assertThat(this.counts.get(rule)).isPositive();
		assertThat(this.rules.apply(expected)).isSameAs(expected);
	}

	@Test
	void shouldTakeOutPrivateKeysAndLeaveCertificates() {
		String certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
		assertThat(this.rules
			.apply(certificate + "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend"))
			.isEqualTo(certificate + "[redacted]\nend");
		assertThat(this.rules.apply("-----BEGIN PRIVATE KEY-----\nMIIE\ncut")).isEqualTo("[redacted]");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "GET", "/orders/{id}", "http://localhost:8080/orders?page=1&size=20", "2026-11-22T03:22Z",
					"com.example.Foo@1a2b3c", "gpt-4o-2024-08-06", "claude-sonnet-4-5-20250929", "1763778767123456789",
					"1763778767123", "0af7651916cd43dd8448eb211c80319c", "b7ad6b71-6920-4331-9a52-001122334455",
					"token_type=bearer&expires_in=3600", "{\"max_tokens\": 100, \"total_tokens\":5}", "key=value, a: b",
					"Bearer of news", "basic understanding", "The session begins", "What is a password?", "a=b;c=d",
					"registry/image@sha256:abcdef", "https://medium.com/@jane/post", "jdbc:postgresql://db:5432/orders",
					"sk-learn", "task-management-of-many-things", "password=null", "{\"token\": null}",
					"SELECT a FROM b WHERE c = ?", "10.0.0.1:8080", "version 1.2.3-SNAPSHOT", "4111111111111112",
					"DE89370400440532013001", "at java.lang.Thread.run(Thread.java:833)", "kosmos=agent:zeus",
					"{\"session\": {\"id\": 5}}", "Ünïcödé – ok: ja" })
	void shouldLetStand(String text) {
		assertThat(this.rules.apply(text)).isSameAs(text);
	}

	@Test
	void shouldTakeOutWhatTheLengthLimitCut() {
		assertThat(this.rules.apply("the key is ghp_0123456789")).isEqualTo("the key is [redacted]");
		assertThat(this.rules.apply("the id is eyJhbGciOiJIUzI1")).isEqualTo("the id is [redacted]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					ERROR: duplicate key Detail: Key (email)=(x) already exists.  | ERROR: duplicate key Detail: Key (email)=([redacted]) already exists.
					Failing row contains (1, jane, (x)).                          | Failing row contains ([redacted]).
					Duplicate entry 'jane' for key 'users.name'                   | Duplicate entry '[redacted]' for key 'users.name'
					invalid input syntax for type integer: "jane"                 | invalid input syntax for type integer: "[redacted]"
					bad SQL grammar [x]; SQL [select 'jane', 5 from a]; nested    | bad SQL grammar [x]; SQL [select ?, ? from a]; nested
					""")
	void shouldTakeOutWhatDatabasesQuote(String text, String expected) {
		assertThat(this.rules.applyDatabaseErrors(text)).isEqualTo(expected);
		assertThat(this.rules.applyDatabaseErrors(expected)).isEqualTo(expected);
	}

	@Test
	void shouldDoNothingWhenAllIsSwitchedOff() {
		TextRules off = new TextRules(EnumSet.allOf(BuiltIn.class), this.counts);
		String text = "password=x jane@example.com 4111111111111111 https://a:b@c";
		assertThat(off.apply(text)).isSameAs(text);
	}

	/**
	 * A megabyte each. What takes quadratic time takes hours.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "a@a@a@", "sk-sk-", "((((", "12345", "1 2 ", "1234 ", "eyJ", "eyJ-", "a.eyJ-", "://",
			"://a:b/", "://a:b@", "password={", "password=[", "password='", "password=\"\\", "a=", "a:", "a.b-c_d=",
			"=====", "%3D", "a%40", "-----BEGIN ", "-----BEGIN PRIVATE KEY", "bearer ", "bearer a", "jdbc:oracle:",
			"jdbc:oracle:thin:a/", "DE89", "DE89 ", "DE12A", ",", "password=,,,,", "invalid input ", "SQL [",
			"SQL statement:", "Duplicate entry '", ")=(", "contains (", "'", "\"", "$a$", "$$", "/*", "--", "E'", "q'[",
			"\\", "\n", "\tat ", "Caused by: ", "ghp_", "<password>", "é@", "AAAA", "4111 1111 1111 111", "{",
			"cookie: " })
	@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void shouldTakeLinearTime(String piece) {
		String text = piece.repeat((1 << 20) / piece.length());
		this.rules.apply(text);
		this.rules.applyDatabaseErrors(text);
		for (SqlText.Dialect dialect : SqlText.Dialect.values()) {
			SqlText.edit(text, dialect).result();
		}
		StackTraceText.withoutMessages(text);
	}

}
