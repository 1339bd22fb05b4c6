package io.kosmos.tracing;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The attributes that kosmos-tracing itself defines, as a stable contract beside
 * {@link GenAiAttributes}. Counts are longs and amounts are doubles; a value that is not
 * known is absent, never zero.
 */
public final class KosmosAttributes {

	/** Name of the agent that works in this span, or on whose behalf it does. */
	public static final AttributeKey<String> AGENT_NAME = AttributeKey.stringKey("kosmos.agent.name");

	/** Id of the agent where its name is not unique. */
	public static final AttributeKey<String> AGENT_ID = AttributeKey.stringKey("kosmos.agent.id");

	/** Version of the agent. */
	public static final AttributeKey<String> AGENT_VERSION = AttributeKey.stringKey("kosmos.agent.version");

	/** What the agent does, such as {@code route}. */
	public static final AttributeKey<String> AGENT_OPERATION = AttributeKey.stringKey("kosmos.agent.operation");

	/** What the agent is: {@code llm}, {@code tool} or {@code service}. */
	public static final AttributeKey<String> AGENT_TYPE = AttributeKey.stringKey("kosmos.agent.type");

	/** Agent of the calling service, on the first span of this one. */
	public static final AttributeKey<String> CALLER_AGENT = AttributeKey.stringKey("kosmos.caller.agent");

	/** Provider of the model, in the values of {@link GenAiAttributes#PROVIDER_NAME}. */
	public static final AttributeKey<String> LLM_PROVIDER = AttributeKey.stringKey("kosmos.llm.provider");

	/** Model that was asked for. */
	public static final AttributeKey<String> LLM_MODEL = AttributeKey.stringKey("kosmos.llm.model");

	/** Class of model that was asked for, such as {@code fast} or {@code large}. */
	public static final AttributeKey<String> LLM_TIER = AttributeKey.stringKey("kosmos.llm.tier");

	/**
	 * Tokens of the prompt, those that were read from a cache included. Unit: tokens.
	 */
	public static final AttributeKey<Long> LLM_PROMPT_TOKENS = AttributeKey.longKey("kosmos.llm.prompt_tokens");

	/** Tokens of the answer, those of reasoning included. Unit: tokens. */
	public static final AttributeKey<Long> LLM_COMPLETION_TOKENS = AttributeKey.longKey("kosmos.llm.completion_tokens");

	/** Tokens of prompt and answer together. Unit: tokens. */
	public static final AttributeKey<Long> LLM_TOTAL_TOKENS = AttributeKey.longKey("kosmos.llm.total_tokens");

	/** Tokens of the prompt that were read from a cache. Unit: tokens. */
	public static final AttributeKey<Long> LLM_CACHED_TOKENS = AttributeKey.longKey("kosmos.llm.cached_tokens");

	/** Tokens of the answer that were spent on reasoning. Unit: tokens. */
	public static final AttributeKey<Long> LLM_REASONING_TOKENS = AttributeKey.longKey("kosmos.llm.reasoning_tokens");

	/**
	 * What the call cost, on the span of the call alone. Unit: the currency of
	 * {@link #LLM_COST_CURRENCY}.
	 */
	public static final AttributeKey<Double> LLM_COST = AttributeKey.doubleKey("kosmos.llm.cost");

	/** Currency of the cost beside it: an ISO 4217 code. */
	public static final AttributeKey<String> LLM_COST_CURRENCY = AttributeKey.stringKey("kosmos.llm.cost_currency");

	/** Why the model stopped, such as {@code stop} or {@code length}. */
	public static final AttributeKey<String> LLM_FINISH_REASON = AttributeKey.stringKey("kosmos.llm.finish_reason");

	/** Whether the answer was streamed. */
	public static final AttributeKey<Boolean> LLM_STREAMING = AttributeKey.booleanKey("kosmos.llm.streaming");

