package io.kosmos.tracing.autoconfigure.span;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.autoconfigure.span.ConventionsProperties.Conventions;
import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that operations understand, each under the name that we give it and the
 * one that the OpenTelemetry conventions give it.
 */
enum ModelAttribute {

	OPERATION_NAME(null, GenAiAttributes.OPERATION_NAME),

	AGENT_NAME(KosmosAttributes.AGENT_NAME, GenAiAttributes.AGENT_NAME),

	AGENT_ID(KosmosAttributes.AGENT_ID, GenAiAttributes.AGENT_ID),

	PROVIDER(KosmosAttributes.LLM_PROVIDER, GenAiAttributes.PROVIDER_NAME),

	MODEL(KosmosAttributes.LLM_MODEL, GenAiAttributes.REQUEST_MODEL),

	RESPONSE_MODEL(null, GenAiAttributes.RESPONSE_MODEL),

	PROMPT_TOKENS(KosmosAttributes.LLM_PROMPT_TOKENS, GenAiAttributes.USAGE_INPUT_TOKENS),

	COMPLETION_TOKENS(KosmosAttributes.LLM_COMPLETION_TOKENS, GenAiAttributes.USAGE_OUTPUT_TOKENS),

	TOTAL_TOKENS(KosmosAttributes.LLM_TOTAL_TOKENS, null),

	CACHED_TOKENS(KosmosAttributes.LLM_CACHED_TOKENS, GenAiAttributes.USAGE_CACHE_READ_INPUT_TOKENS),

	REASONING_TOKENS(KosmosAttributes.LLM_REASONING_TOKENS, GenAiAttributes.USAGE_REASONING_OUTPUT_TOKENS),

	COST(KosmosAttributes.LLM_COST, null),

	COST_CURRENCY(KosmosAttributes.LLM_COST_CURRENCY, null),

	FINISH_REASON(KosmosAttributes.LLM_FINISH_REASON, GenAiAttributes.RESPONSE_FINISH_REASONS) {

		@Override
		Object kosmosValue(Object value) {
			return (value instanceof List<?> reasons) ? String.valueOf(reasons.get(0)) : value;
		}

		@Override
		Object otelValue(Object value) {
			return (value instanceof List) ? value : List.of(value);
		}

	},

	TIME_TO_FIRST_CHUNK(KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK, GenAiAttributes.RESPONSE_TIME_TO_FIRST_CHUNK),

	STREAMING(KosmosAttributes.LLM_STREAMING, GenAiAttributes.REQUEST_STREAM),

	TOOL_NAME(KosmosAttributes.TOOL_NAME, GenAiAttributes.TOOL_NAME),

	TOOL_CALL_ID(KosmosAttributes.TOOL_CALL_ID, GenAiAttributes.TOOL_CALL_ID),

	WORKFLOW_NAME(KosmosAttributes.WORKFLOW_NAME, GenAiAttributes.WORKFLOW_NAME),

	POLICY_DECISION(KosmosAttributes.POLICY_DECISION, null),

	ROUTE_CONFIDENCE(KosmosAttributes.ROUTE_CONFIDENCE, null),

	CONVERSATION_ID(KosmosAttributes.CONVERSATION_ID, GenAiAttributes.CONVERSATION_ID),

	INPUT_MESSAGES(null, GenAiAttributes.INPUT_MESSAGES),

	OUTPUT_MESSAGES(null, GenAiAttributes.OUTPUT_MESSAGES),

	SYSTEM_INSTRUCTIONS(null, GenAiAttributes.SYSTEM_INSTRUCTIONS),

	TOOL_CALL_ARGUMENTS(null, GenAiAttributes.TOOL_CALL_ARGUMENTS),

	TOOL_CALL_RESULT(null, GenAiAttributes.TOOL_CALL_RESULT);

	private static final Map<AttributeKey<?>, ModelAttribute> BY_KEY = new HashMap<>();

	private static final Map<String, ModelAttribute> CONTENT = new HashMap<>();

	static {
		Arrays.stream(values()).forEach((attribute) -> {
			if (attribute.kosmosKey != null) {
				BY_KEY.put(attribute.kosmosKey, attribute);
			}
			if (attribute.otelKey != null) {
				BY_KEY.put(attribute.otelKey, attribute);
				if (attribute.isContent()) {
					CONTENT.put(attribute.otelKey.getKey(), attribute);
				}
			}
		});
	}

	private final @Nullable AttributeKey<?> kosmosKey;

	private final @Nullable AttributeKey<?> otelKey;

	ModelAttribute(@Nullable AttributeKey<?> kosmosKey, @Nullable AttributeKey<?> otelKey) {
		this.kosmosKey = kosmosKey;
		this.otelKey = otelKey;
	}

	static @Nullable ModelAttribute of(AttributeKey<?> key) {
		return BY_KEY.get(key);
	}

	/**
	 * The content that a key names, of whatever type the key is.
	 */
	static @Nullable ModelAttribute contentOf(AttributeKey<?> key) {
		return CONTENT.get(key.getKey());
	}

	boolean isContent() {
		return switch (this) {
			case INPUT_MESSAGES, OUTPUT_MESSAGES, SYSTEM_INSTRUCTIONS, TOOL_CALL_ARGUMENTS, TOOL_CALL_RESULT -> true;
			default -> false;
		};
	}

	/**
	 * Whether it is content that comes with the result of the work.
	 */
	boolean isResult() {
		return this == OUTPUT_MESSAGES || this == TOOL_CALL_RESULT;
	}

	/**
	 * Whether an attribute tells of a model's answer.
	 */
	static boolean tellsOfModel(AttributeKey<?> key) {
		String name = key.getKey();
		return name.startsWith("gen_ai.response.") || name.startsWith("gen_ai.usage.")
				|| name.startsWith("kosmos.llm.");
	}

	Object kosmosValue(Object value) {
		return value;
	}

	Object otelValue(Object value) {
		return value;
	}

	/**
	 * Write a value under the names of the conventions in use. What only one of them has
	 * a name for is written by that name unless the other was asked for alone.
	 */
	@SuppressWarnings("unchecked")
	void write(Conventions conventions, Object value, BiConsumer<AttributeKey<Object>, Object> target) {
		if (this.kosmosKey != null && conventions.kosmos()) {
			target.accept((AttributeKey<Object>) this.kosmosKey, kosmosValue(value));
		}
		if (this.otelKey != null && conventions.otel()) {
			target.accept((AttributeKey<Object>) this.otelKey, otelValue(value));
		}
	}

	@Override
	public String toString() {
		return String.valueOf((this.kosmosKey != null) ? this.kosmosKey : this.otelKey);
	}

}
