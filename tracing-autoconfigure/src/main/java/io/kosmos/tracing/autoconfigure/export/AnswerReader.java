package io.kosmos.tracing.autoconfigure.export;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;

import okhttp3.Headers;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link Answer} of what a receiver says, by the
 * <a href="https://opentelemetry.io/docs/specs/otlp/">OTLP specification</a>, but that
 * spans are given up only where no change of the configuration could help: a receiver
 * that is somewhere else, or wants another key, is one that is not available yet. What
 * cannot be understood is no error.
 */
final class AnswerReader {

	private static final String HELD = " The spans are held until then.";

	private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

	private static final Duration ABSURD_RETRY_AFTER = Duration.ofDays(1);

	private static final int MAX_TEXT = 200;

	private static final int FRAME = 5;

	private static final byte[] NOTHING = {};

	private static final Pattern TOO_LARGE = Pattern.compile("larger than max|message.{0,20} exceeds maximum|too large",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u2029]+");

	private static final List<String> GRPC_CODES = List.of("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
			"DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
			"FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
			"UNAUTHENTICATED");

	private final HttpUrl url;

	private final Collection<String> secrets;

	/**
	 * Create a reader.
	 * @param url where the receiver is
	 * @param secrets what is struck out wherever a receiver repeats it
	 */
	AnswerReader(HttpUrl url, Collection<String> secrets) {
		this.url = url;
		this.secrets = secrets;
	}

	/**
	 * Read an answer of HTTP.
	 * @param code status
	 * @param headers headers
	 * @param body the beginning of the body
	 * @return the answer
	 */
	Answer http(int code, Headers headers, byte[] body) {
		if (code / 100 == 2) {
			return accepted(body, 0);
		}
		Status status = Status.parse(body);
		String said = "HTTP " + code + said(status.message);
		return switch (code) {
			case 413 -> answer(Outcome.TOO_LARGE, said);
			case 400, 422 -> answer(isTooLarge(status.message) ? Outcome.TOO_LARGE : Outcome.REFUSED, said);
			default ->
				new Answer(Outcome.UNAVAILABLE, 0, retryAfter(headers, status), clean(said) + hint(code, headers));
		};
	}

	private String hint(int code, Headers headers) {
		return switch (code) {
			case 401, 403, 407 -> ": check the headers that identify the sender." + HELD;
			case 404, 405 -> ": check the URL, its path included." + HELD;
			case 415 -> ": check the URL and the protocol; it does not take OTLP as protobuf." + HELD;
			case 408, 429 -> "";
			default ->
				(code / 100 == 3) ? redirect(headers) : (code / 100 == 5) ? "" : ": check the configuration." + HELD;
		};
	}

	private String redirect(Headers headers) {
		String location = headers.get("Location");
		HttpUrl target = (location != null) ? this.url.resolve(location) : null;
		return ((target != null) ? ", to " + target.host() : "")
				+ ": redirects are not followed, the URL must be the final one." + HELD;
	}

	/**
	 * Read an answer of gRPC.
	 * @param code status of HTTP
	 * @param headers headers
	 * @param body the beginning of the body
	 * @param trailers trailers, which are the headers if there is no body
	 * @return the answer
	 */
	Answer grpc(int code, Headers headers, byte[] body, Headers trailers) {
		int status = grpcCode(trailers.get("grpc-status"));
		if (status < 0) {
			return (code != 200) ? http(code, headers, NOTHING)
					: unavailable("The answer is not one of gRPC: check the URL and the protocol." + HELD);
		}
		if (status == 0) {
			return accepted(body, FRAME);
		}
		Status details = Status.parse(base64(trailers.get("grpc-status-details-bin")));
		String message = percentDecoded(trailers.get("grpc-message"));
		if (message.isEmpty()) {
			message = details.message;
		}
		String said = "gRPC " + ((status < GRPC_CODES.size()) ? GRPC_CODES.get(status) : "status " + status)
				+ said(message);
		return switch (status) {
			case 3 -> answer(isTooLarge(message) ? Outcome.TOO_LARGE : Outcome.REFUSED, said);
			// Tonic says OUT_OF_RANGE where others say RESOURCE_EXHAUSTED.
			case 8, 11 -> isTooLarge(message) ? answer(Outcome.TOO_LARGE, said) : grpcUnavailable(said, "", details);
			case 5, 12 -> grpcUnavailable(said,
					": check the URL, which must be that of a receiver of OTLP over gRPC, and the compression." + HELD,
					details);
			case 7, 16 -> grpcUnavailable(said, ": check the headers that identify the sender." + HELD, details);
			case 9 -> grpcUnavailable(said, ": check the configuration." + HELD, details);
			default -> grpcUnavailable(said, "", details);
		};
	}

	private Answer grpcUnavailable(String said, String hint, Status details) {
		return new Answer(Outcome.UNAVAILABLE, 0, bounded(details.retryDelay), clean(said) + hint);
	}

