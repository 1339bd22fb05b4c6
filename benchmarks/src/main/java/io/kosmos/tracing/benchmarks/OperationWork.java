package io.kosmos.tracing.benchmarks;

import java.util.List;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;

/**
 * An agent and a call of a model behind their annotations.
 */
public class OperationWork {

	private static final List<String> STOP = List.of("stop");

	private final AgentSpans agents;

	OperationWork(AgentSpans agents) {
		this.agents = agents;
	}

	@TracedAgent(name = "zeus", id = "7", version = "1", operation = "route", type = "llm")
	public String route(String message) {
		return message;
	}

	@TracedLlm(provider = "openai", model = "gpt-4o")
	public String complete(String prompt) {
		this.agents.currentLlm().usage(TokenUsage.of(1_200, 80)).finishReasons(STOP);
		return prompt;
	}

}
