package io.kosmos.tracing.autoconfigure.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Jaeger's <a href=
 * "https://www.jaegertracing.io/docs/latest/architecture/sampling/#file-based-sampling-configuration">strategies
 * file</a>, as Jaeger reads it: a service that is not in it gets the default strategy,
 * one without a type 0.001, and the operations of the default strategy count for each
 * service that has none of the same name. What Jaeger replaces by 0.001 after a warning,
 * or believes, is an error: another type, a missing parameter, a probability that is
 * none. Two things mean what they say, while Jaeger has no way to serve them: an
 * operation may be rate limiting, and a rate may be a fraction. And there are two more
 * types: {@code always}, and {@code adaptive}, which is what Jaeger's adaptive sampling
 * answers about a service it knows nothing about yet.
 */
final class StrategiesDocument {

	private static final String ALLOWED = "the type must be probabilistic, ratelimiting, always or adaptive.";

	private static final double ADAPTIVE_LOWER_BOUND = 1.0 / 60;

	private StrategiesDocument() {
	}

	/**
	 * Read the strategies of a service. All others are checked as well, so that a file is
	 * good for each service or for none.
	 * @param text what is in the file
	 * @param service name of the service
	 * @throws InvalidStrategiesException if anything in the file is wrong
	 */
	static ServiceStrategies read(String text, String service) throws InvalidStrategiesException {
		JsonValue root = JsonValue.read(text);
		JsonValue defaultStrategy = root.get("default_strategy");
		ServiceStrategies defaults = defaultStrategy.isAbsent()
				? new ServiceStrategies(Strategy.probabilistic(Strategy.DEFAULT_PROBABILITY), Map.of())
				: service(defaultStrategy);
		ServiceStrategies found = null;
		for (JsonValue element : root.get("service_strategies").elements()) {
			ServiceStrategies strategies = service(element);
			found = element.get("service").string().equals(service) ? strategies : found;
		}
		return merge(found, defaults);
	}

	private static ServiceStrategies merge(@Nullable ServiceStrategies found, ServiceStrategies defaults) {
		if (found == null) {
			return defaults;
		}
		Map<String, Strategy> operations = new LinkedHashMap<>(defaults.operations());
		operations.putAll(found.operations());
		return new ServiceStrategies(found.rest(), operations);
	}

	private static ServiceStrategies service(JsonValue service) throws InvalidStrategiesException {
		Strategy rest = strategy(service);
		Map<String, Strategy> operations = new LinkedHashMap<>();
		for (JsonValue operation : service.get("operation_strategies").elements()) {
			operations.put(operation.get("operation").string(), strategy(operation));
		}
		return new ServiceStrategies(rest, operations);
	}

	private static Strategy strategy(JsonValue owner) throws InvalidStrategiesException {
		JsonValue type = owner.get("type");
		JsonValue param = owner.get("param");
		if (type.isAbsent()) {
			return Strategy.probabilistic(Strategy.DEFAULT_PROBABILITY);
		}
		return switch (type.string()) {
			case "probabilistic" -> Strategy.probabilistic(param.probability());
			case "ratelimiting" -> Strategy.rateLimiting(param.rate());
			case "always" -> Strategy.probabilistic(1);
			case "adaptive" ->
				Strategy.probabilistic(param.isAbsent() ? Strategy.DEFAULT_PROBABILITY : param.probability())
					.withLowerBound(ADAPTIVE_LOWER_BOUND);
			default -> throw new InvalidStrategiesException(type.path(), type.string(), ALLOWED);
		};
	}

}
