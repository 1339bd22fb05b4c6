package io.kosmos.tracing;

import java.util.List;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The generative AI attributes of the OpenTelemetry semantic conventions that
 * kosmos-tracing writes. The conventions are in development and have no tagged release;
 * these are the names of
 * <a href= "https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">semantic
 * conventions 1.41</a>.
 */
public final class GenAiAttributes {

	/**
	 * What is done: {@code chat}, {@code invoke_agent}, {@code execute_tool} and so on.
	 */
	public static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("gen_ai.operation.name");

	/** Provider of the model as the client knows it, such as {@code openai}. */
	public static final AttributeKey<String> PROVIDER_NAME = AttributeKey.stringKey("gen_ai.provider.name");

	/** Name of the agent. */
	public static final AttributeKey<String> AGENT_NAME = AttributeKey.stringKey("gen_ai.agent.name");

	/** Id of the agent. */
	public static final AttributeKey<String> AGENT_ID = AttributeKey.stringKey("gen_ai.agent.id");

	/** Conversation or session. */
	public static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("gen_ai.conversation.id");

	/** Model that was asked for. */
	public static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");

	/** Whether a streamed answer was asked for. */
	public static final AttributeKey<Boolean> REQUEST_STREAM = AttributeKey.booleanKey("gen_ai.request.stream");

	/** Sampling temperature that was asked for. */
	public static final AttributeKey<Double> REQUEST_TEMPERATURE = AttributeKey.doubleKey("gen_ai.request.temperature");

	/** Share of the probability mass to sample from. */
	public static final AttributeKey<Double> REQUEST_TOP_P = AttributeKey.doubleKey("gen_ai.request.top_p");

	/** Number of tokens to sample from. */
	public static final AttributeKey<Long> REQUEST_TOP_K = AttributeKey.longKey("gen_ai.request.top_k");

	/** Most tokens that the answer may take. Unit: tokens. */
	public static final AttributeKey<Long> REQUEST_MAX_TOKENS = AttributeKey.longKey("gen_ai.request.max_tokens");

	/** Penalty for frequent tokens that was asked for. */
	public static final AttributeKey<Double> REQUEST_FREQUENCY_PENALTY = AttributeKey
		.doubleKey("gen_ai.request.frequency_penalty");

	/** Penalty for tokens that are there already that was asked for. */
	public static final AttributeKey<Double> REQUEST_PRESENCE_PENALTY = AttributeKey
		.doubleKey("gen_ai.request.presence_penalty");

	/** Texts at which the model is to stop. */
	public static final AttributeKey<List<String>> REQUEST_STOP_SEQUENCES = AttributeKey
		.stringArrayKey("gen_ai.request.stop_sequences");

	/** Model that answered. */
	public static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");

	/** Id of the answer. */
	public static final AttributeKey<String> RESPONSE_ID = AttributeKey.stringKey("gen_ai.response.id");

	/** Why the model stopped, one reason for each choice. */
	public static final AttributeKey<List<String>> RESPONSE_FINISH_REASONS = AttributeKey
		.stringArrayKey("gen_ai.response.finish_reasons");

	/** Tokens of the prompt. Unit: tokens. */
	public static final AttributeKey<Long> USAGE_INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");

	/** Tokens of the answer. Unit: tokens. */
	public static final AttributeKey<Long> USAGE_OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");

	/** Tokens of the prompt that were read from a cache. Unit: tokens. */
	public static final AttributeKey<Long> USAGE_CACHE_READ_INPUT_TOKENS = AttributeKey
		.longKey("gen_ai.usage.cache_read.input_tokens");

	/** Tokens of the answer that were spent on reasoning. Unit: tokens. */
	public static final AttributeKey<Long> USAGE_REASONING_OUTPUT_TOKENS = AttributeKey
		.longKey("gen_ai.usage.reasoning.output_tokens");

	/** Time from the request to the first chunk of a streamed answer. Unit: seconds. */
	public static final AttributeKey<Double> RESPONSE_TIME_TO_FIRST_CHUNK = AttributeKey
		.doubleKey("gen_ai.response.time_to_first_chunk");

	/** Name of the tool. */
	public static final AttributeKey<String> TOOL_NAME = AttributeKey.stringKey("gen_ai.tool.name");

	/** Id that the model gave to the call of the tool. */
	public static final AttributeKey<String> TOOL_CALL_ID = AttributeKey.stringKey("gen_ai.tool.call.id");

	/** What the tool is for, as the model was told. */
	public static final AttributeKey<String> TOOL_DESCRIPTION = AttributeKey.stringKey("gen_ai.tool.description");

	/** What the tool is: {@code function}, {@code extension} or {@code datastore}. */
	public static final AttributeKey<String> TOOL_TYPE = AttributeKey.stringKey("gen_ai.tool.type");

	/** Arguments of the call of the tool, as JSON. Content. */
	public static final AttributeKey<String> TOOL_CALL_ARGUMENTS = AttributeKey.stringKey("gen_ai.tool.call.arguments");

	/** Result of the call of the tool, as JSON. Content. */
	public static final AttributeKey<String> TOOL_CALL_RESULT = AttributeKey.stringKey("gen_ai.tool.call.result");

	/** Name of the workflow. */
	public static final AttributeKey<String> WORKFLOW_NAME = AttributeKey.stringKey("gen_ai.workflow.name");

	/** Data source that a retrieval asks. */
	public static final AttributeKey<String> DATA_SOURCE_ID = AttributeKey.stringKey("gen_ai.data_source.id");

	/** Messages that the model is given, as JSON in the conventions' schema. Content. */
	public static final AttributeKey<String> INPUT_MESSAGES = AttributeKey.stringKey("gen_ai.input.messages");

	/** Messages that the model answers, as JSON in the conventions' schema. Content. */
	public static final AttributeKey<String> OUTPUT_MESSAGES = AttributeKey.stringKey("gen_ai.output.messages");

	/**
	 * Instructions outside the conversation, as JSON in the conventions' schema. Content.
	 */
	public static final AttributeKey<String> SYSTEM_INSTRUCTIONS = AttributeKey.stringKey("gen_ai.system_instructions");

	private GenAiAttributes() {
	}

}
