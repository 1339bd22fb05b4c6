package io.kosmos.tracing.autoconfigure.sampling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damaged and hostile strategies files and answers from a random number generator with a
 * seed. Their number is 100,000 unless the system property {@code kosmos.fuzz.rounds}
 * says otherwise.
 */
class StrategiesFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final byte[] FILE = """
			{"service_strategies": [{"service": "orders", "type": "probabilistic", "param": 0.8,
			"operation_strategies": [{"operation": "http get /orders/{id}", "type": "ratelimiting", "param": 1.5e2}]},
			{"service": "all", "type": "always"}, {"service": "x\\u00e9", "type": "adaptive", "param": 0}],
			"default_strategy": {"type": "ratelimiting", "param": 100, "operation_strategies": []}}
			""".getBytes(StandardCharsets.UTF_8);

	private static final byte[] JSON = """
			{"strategyType":1,"probabilisticSampling":null,"rateLimitingSampling":{"maxTracesPerSecond":5},
			"operationSampling":{"defaultSamplingProbability":0.5,"defaultLowerBoundTracesPerSecond":0.016,
			"perOperationStrategies":[{"operation":"GET /a","probabilisticSampling":{"samplingRate":0.04}}]}}
			""".getBytes(StandardCharsets.UTF_8);

	private static final byte[] PROTOBUF = HexFormat.of()
		.parseHex("080012091" + "1000000000000e03f" + "1a0208052225" + "09000000000000e03f11fca9f1d24d62503f1a11"
				+ "0a047465737412090" + "9000000000000d03f");

	private static final String[] WORDS = { "{", "}", "[", "]", "\"", ":", ",", "null", "true", "-", "1e308", "1e309",
			"0.", "\\u", "\\ud800", "NaN", "\"type\"", "\"param\":2", "\u0000", "//", "'", "\n", "{\"operation\":\"" };

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noFileDoesAnythingButCountOrSayWhatIsWrong() {
		fuzz(new Random(2031), FILE, (bytes) -> StrategiesDocument.read(text(bytes), "orders"));
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noAnswerOfHttpDoesAnythingButCountOrSayWhatIsWrong() {
		fuzz(new Random(2032), JSON, SamplingAnswer::json);
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noAnswerOfGrpcDoesAnythingButCountOrSayWhatIsWrong() {
		fuzz(new Random(2033), PROTOBUF, SamplingAnswer::protobuf);
	}

	@Test
	@Timeout(value = 1, unit = TimeUnit.MINUTES)
	void noLargeInputTakesMoreThanLinearTime() {
		int size = StrategiesFile.MAX_SIZE;
		for (String hostile : List.of("[", "{\"a\":", "\"", "\\", "9", "1,", "[],", "{},", "\"a\":1,", "\n",
				"{\"param\":1},", "-", "e")) {
			for (String start : List.of("", "[", "{", "{\"service_strategies\":[", "\"", "[\"")) {
				byte[] bytes = (start + hostile.repeat(size / hostile.length())).getBytes(StandardCharsets.UTF_8);
				isGood((content) -> StrategiesDocument.read(text(content), "orders"), bytes);
				isGood(SamplingAnswer::json, bytes);
				isGood(SamplingAnswer::protobuf, bytes);
			}
		}
		StringBuilder many = new StringBuilder(
				"{\"service_strategies\":[{\"service\":\"orders\",\"operation_strategies\":[");
		while (many.length() < size - 200) {
			many.append("{\"operation\":\"http get /").append(many.length()).append("{x}/{y}\"},");
		}
		many.append("{\"operation\":\"\"}]}]}");
		assertThat(isGood((content) -> StrategiesDocument.read(text(content), "orders"),
				many.toString().getBytes(StandardCharsets.UTF_8)))
			.isTrue();
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static void fuzz(Random random, byte[] whole, Reader reader) {
		int good = 0;
		for (int round = 0; round < ROUNDS; round++) {
			byte[] bytes = whole;
			for (int changes = random.nextInt(4); changes > 0; changes--) {
				bytes = changed(random, bytes, whole);
			}
			try {
				good += isGood(reader, bytes) ? 1 : 0;
			}
			catch (Throwable ex) {
				throw new AssertionError("Round " + round + ": " + HexFormat.of().formatHex(bytes), ex);
			}
		}
		assertThat(good).isBetween(ROUNDS / 5, ROUNDS - ROUNDS / 5);
	}

	private static boolean isGood(Reader reader, byte[] bytes) {
		try {
			ServiceStrategies strategies = reader.read(bytes);
			StrategySampler sampler = new StrategySampler(strategies, null, System::nanoTime);
			strategies.operations().values().forEach(StrategiesFuzzTests::requireAllowed);
			requireAllowed(strategies.rest());
			sampler.shouldSample(Context.root(), "0123456789abcdef0123456789abcdef", "http get", SpanKind.SERVER,
					Attributes.of(AttributeKey.stringKey("http.request.method"), "GET",
							AttributeKey.stringKey("url.path"), "/orders/17"),
					List.of());
			return true;
		}
		catch (InvalidStrategiesException ex) {
			String message = ex.getMessage();
			if (message.length() > 500 || message.chars().anyMatch(Character::isISOControl)) {
				throw new AssertionError(message);
			}
			return false;
		}
	}

	private static void requireAllowed(Strategy strategy) {
		if (!(strategy.param() >= 0) || !(strategy.lowerBound() >= 0)
				|| (strategy.type() == Strategy.Type.PROBABILISTIC && strategy.param() > 1)) {
			throw new AssertionError(strategy);
		}
	}

	private static byte[] changed(Random random, byte[] bytes, byte[] whole) {
		int index = random.nextInt(bytes.length + 1);
		int count = random.nextInt(16);
		int rest = bytes.length - index;
		return switch (random.nextInt(8)) {
			case 0 -> Arrays.copyOf(bytes, index);
			case 1 -> splice(bytes, index, 0, Arrays.copyOfRange(whole, whole.length / 2, whole.length));
			case 2 -> splice(bytes, index, Math.min(count, rest), new byte[0]);
			case 3, 4 -> splice(bytes, index, Math.min(random.nextInt(3), rest),
					WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8));
			case 5 -> {
				byte[] noise = new byte[count];
				random.nextBytes(noise);
				yield splice(bytes, index, Math.min(count, rest), noise);
			}
			default -> {
				byte[] flipped = bytes.clone();
				if (rest > 0) {
					flipped[index] ^= (byte) (1 << random.nextInt(8));
				}
				yield flipped;
			}
		};
	}

	private static byte[] splice(byte[] bytes, int index, int removed, byte[] added) {
		byte[] spliced = Arrays.copyOf(bytes, bytes.length - removed + added.length);
		System.arraycopy(added, 0, spliced, index, added.length);
		System.arraycopy(bytes, index + removed, spliced, index + added.length, bytes.length - index - removed);
		return spliced;
	}

	private interface Reader {

		ServiceStrategies read(byte[] bytes) throws InvalidStrategiesException;

	}

}