	/** Time from the request to the first chunk of a streamed answer. Unit: seconds. */
	public static final AttributeKey<Double> LLM_TIME_TO_FIRST_CHUNK = AttributeKey
		.doubleKey("kosmos.llm.time_to_first_chunk");

	/** Chunks of a streamed answer. */
	public static final AttributeKey<Long> LLM_CHUNKS = AttributeKey.longKey("kosmos.llm.chunks");

	/** Calls of models below an agent or a workflow. */
	public static final AttributeKey<Long> LLM_CALLS = AttributeKey.longKey("kosmos.llm.calls");

	/** Tokens of all calls of models below an agent or a workflow. Unit: tokens. */
	public static final AttributeKey<Long> LLM_TOTAL_TOKENS_AGGREGATED = AttributeKey
		.longKey("kosmos.llm.total_tokens.aggregated");

	/**
	 * Cost of all calls of models below an agent or a workflow. Unit: the currency of
	 * {@link #LLM_COST_CURRENCY}.
	 */
	public static final AttributeKey<Double> LLM_COST_AGGREGATED = AttributeKey.doubleKey("kosmos.llm.cost.aggregated");

	/** Executions of tools below an agent or a workflow. */
	public static final AttributeKey<Long> TOOL_CALLS = AttributeKey.longKey("kosmos.tool.calls");

	/** Name of the tool. */
	public static final AttributeKey<String> TOOL_NAME = AttributeKey.stringKey("kosmos.tool.name");

	/** Id that the model gave to the call of the tool. */
	public static final AttributeKey<String> TOOL_CALL_ID = AttributeKey.stringKey("kosmos.tool.call_id");

	/** Route that an agent decided on. */
	public static final AttributeKey<String> ROUTE_DECISION = AttributeKey.stringKey("kosmos.route.decision");

	/** How sure the agent is of its route, from 0 to 1. */
	public static final AttributeKey<Double> ROUTE_CONFIDENCE = AttributeKey.doubleKey("kosmos.route.confidence");

	/** Id of the workflow's definition. */
	public static final AttributeKey<String> WORKFLOW_ID = AttributeKey.stringKey("kosmos.workflow.id");

	/** Name of the workflow. */
	public static final AttributeKey<String> WORKFLOW_NAME = AttributeKey.stringKey("kosmos.workflow.name");

	/** Version of the workflow's definition. */
	public static final AttributeKey<String> WORKFLOW_VERSION = AttributeKey.stringKey("kosmos.workflow.version");

	/** Why the workflow ended, such as {@code completed} or {@code rejected}. */
	public static final AttributeKey<String> WORKFLOW_TERMINATION_REASON = AttributeKey
		.stringKey("kosmos.workflow.termination_reason");

	/** Id of the node in its workflow. */
	public static final AttributeKey<String> NODE_ID = AttributeKey.stringKey("kosmos.node.id");

	/** Name of the node. */
	public static final AttributeKey<String> NODE_NAME = AttributeKey.stringKey("kosmos.node.name");

	/** What the node is, such as {@code task}, {@code condition} or {@code approval}. */
	public static final AttributeKey<String> NODE_KIND = AttributeKey.stringKey("kosmos.node.kind");

	/** Expression that the node evaluates. */
	public static final AttributeKey<String> NODE_EXPRESSION = AttributeKey.stringKey("kosmos.node.expression");

	/** Which attempt this is; the first one is 1. */
	public static final AttributeKey<Long> EXECUTION_ATTEMPT = AttributeKey.longKey("kosmos.execution.attempt");

	/** How many attempts there are at most. */
	public static final AttributeKey<Long> EXECUTION_MAX_ATTEMPTS = AttributeKey
		.longKey("kosmos.execution.max_attempts");

	/** How often it was tried again. */
	public static final AttributeKey<Long> EXECUTION_RETRY_COUNT = AttributeKey.longKey("kosmos.execution.retry_count");

	/** Name of the policy. */
	public static final AttributeKey<String> POLICY_NAME = AttributeKey.stringKey("kosmos.policy.name");

