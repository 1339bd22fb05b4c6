package io.kosmos.samples.orchestrator;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a message goes.
 *
 * @param decision {@link #KNOWLEDGE}, {@link #ACTION}, {@link #PROCESS} or {@link #CHAT}
 * @param confidence how sure the decision is, from 0 to 1
 */
public record Route(String decision, double confidence) {

	/** Athena answers from what is written down. */
	public static final String KNOWLEDGE = "knowledge";

	/** Hermes acts with a tool. */
	public static final String ACTION = "action";

	/** Chronos runs a workflow. */
	public static final String PROCESS = "process";

	/** A model answers by itself. */
	public static final String CHAT = "chat";

	private static final Pattern FIRST_WORD = Pattern.compile("^\\P{L}*(?:please\\P{L}+)?(\\p{L}+)");

	private static final Map<String, String> COMMANDS = Map.of("open", ACTION, "create", ACTION, "raise", ACTION,
			"plan", PROCESS, "schedule", PROCESS, "overhaul", PROCESS);

	private static final Set<String> TOPICS = Set.of("agent", "athena", "attribute", "baggage", "batch", "database",
			"error", "gateway", "jaeger", "jdbc", "knowledge", "kosmos", "latency", "log", "maintenance", "model",
			"opentelemetry", "order", "otlp", "policy", "postgresql", "prompt", "pump", "retry", "route", "sampling",
			"span", "sql", "tenant", "token", "tool", "trace", "tracing", "workflow", "zeus");

	/**
	 * Decide by the words of a message: by its first one if that is a command, else
	 * {@link #KNOWLEDGE} as soon as one of them is a topic, {@link #CHAT} when none is.
	 * The confidence follows the rule of succession over the words that speak for the
	 * decision.
	 * @param message the message
	 * @return the route
	 */
	static Route of(String message) {
		Set<String> terms = Terms.of(message);
		long topics = terms.stream().filter(TOPICS::contains).count();
		Matcher first = FIRST_WORD.matcher(message.toLowerCase(Locale.ROOT));
		String command = first.find() ? COMMANDS.get(first.group(1)) : null;
		if (command != null) {
			return new Route(command, confidence(topics + 1));
		}
		return (topics > 0) ? new Route(KNOWLEDGE, confidence(topics)) : new Route(CHAT, confidence(terms.size()));
	}

	/**
	 * The model that the route needs.
	 * @param models models by what they are good for
	 * @return name of the model
	 */
	String model(OrchestratorProperties.Models models) {
		return (this.decision.equals(ACTION) || this.decision.equals(PROCESS)) ? models.large() : models.fast();
	}

	private static double confidence(long witnesses) {
		return Math.round(100.0 * (witnesses + 1) / (witnesses + 2)) / 100.0;
	}

}
