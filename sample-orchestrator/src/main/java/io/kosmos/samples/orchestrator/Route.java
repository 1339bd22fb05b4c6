package io.kosmos.samples.orchestrator;

import java.util.Set;

/**
 * Where a message goes.
 *
 * @param decision {@link #KNOWLEDGE} or {@link #DIRECT}
 * @param confidence how sure the decision is, from 0 to 1
 */
public record Route(String decision, double confidence) {

	/** Athena searches first, then the model answers. */
	public static final String KNOWLEDGE = "knowledge";

	/** The model answers by itself. */
	public static final String DIRECT = "direct";

	private static final Set<String> TOPICS = Set.of("agent", "athena", "attribute", "baggage", "batch", "database",
			"error", "gateway", "jaeger", "jdbc", "knowledge", "kosmos", "latency", "log", "maintenance", "model",
			"opentelemetry", "order", "otlp", "policy", "postgresql", "prompt", "pump", "retry", "route", "sampling",
			"span", "sql", "tenant", "token", "tool", "trace", "tracing", "workflow", "zeus");

	/**
	 * Decide by the words of a message: {@link #KNOWLEDGE} as soon as one of them is a
	 * topic, {@link #DIRECT} when none is. The confidence follows the rule of succession
	 * over the words that speak for the decision.
	 * @param message the message
	 * @return the route
	 */
	static Route of(String message) {
		Set<String> terms = Terms.of(message);
		long topics = terms.stream().filter(TOPICS::contains).count();
		return (topics > 0) ? new Route(KNOWLEDGE, confidence(topics)) : new Route(DIRECT, confidence(terms.size()));
	}

	private static double confidence(long witnesses) {
		return Math.round(100.0 * (witnesses + 1) / (witnesses + 2)) / 100.0;
	}

}
