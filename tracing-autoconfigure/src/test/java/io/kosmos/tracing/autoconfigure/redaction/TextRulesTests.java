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
					url-user-info | //alice:hunter2@db/x | //REDACTED:REDACTED@db/x
					url-user-info | postgres://user:12/hunter2@db:5432/x | postgres://REDACTED:REDACTED@db:5432/x
					url-user-info | postgres://alice:hunter2 | postgres://REDACTED:REDACTED
					url-user-info | root:hunter2@tcp(db:3306)/orders | REDACTED:REDACTED@tcp(db:3306)/orders
					url-user-info | r=postgres%3A%2F%2Falice%3Ahunter2%40db%2Fx | r=postgres%3A%2F%2FREDACTED%3AREDACTED%40db%2Fx
					assignment | Authorization: SSWS abc-def | Authorization: [redacted]
					assignment | Authorization: Digest u="x", response="abc" | Authorization: [redacted]"
					assignment | Cookie: prefs="x"; sid=abc | Cookie: [redacted]
					assignment | Cookie: pref={"a":1}; sid=abc | Cookie: [redacted]
					assignment | {"log":"Authorization: SSWS abc","n":5} | {"log":"Authorization: [redacted]","n":5}
					assignment | {"credentials":{"user":"x","value":"a}b"},"n":5} | {"credentials":{[redacted]},"n":5}
					assignment | {"passwords":["a]b","hunter2"],"n":5} | {"passwords":[[redacted]],"n":5}
					assignment | {"secrets":[["a"],["b"]]} | {"secrets":[[redacted]]}
					assignment | {"name":"DB_PASSWORD","value":"hunter2"} | {"name":"DB_PASSWORD","value":"[redacted]"}
					assignment | {"name":"Authorization","value":"Token a"} | {"name":"Authorization","value":"[redacted]"}
					assignment | {"u":"/?token\\u003dhunter2\\u0026a\\u003db"} | {"u":"/?token\\u003d[redacted]\\u0026a\\u003db"}
					assignment | {\\u0022password\\u0022:\\u0022a b\\u0022} | {\\u0022password\\u0022:\\u0022[redacted]\\u0022}
					assignment | &quot;password&quot;:&quot;a b&quot; | &quot;password&quot;:&quot;[redacted]&quot;
					assignment | {\\\\\\\\\\\\\\"pwd\\\\\\\\\\\\\\":\\\\\\\\\\\\\\"a\\\\\\\\\\\\\\"} | {\\\\\\\\\\\\\\"pwd\\\\\\\\\\\\\\":\\\\\\\\\\\\\\"[redacted]\\\\\\\\\\\\\\"}
					assignment | <password type="x">a</password> | <password type="x">[redacted]</password>
					assignment | <ns:Password Type="http://x#Text">a</ns:Password> | <ns:Password Type="http://x#Text">[redacted]</ns:Password>
					assignment | <password><![CDATA[a<b]]></password> | <password><![CDATA[[redacted]]]></password>
					assignment | <secret><value>a</value></secret><b> | <secret>[redacted]</secret><b>
					assignment | <p name="password" value="hunter2"/> | <p name="password" value="[redacted]"/>
					assignment | name="password"\\r\\n\\r\\nhunter2\\r\\n--x | name="password"\\r\\n\\r\\n[redacted]\\r\\n--x
					assignment | API key: abc | API key: [redacted]
					assignment | Invalid secret key: abc | Invalid secret key: [redacted]
					assignment | private key = abc | private key = [redacted]
					assignment | set APIkey=abc | set APIkey=[redacted]
					assignment | with pass=abc | with pass=[redacted]
					assignment | /cb?code=S3lxlOBeZQQY&state=xyz | /cb?code=REDACTED&state=xyz
					assignment | code=S3lxlOBeZQQY&state=xyz | code=REDACTED&state=xyz
					assignment | a password          = abc | a password          = [redacted]
					assignment | /cb?token[]=abc&a=b | /cb?token[]=REDACTED&a=b
					assignment | /cb?password[0]=abc | /cb?password[0]=REDACTED
					assignment | a password%253Dabc%2526a%253Db | a password%253D[redacted]%2526a%253Db
					assignment | x --db-password hunter2 -v | x --db-password [redacted] -v
					assignment | ["--password","hunter2","-v"] | ["--password","[redacted]","-v"]
					assignment | curl -u alice:hunter2 https://x | curl -u alice:[redacted] https://x
					assignment | a password=[redacted]-hunter2 | a password=[redacted]
					assignment | a "password":"[hash:hunter2" | a "password":"[redacted]"
					assignment | {"c":"x\\npwd=abc"} | {"c":"x\\npwd=[redacted]"}
					assignment | {"c":"x\\npin: abc"} | {"c":"x\\npin: [redacted]"}
					assignment | C:\\token=abc | C:\\token=[redacted]
					credentials | Bearer  abc123 | Bearer  [redacted]
					credentials | Bearer "abc123" | Bearer "[redacted]"
					credentials | x=Bearer%20abc123 | x=Bearer%20[redacted]
					credentials | x=Bearer+abc123 | x=Bearer+[redacted]
					credentials | {"c":"x\\nBearer abc123"} | {"c":"x\\nBearer [redacted]"}
					private-key | a-----BEGIN+RSA+PRIVATE+KEY-----x-----END+RSA+PRIVATE+KEY-----b | a[redacted]b
					private-key | -----BEGIN%20PRIVATE%20KEY-----x | [redacted]
					private-key | ---- BEGIN SSH2 PRIVATE KEY ----x---- END SSH2 PRIVATE KEY ---- | [redacted]
					known-token | {"c":"my key:\\nsk-proj-S3CR8aaaaaaaaaaaBBBB"} | {"c":"my key:\\n[redacted]"}
					known-token | ?q%3Dghp_S3CRe42F292c6912E7710 | ?q%3D[redacted]
					known-token | q\\u003dghp_S3CRe42F292c6912E7710 | q\\u003d[redacted]
					card-number | {"c":"card:\\n4111 1111 1111 1111"} | {"c":"card:\\n[redacted]"}
					card-number | card4111111111111111 | card[redacted]
					iban | {"c":"iban:\\nDE89370400440532013000"} | {"c":"iban:\\n[redacted]"}
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
	@ValueSource(strings = { "", "GET", "/orders/{id}", "http://localhost:8080/orders?page=1&size=20",
			"2026-11-22T03:22Z", "com.example.Foo@1a2b3c", "gpt-4o-2024-08-06", "claude-sonnet-4-5-20250929",
			"1763778767123456789", "1763778767123", "0af7651916cd43dd8448eb211c80319c",
			"b7ad6b71-6920-4331-9a52-001122334455", "token_type=bearer&expires_in=3600",
			"{\"max_tokens\": 100, \"total_tokens\":5}", "key=value, a: b", "Bearer of news", "basic understanding",
			"The session begins", "What is a password?", "a=b;c=d", "registry/image@sha256:abcdef",
			"https://medium.com/@jane/post", "jdbc:postgresql://db:5432/orders", "sk-learn",
			"task-management-of-many-things", "password=null", "{\"token\": null}", "SELECT a FROM b WHERE c = ?",
			"10.0.0.1:8080", "version 1.2.3-SNAPSHOT", "4111111111111112", "DE89370400440532013001",
			"at java.lang.Thread.run(Thread.java:833)", "kosmos=agent:zeus", "{\"session\": {\"id\": 5}}",
			"Ünïcödé – ok: ja", "at a.AuthorizationFilter.doFilter(AuthorizationFilter.java:101)",
			"a.BadCredentialsException: Bad credentials", "ExpiredJwtException: JWT expired",
			"com.example.TokenService::issue", "/v1/secrets:rotate", "session_id=abc, sessionId: 5",
			"{\"session-id\":\"abc\"}", "country?code=DE", "60 61 62 63 64 65 66 67", "4 8 15 16 23 42 108 12 7 5",
			"4006381333931", "600000000000000007", "http://localhost:8080.", "see http://host:8080,",
			"docker://registry:5000/image@sha256:abcdef", "https://host:443/@jane", "Optional<Token> find",
			"deadbeef4111111111111111", "docker run -u 1000:1000 x", "pass=5, fail=3" })
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
					bad SQL grammar [select * from a where b = 'hunter2']     | bad SQL grammar [select * from a where b = ?]
					could not execute statement [x] [insert into u values ('hunter2')] | could not execute statement [x] [insert into u values (?)]
					Duplicate entry 'O'hunter2' for key 'x'                       | Duplicate entry '[redacted]' for key 'x'
					Data conversion error converting "hunter2"; SQL statement: | Data conversion error converting "[redacted]"; SQL statement:
					when converting the varchar value 'hunter2' to data type int. | when converting the varchar value '[redacted]' to data type int.
					field value out of range: "hunter2"                           | field value out of range: "[redacted]"
					E11000 index: x dup key: { login: "hunter2" }                 | E11000 index: x dup key: {[redacted]}
					""")
	void shouldTakeOutWhatDatabasesQuote(String text, String expected) {
		assertThat(this.rules.applyDatabaseErrors(text)).isEqualTo(expected);
		assertThat(this.rules.applyDatabaseErrors(expected)).isEqualTo(expected);
	}

	@Test
	void shouldLeaveWhatFollowsAStatement() {
		String trace = "a.X: executing SQL [select x from y where z=?] [Column not found] [n/a]\n\tat a.B.c(B.java:33)\n"
				+ "Caused by: a.X: don't\n\tat a.B.c(B.java:34)\n\tat a.B.c(B.java:35) [x.jar:1]";
		assertThat(this.rules.applyDatabaseErrors(trace)).isSameAs(trace);
		String cut = "a.X: SQL [select 'x'\n from y\n\tat a.B.c(B.java:33) [x.jar:1]";
		assertThat(this.rules.applyDatabaseErrors(cut))
			.isEqualTo("a.X: SQL [select ?\n from y\n\tat a.B.c(B.java:33) [x.jar:1]");
	}

	@Test
	void shouldTakeOutWhatStandsOnLinesOfItsOwn() {
		assertThat(this.rules.apply("\"password\":\n \"hunter2\"")).isEqualTo("\"password\":\n \"[redacted]\"");
		assertThat(this.rules.apply("password: |\n  a\n  b\nuser: c")).isEqualTo("password: |\n  [redacted]\nuser: c");
		assertThat(this.rules.apply("password\t= hunter2")).isEqualTo("password\t= [redacted]");
		assertThat(this.rules.apply("name=\"password\"\r\n\r\nhunter2\r\n--x"))
			.isEqualTo("name=\"password\"\r\n\r\n[redacted]\r\n--x");
		String user = "s3cret".repeat(300);
		assertThat(this.rules.apply("postgres://u:" + user + "@db/x")).isEqualTo("postgres://REDACTED:REDACTED@db/x");
	}

	@Test
	void shouldTakeDurationsForNoCards() {
		assertThat(TextRules.isCard(4111111111111111L)).isTrue();
		assertThat(TextRules.isCard(4_111_111_111_119L)).isFalse();
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
			"cookie: ", "jdbc:oracle:x:a@", "secret={", "secret={\"", "//a:b", "//a:b@", "%3A%2F%2F", "@tcp(", "<a",
			"<token a", "<token><", "name=token ", "--token ", "curl -u a:b ", "API key: ", "BEGIN",
			"---- BEGIN PRIVATE KEY", "&quot;token&quot;:&quot;", "token\\u003d", "\\", "'a", "token: |\n a",
			"[select ", "converting the " })
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

	/**
	 * Four times the text takes about four times as long, with much room for a machine
	 * that is busy.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "jdbc:oracle:x:a@", "secret={\"", "<token><", "a=", "4111 ", "-----BEGIN PRIVATE KEY" })
	void shouldTakeFourTimesAsLongForFourTimesTheText(String piece) {
		String text = piece.repeat((1 << 18) / piece.length());
		time(text);
		long once = time(text);
		assertThat(time(text.repeat(4))).isLessThan(TimeUnit.MILLISECONDS.toNanos(200) + 12 * once);
	}

	private long time(String text) {
		long start = System.nanoTime();
		this.rules.apply(text);
		this.rules.applyDatabaseErrors(text);
		return System.nanoTime() - start;
	}

}
