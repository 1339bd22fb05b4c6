package io.kosmos.tracing.autoconfigure.export;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link AnswerReader} makes of the answers there are.
 */
class AnswerReaderTests {

	private static final byte[] NOTHING = {};

	private final AnswerReader reader = new AnswerReader(HttpUrl.get("http://localhost/v1/traces"), List.of());

	@ParameterizedTest
	@CsvSource({ "200,ACCEPTED", "202,ACCEPTED", "204,ACCEPTED", "301,UNAVAILABLE", "400,REFUSED", "401,UNAVAILABLE",
			"403,UNAVAILABLE", "404,UNAVAILABLE", "405,UNAVAILABLE", "407,UNAVAILABLE", "408,UNAVAILABLE",
			"413,TOO_LARGE", "415,UNAVAILABLE", "418,UNAVAILABLE", "422,REFUSED", "429,UNAVAILABLE", "500,UNAVAILABLE",
			"503,UNAVAILABLE", "600,UNAVAILABLE" })
	void shouldReadTheStatusOfHttp(int code, Outcome expected) {
		assertThat(this.reader.http(code, Headers.EMPTY, NOTHING).outcome()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "0,ACCEPTED", "1,UNAVAILABLE", "2,UNAVAILABLE", "3,REFUSED", "4,UNAVAILABLE", "5,UNAVAILABLE",
			"6,UNAVAILABLE", "7,UNAVAILABLE", "8,UNAVAILABLE", "9,UNAVAILABLE", "10,UNAVAILABLE", "11,UNAVAILABLE",
			"12,UNAVAILABLE", "13,UNAVAILABLE", "14,UNAVAILABLE", "15,UNAVAILABLE", "16,UNAVAILABLE", "17,UNAVAILABLE",
			"-1,UNAVAILABLE", "x,UNAVAILABLE" })
	void shouldReadTheStatusOfGrpc(String code, Outcome expected) {
		assertThat(grpc("grpc-status", code).outcome()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "8,grpc: received message larger than max (5000000 vs. 4194304)",
			"8,gRPC message exceeds maximum size 4194304: 5000020",
			"11,'Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304 bytes'" })
	void shouldReadThatAMessageIsTooLarge(String code, String message) {
		assertThat(grpc("grpc-status", code, "grpc-message", message).outcome()).isEqualTo(Outcome.TOO_LARGE);
	}

	@Test
	void shouldReadThatABodyIsTooLarge() {
		assertThat(this.reader.http(400, Headers.EMPTY, status("http: request body too large")).outcome())
			.isEqualTo(Outcome.TOO_LARGE);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "null", value = { "1,1", "300,300", "3600,300", "86401,null", "0,null", "-1,null", "x,null",
			"99999999999999999999,null", "9223372036854775807,null", "1.5,null" })
	void shouldBoundRetryAfter(String value, Long expected) {
		assertThat(retryAfter(value)).isEqualTo((expected != null) ? Duration.ofSeconds(expected) : null);
	}

	@Test
	void shouldReadRetryAfterAsADate() {
		ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
		assertThat(retryAfter(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plusSeconds(60))))
			.isBetween(Duration.ofSeconds(40), Duration.ofSeconds(60));
		assertThat(retryAfter(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.minusSeconds(60)))).isNull();
	}

	@Test
	void shouldSayWhatToCheckAndThatNothingIsLost() {
		assertThat(this.reader.http(401, Headers.EMPTY, NOTHING).reason()).contains("headers", "held");
		assertThat(this.reader.http(404, Headers.EMPTY, NOTHING).reason()).contains("path", "held");
		assertThat(grpc("grpc-status", "12").reason()).contains("UNIMPLEMENTED", "gRPC", "held");
		assertThat(this.reader.grpc(404, Headers.EMPTY, NOTHING, Headers.EMPTY).reason()).contains("HTTP 404", "path");
		assertThat(this.reader.grpc(200, Headers.EMPTY, NOTHING, Headers.EMPTY).reason()).contains("protocol", "held");
	}

	@Test
	void shouldCutAndCleanWhatTheReceiverSays() {
		String reason = this.reader.http(503, Headers.EMPTY, status("a\r\nFORGED\u0000\u2028" + "b".repeat(10_000)))
			.reason();
		assertThat(reason).startsWith("HTTP 503 (a FORGED b").hasSizeLessThan(250).doesNotContainPattern("\\p{Cntrl}");
	}

	@Test
	void shouldStrikeOutASecretThatIsCut() {
		AnswerReader reader = new AnswerReader(HttpUrl.get("http://localhost/v1/traces"), List.of("s3cr3t-key"));
		String before = "b".repeat(195);
		assertThat(reader.http(429, Headers.EMPTY, status(before + "s3cr3t-key and more")).reason())
			.isEqualTo("HTTP 429 (" + before + "*** a)");
		assertThat(reader
			.grpc(200, Headers.EMPTY, NOTHING,
					Headers.of("grpc-status", "14", "grpc-message", before + "s3cr3t-key and more"))
			.reason()).isEqualTo("gRPC UNAVAILABLE (" + before + "*** a)");
	}

	@Test
	void shouldNotMindWhatIsInAnAnswer() {
		Random random = new Random(2026);
		for (int i = 0; i < 10_000; i++) {
			byte[] noise = new byte[1 + random.nextInt(40)];
			random.nextBytes(noise);
			noise[0] = 0x0a;
			Answer accepted = this.reader.http(200, Headers.EMPTY, noise);
			assertThat(accepted.outcome()).isEqualTo(Outcome.ACCEPTED);
			assertThat(accepted.rejected()).isNotNegative();
			assertThat(this.reader.http(503, Headers.EMPTY, noise).outcome()).isEqualTo(Outcome.UNAVAILABLE);
			assertThat(grpc("grpc-status", "14", "grpc-status-details-bin", Base64.getEncoder().encodeToString(noise),
					"grpc-message", "%zz%")
				.outcome()).isEqualTo(Outcome.UNAVAILABLE);
		}
	}

	private @Nullable Duration retryAfter(String value) {
		return this.reader.http(503, Headers.of("Retry-After", value), NOTHING).retryAfter();
	}

	private Answer grpc(String... trailers) {
		return this.reader.grpc(200, Headers.EMPTY, NOTHING, Headers.of(trailers));
	}

	private static byte[] status(String message) {
		return Status.newBuilder()
			.setMessageBytes(ByteString.copyFrom(message.getBytes(StandardCharsets.UTF_8)))
			.build()
			.toByteArray();
	}

}
