package io.kosmos.tracing;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The attributes that kosmos-tracing itself defines, as a stable contract beside
 * {@link GenAiAttributes}. Counts are longs and amounts are doubles; a value that is not
 * known is absent, never zero.
 */
public final class KosmosAttributes {

	/** Name of the agent that works in this span. */
	public static final AttributeKey<String> AGENT_NAME = AttributeKey.stringKey("kosmos.agent.name");

	/** What the agent does, such as {@code route}. */
	public static final AttributeKey<String> AGENT_OPERATION = AttributeKey.stringKey("kosmos.agent.operation");

	/** Provider of the model, in the values of {@link GenAiAttributes#PROVIDER_NAME}. */
	public static final AttributeKey<String> LLM_PROVIDER = AttributeKey.stringKey("kosmos.llm.provider");

	/** Model that was asked for. */
	public static final AttributeKey<String> LLM_MODEL = AttributeKey.stringKey("kosmos.llm.model");

	/** Tokens of the prompt. Unit: tokens. */
	public static final AttributeKey<Long> LLM_PROMPT_TOKENS = AttributeKey.longKey("kosmos.llm.prompt_tokens");

	/** Tokens of the answer. Unit: tokens. */
	public static final AttributeKey<Long> LLM_COMPLETION_TOKENS = AttributeKey.longKey("kosmos.llm.completion_tokens");

	/** Tokens of prompt and answer together. Unit: tokens. */
	public static final AttributeKey<Long> LLM_TOTAL_TOKENS = AttributeKey.longKey("kosmos.llm.total_tokens");

	/** Why the model stopped, such as {@code stop} or {@code length}. */
	public static final AttributeKey<String> LLM_FINISH_REASON = AttributeKey.stringKey("kosmos.llm.finish_reason");

	/** Whether the answer was streamed. */
	public static final AttributeKey<Boolean> LLM_STREAMING = AttributeKey.booleanKey("kosmos.llm.streaming");

	/** Route that an agent decided on. */
	public static final AttributeKey<String> ROUTE_DECISION = AttributeKey.stringKey("kosmos.route.decision");

	/** How sure the agent is of its route, from 0 to 1. */
	public static final AttributeKey<Double> ROUTE_CONFIDENCE = AttributeKey.doubleKey("kosmos.route.confidence");

	/** Tenant on whose behalf the request runs. */
	public static final AttributeKey<String> TENANT_ID = AttributeKey.stringKey("kosmos.tenant.id");

	/** User on whose behalf the request runs. */
	public static final AttributeKey<String> USER_ID = AttributeKey.stringKey("kosmos.user.id");

	/** Conversation that the request belongs to. */
	public static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("kosmos.conversation.id");

	/** Request as its caller names it. */
	public static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("kosmos.request.id");

	/**
	 * Agent that called this service, on the span that the service begins with.
	 */
	public static final AttributeKey<String> CALLER_AGENT = AttributeKey.stringKey("kosmos.caller.agent");

	/** Whether the work was cancelled before it ended. Absent otherwise. */
	public static final AttributeKey<Boolean> CANCELLED = AttributeKey.booleanKey("kosmos.cancelled");

	/** Name of the event that closes an LLM call. */
	public static final String EVENT_LLM_COMPLETION = "llm.completion";

	private KosmosAttributes() {
	}

}