	/** Rules that were evaluated. */
	public static final AttributeKey<List<String>> POLICY_RULES = AttributeKey.stringArrayKey("kosmos.policy.rules");

	/** What the policy decided: {@code allow}, {@code deny} and so on. */
	public static final AttributeKey<String> POLICY_DECISION = AttributeKey.stringKey("kosmos.policy.decision");

	/** Edge of the workflow that the policy guards. */
	public static final AttributeKey<String> POLICY_EDGE = AttributeKey.stringKey("kosmos.policy.edge");

	/** Name of the plan. */
	public static final AttributeKey<String> PLAN_NAME = AttributeKey.stringKey("kosmos.plan.name");

	/** Tenant on whose behalf the request runs. */
	public static final AttributeKey<String> TENANT_ID = AttributeKey.stringKey("kosmos.tenant.id");

	/** User on whose behalf the request runs. */
	public static final AttributeKey<String> USER_ID = AttributeKey.stringKey("kosmos.user.id");

	/** Conversation that the request belongs to. */
	public static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("kosmos.conversation.id");

	/** Id of the request, as its caller knows it. */
	public static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("kosmos.request.id");

	/** How often the message was delivered, this time included: 1 the first time. */
	public static final AttributeKey<Long> MESSAGE_DELIVERY_ATTEMPT = AttributeKey
		.longKey("kosmos.message.delivery_attempt");

	/** Whether the message was delivered before. Absent otherwise. */
	public static final AttributeKey<Boolean> MESSAGE_REDELIVERED = AttributeKey
		.booleanKey("kosmos.message.redelivered");

	/** Stream of JetStream that holds the message. */
	public static final AttributeKey<String> NATS_STREAM = AttributeKey.stringKey("kosmos.nats.stream");

	/** Number of the message in its stream. */
	public static final AttributeKey<Long> NATS_STREAM_SEQUENCE = AttributeKey.longKey("kosmos.nats.stream_sequence");

	/** Id of the session of a WebSocket, on the spans of its messages. */
	public static final AttributeKey<String> WEBSOCKET_SESSION_ID = AttributeKey
		.stringKey("kosmos.websocket.session.id");

	/**
	 * What a message of a WebSocket is: {@code text}, {@code binary}, {@code ping} or
	 * {@code pong}.
	 */
	public static final AttributeKey<String> WEBSOCKET_MESSAGE_TYPE = AttributeKey
		.stringKey("kosmos.websocket.message.type");

	/** Whether the work was cancelled before it ended. Absent otherwise. */
	public static final AttributeKey<Boolean> CANCELLED = AttributeKey.booleanKey("kosmos.cancelled");

	/**
	 * Whether values were cut, or attributes, events or links were left out, because the
	 * span was larger than a span may be, or than the receiver takes. Absent otherwise.
	 */
	public static final AttributeKey<Boolean> TRIMMED = AttributeKey.booleanKey("kosmos.trimmed");

	/**
	 * What the name of the span was, up to 256 characters, where it got one that stands
	 * for many. Absent otherwise.
	 */
	public static final AttributeKey<String> SPAN_NAME = AttributeKey.stringKey("kosmos.span.name");

	/**
	 * Why the tail buffer kept what is below this span: {@code error}, {@code slow},
	 * {@code cost}, {@code tokens}, {@code rule:} and its name, or {@code probability}.
	 */
	public static final AttributeKey<String> SAMPLING_REASON = AttributeKey.stringKey("kosmos.sampling.reason");

	/** Name of the event that closes an LLM call. */
	public static final String EVENT_LLM_COMPLETION = "llm.completion";

	/** Name of the event that opens a workflow. */
	public static final String EVENT_PIPELINE_STARTED = "pipeline.started";

	/** Name of the event that closes a workflow. */
	public static final String EVENT_PIPELINE_COMPLETED = "pipeline.completed";

	private KosmosAttributes() {
	}

}