	private static int grpcCode(@Nullable String status) {
		try {
			return (status != null) ? Integer.parseUnsignedInt(status.trim()) : -1;
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	/**
	 * Say that there was no answer.
	 * @param reason why
	 * @return the answer
	 */
	Answer unavailable(String reason) {
		return answer(Outcome.UNAVAILABLE, reason);
	}

	private Answer answer(Outcome outcome, String reason) {
		return new Answer(outcome, 0, null, clean(reason));
	}

	private Answer accepted(byte[] body, int start) {
		long rejected = 0;
		String message = "";
		try {
			WireReader response = new WireReader(body, Math.min(start, body.length), body.length);
			while (response.next()) {
				WireReader partial = response.isBytes(1) ? response.nested() : new WireReader(NOTHING);
				while (partial.next()) {
					rejected = partial.isNumber(1) ? partial.number() : rejected;
					message = partial.isBytes(2) ? partial.text() : message;
				}
			}
		}
		catch (InvalidOtlpException ex) {
			return answer(Outcome.ACCEPTED, "accepted");
		}
		String reason = (rejected > 0) ? "The receiver rejected " + rejected + " spans" : "accepted";
		return new Answer(Outcome.ACCEPTED, Math.max(0, rejected), null, clean(reason + said(message)));
	}

	private static boolean isTooLarge(String message) {
		return TOO_LARGE.matcher(message).find();
	}

	private String said(String message) {
		// Of a secret that is cut first, the rest would not be found.
		return message.isBlank() ? "" : " (" + cut(clean(message.strip())) + ")";
	}

	private static String cut(String text) {
		int end = Math.min(text.length(), MAX_TEXT);
		return text.substring(0,
				(end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) ? end - 1 : end);
	}

	private String clean(String text) {
		String clean = text;
		for (String secret : this.secrets) {
			clean = clean.replace(secret, "***");
		}
		return CONTROLS.matcher(clean).replaceAll(" ");
	}

	private @Nullable Duration retryAfter(Headers headers, Status status) {
		String value = headers.get("Retry-After");
		if (value == null) {
			return bounded(status.retryDelay);
		}
		try {
			return bounded(Duration.ofSeconds(Long.parseLong(value.trim())));
		}
		catch (NumberFormatException ex) {
			Date date = headers.getDate("Retry-After");
			return (date != null) ? bounded(Duration.ofMillis(date.getTime() - System.currentTimeMillis())) : null;
		}
	}

	private static @Nullable Duration bounded(@Nullable Duration delay) {
		if (delay == null || delay.isNegative() || delay.isZero() || delay.compareTo(ABSURD_RETRY_AFTER) > 0) {
			return null;
		}
		return (delay.compareTo(MAX_RETRY_AFTER) < 0) ? delay : MAX_RETRY_AFTER;
	}

	private static byte[] base64(@Nullable String value) {
		try {
			return (value != null) ? Base64.getDecoder().decode(value.trim()) : NOTHING;
		}
		catch (IllegalArgumentException ex) {
			return NOTHING;
		}
	}

	private static String percentDecoded(@Nullable String message) {
		try {
			return (message != null) ? URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8) : "";
		}
		catch (IllegalArgumentException ex) {
			return (message != null) ? message : "";
		}
	}

	/**
	 * A {@code google.rpc.Status}, with the {@code google.rpc.RetryInfo} of its details.
	 */
	private record Status(String message, @Nullable Duration retryDelay) {

		static Status parse(byte[] body) {
			String text = "";
			Duration delay = null;
			try {
				WireReader status = new WireReader(body);
				while (status.next()) {
					text = status.isBytes(2) ? status.text() : text;
					delay = (status.isBytes(3) && delay == null) ? retryDelay(status.nested()) : delay;
				}
			}
			catch (InvalidOtlpException ex) {
				// Most likely a page of a proxy, which is not for a log.
				return new Status("", null);
			}
			return new Status(text, delay);
		}

		private static @Nullable Duration retryDelay(WireReader any) throws InvalidOtlpException {
			boolean isRetryInfo = false;
			Duration delay = null;
			while (any.next()) {
				isRetryInfo |= any.isBytes(1) && any.text().endsWith("/google.rpc.RetryInfo");
				if (isRetryInfo && any.isBytes(2)) {
					delay = delayOf(any.nested());
				}
			}
			return delay;
		}

		private static @Nullable Duration delayOf(WireReader retryInfo) throws InvalidOtlpException {
			long seconds = 0;
			long nanos = 0;
			while (retryInfo.next()) {
				WireReader delay = retryInfo.isBytes(1) ? retryInfo.nested() : new WireReader(NOTHING);
				while (delay.next()) {
					seconds = delay.isNumber(1) ? delay.number() : seconds;
					nanos = delay.isNumber(2) ? delay.number() : nanos;
				}
			}
			try {
				return Duration.ofSeconds(seconds, nanos);
			}
			catch (ArithmeticException | DateTimeException ex) {
				return null;
			}
		}

	}

}
