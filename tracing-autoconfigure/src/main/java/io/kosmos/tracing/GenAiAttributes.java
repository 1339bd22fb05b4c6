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

	/** Conversation or session. */
	public static final AttributeKey<String> CONVERSATION_ID = AttributeKey.stringKey("gen_ai.conversation.id");

	/** Model that was asked for. */
	public static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");

	/** Whether a streamed answer was asked for. */
	public static final AttributeKey<Boolean> REQUEST_STREAM = AttributeKey.booleanKey("gen_ai.request.stream");

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

	private GenAiAttributes() {
	}

}
