package io.kosmos.tracing.autoconfigure.span;

import java.util.List;

/**
 * The meters of operations. Names, tags and boundaries of the buckets of {@code gen_ai}
 * are those of the
 * <a href= "https://github.com/open-telemetry/semantic-conventions-genai">generative AI
 * conventions</a> at revision {@code 004902b8}, which follows the conventions 1.42; the
 * name of the workflow's is the one that the conventions' change 341 gave it after that.
 * The conventions are in development and have no release; revisions after this one split
 * the metrics of calls and tokens. Durations are timers, exported in the time unit of the
 * registry: the conventions' seconds in Prometheus, but milliseconds over OTLP unless
 * {@code management.otlp.metrics.export.base-time-unit} is {@code seconds}. Tokens have
 * no unit: the conventions' {@code {token}} is an annotation, which must not become a
 * part of the name in Prometheus.
 */
enum OperationMeter {

	CALL("gen_ai.client.operation.duration", "Duration of calls of models, retrievals and memory",
			Boundaries.CALL_SECONDS, OperationTag.OPERATION, OperationTag.PROVIDER, OperationTag.REQUEST_MODEL,
			OperationTag.RESPONSE_MODEL, OperationTag.ERROR),

	FIRST_CHUNK("gen_ai.client.operation.time_to_first_chunk", "Time to the first chunk of streamed answers",
			Boundaries.CALL_SECONDS, OperationTag.OPERATION, OperationTag.PROVIDER, OperationTag.REQUEST_MODEL,
			OperationTag.RESPONSE_MODEL),

	INPUT_TOKENS(Names.TOKENS, Names.TOKENS_DESCRIPTION, Boundaries.TOKENS, OperationTag.INPUT, OperationTag.OPERATION,
			OperationTag.PROVIDER, OperationTag.REQUEST_MODEL, OperationTag.RESPONSE_MODEL),

	OUTPUT_TOKENS(Names.TOKENS, Names.TOKENS_DESCRIPTION, Boundaries.TOKENS, OperationTag.OUTPUT,
			OperationTag.OPERATION, OperationTag.PROVIDER, OperationTag.REQUEST_MODEL, OperationTag.RESPONSE_MODEL),

	AGENT("gen_ai.invoke_agent.duration", "Duration of invocations of agents", Boundaries.AGENT_SECONDS,
			OperationTag.AGENT, OperationTag.ERROR),

	TOOL("gen_ai.execute_tool.duration", "Duration of executions of tools", Boundaries.CALL_SECONDS, OperationTag.TOOL,
			OperationTag.AGENT, OperationTag.ERROR),

	WORKFLOW("gen_ai.invoke_workflow.duration", "Duration of workflows", Boundaries.WORKFLOW_SECONDS,
			OperationTag.WORKFLOW, OperationTag.ERROR),

	COST(Names.COST, Names.COST_DESCRIPTION, Boundaries.NONE, OperationTag.AGENT, OperationTag.PROVIDER,
			OperationTag.REQUEST_MODEL, OperationTag.RESPONSE_MODEL, OperationTag.CURRENCY),

	TENANT_COST(Names.COST, Names.COST_DESCRIPTION, Boundaries.NONE, OperationTag.AGENT, OperationTag.PROVIDER,
			OperationTag.REQUEST_MODEL, OperationTag.RESPONSE_MODEL, OperationTag.CURRENCY, OperationTag.TENANT),

	UNKNOWN_COST("kosmos.llm.cost.unknown", "Calls of models that used tokens but have no price", Boundaries.NONE,
			OperationTag.PROVIDER, OperationTag.REQUEST_MODEL, OperationTag.RESPONSE_MODEL);

	private final String meterName;

	private final String description;

	private final double[] boundaries;

	private final List<OperationTag> tags;

	OperationMeter(String meterName, String description, double[] boundaries, OperationTag... tags) {
		this.meterName = meterName;
		this.description = description;
		this.boundaries = boundaries;
		this.tags = List.of(tags);
	}

	String meterName() {
		return this.meterName;
	}

	String description() {
		return this.description;
	}

	boolean isCounter() {
		return this.boundaries == Boundaries.NONE;
	}

	boolean isTimer() {
		return !isCounter() && this.boundaries != Boundaries.TOKENS;
	}

	/**
	 * Upper boundaries of the buckets: seconds of a timer, otherwise tokens.
	 */
	double[] boundaries() {
		return this.boundaries;
	}

	List<OperationTag> tags() {
		return this.tags;
	}

	private static final class Names {

		static final String TOKENS = "gen_ai.client.token.usage";

		static final String TOKENS_DESCRIPTION = "Tokens of prompts and answers";

		static final String COST = "kosmos.llm.cost";

		static final String COST_DESCRIPTION = "What calls of models cost";

	}

	private static final class Boundaries {

		static final double[] NONE = {};

		static final double[] CALL_SECONDS = { 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48,
				40.96, 81.92 };

		static final double[] AGENT_SECONDS = { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8,
				409.6 };

		static final double[] WORKFLOW_SECONDS = { 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200 };

		static final double[] TOKENS = { 1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304,
				16777216, 67108864 };

	}

}
