package io.kosmos.tracing.autoconfigure.sampling;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Jaeger's {@code SamplingStrategyResponse}, of <a href=
 * "https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto">
 * sampling.proto</a>. It has a strategy for the service, or strategies for operations
 * with a probability for the rest, or both. Both together means rate limiting for the
 * rest where that is what the service has, for which the probability has no room.
 */
final class SamplingAnswer {

	private boolean saysRateLimiting;

	private @Nullable Double probability;

	private @Nullable Double rate;

	private @Nullable Double defaultProbability;

	private double lowerBound;

	private final Map<String, Strategy> operations = new LinkedHashMap<>();

	private SamplingAnswer() {
	}

	/**
	 * Read an answer of gRPC.
	 * @param message the message, without a frame
	 * @throws InvalidStrategiesException if anything in it is wrong
	 */
	static ServiceStrategies protobuf(byte[] message) throws InvalidStrategiesException {
		SamplingAnswer answer = new SamplingAnswer();
		Protobuf fields = new Protobuf(ByteBuffer.wrap(message));
		while (fields.next()) {
			if (fields.is(1, Protobuf.VARINT)) {
				answer.type((double) fields.number());
			}
			else if (fields.is(2, Protobuf.BYTES)) {
				answer.probability = samplingRate("probabilisticSampling", fields.nested());
			}
			else if (fields.is(3, Protobuf.BYTES)) {
				answer.rate = maxTracesPerSecond(fields.nested());
			}
			else if (fields.is(4, Protobuf.BYTES)) {
				answer.operations(fields.nested());
			}
		}
		return answer.strategies();
	}

	private static double samplingRate(String owner, Protobuf fields) throws InvalidStrategiesException {
		double rate = 0;
		while (fields.next()) {
			rate = fields.is(1, Protobuf.FIXED64) ? fields.fraction() : rate;
		}
		return Allowed.probability(owner + ".samplingRate", rate);
	}

	private static double maxTracesPerSecond(Protobuf fields) throws InvalidStrategiesException {
		long rate = 0;
		while (fields.next()) {
			rate = fields.is(1, Protobuf.VARINT) ? fields.number() : rate;
		}
		return Allowed.rate("rateLimitingSampling.maxTracesPerSecond", rate);
	}

	private void operations(Protobuf fields) throws InvalidStrategiesException {
		double probability = 0;
		while (fields.next()) {
			if (fields.is(1, Protobuf.FIXED64)) {
				probability = fields.fraction();
			}
			else if (fields.is(2, Protobuf.FIXED64)) {
				this.lowerBound = fields.fraction();
			}
			else if (fields.is(3, Protobuf.BYTES)) {
				operation(fields.nested());
			}
		}
		this.defaultProbability = probability;
	}

	private void operation(Protobuf fields) throws InvalidStrategiesException {
		String name = "";
		Double probability = null;
		while (fields.next()) {
			if (fields.is(1, Protobuf.BYTES)) {
				name = fields.string();
			}
			else if (fields.is(2, Protobuf.BYTES)) {
				probability = samplingRate("probabilisticSampling of an operation", fields.nested());
			}
		}
		if (probability == null) {
			throw new InvalidStrategiesException("the strategy of an operation", name,
					"it must have a probabilisticSampling.");
		}
		this.operations.put(name, Strategy.probabilistic(probability));
	}

	/**
	 * Read an answer of HTTP, with names or numbers of Jaeger's types: Jaeger 2 has
	 * numbers.
	 * @param body the body
	 * @throws InvalidStrategiesException if anything in it is wrong
	 */
	static ServiceStrategies json(byte[] body) throws InvalidStrategiesException {
		SamplingAnswer answer = new SamplingAnswer();
		JsonValue root = JsonValue.read(new String(body, StandardCharsets.UTF_8));
		JsonValue type = root.get("strategyType");
		if (!type.isAbsent()) {
			answer.type(type.value());
		}
		JsonValue probabilistic = root.get("probabilisticSampling");
		answer.probability = probabilistic.isAbsent() ? null : probability(probabilistic, "samplingRate");
		JsonValue rateLimiting = root.get("rateLimitingSampling");
		answer.rate = rateLimiting.isAbsent() ? null : rate(rateLimiting, "maxTracesPerSecond");
		JsonValue byOperation = root.get("operationSampling");
		if (!byOperation.isAbsent()) {
			answer.defaultProbability = probability(byOperation, "defaultSamplingProbability");
			answer.lowerBound = rate(byOperation, "defaultLowerBoundTracesPerSecond");
			for (JsonValue operation : byOperation.get("perOperationStrategies").elements()) {
				answer.operations.put(operation.get("operation").string(),
						Strategy.probabilistic(probability(operation.get("probabilisticSampling"), "samplingRate")));
			}
		}
		return answer.strategies();
	}

	/**
	 * JSON of protocol buffers leaves out what is 0.
	 */
	private static double probability(JsonValue owner, String name) throws InvalidStrategiesException {
		JsonValue value = owner.get(name);
		return value.isAbsent() ? 0 : value.probability();
	}

	private static double rate(JsonValue owner, String name) throws InvalidStrategiesException {
		JsonValue value = owner.get(name);
		return value.isAbsent() ? 0 : value.rate();
	}

	private void type(@Nullable Object type) throws InvalidStrategiesException {
		if (Double.valueOf(0).equals(type) || "PROBABILISTIC".equals(type)) {
			this.saysRateLimiting = false;
		}
		else if (Double.valueOf(1).equals(type) || "RATE_LIMITING".equals(type)) {
			this.saysRateLimiting = true;
		}
		else {
			throw new InvalidStrategiesException("strategyType", (type != null) ? type : "null",
					"it must be PROBABILISTIC or RATE_LIMITING.");
		}
	}

	private ServiceStrategies strategies() throws InvalidStrategiesException {
		double atLeast = Allowed.rate("operationSampling.defaultLowerBoundTracesPerSecond", this.lowerBound);
		Map<String, Strategy> byOperation = new LinkedHashMap<>();
		this.operations.forEach((name, strategy) -> byOperation.put(name, strategy.withLowerBound(atLeast)));
		return new ServiceStrategies(rest().withLowerBound(atLeast), byOperation);
	}

	private Strategy rest() throws InvalidStrategiesException {
		if (this.rate != null && (this.saysRateLimiting || this.probability == null)) {
			return Strategy.rateLimiting(this.rate);
		}
		if (this.defaultProbability != null) {
			return Strategy.probabilistic(
					Allowed.probability("operationSampling.defaultSamplingProbability", this.defaultProbability));
		}
		if (this.probability != null) {
			return Strategy.probabilistic(this.probability);
		}
		throw new InvalidStrategiesException("the answer has no strategy.");
	}

}
