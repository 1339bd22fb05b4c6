package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import org.springframework.util.StringUtils;

/**
 * Body of {@code POST /v1/chat/completions}.
 *
 * @param model name of the model, empty if none was given
 * @param messages the conversation, empty if none was given
 * @param stream whether the answer is wanted in chunks
 * @param temperature how freely the model may choose its words
 * @param maxTokens most tokens that the answer may have
 * @param maxCompletionTokens the same by its newer name
 * @param streamOptions details of streaming
 * @param tools tools that the model may ask to be called, empty if none were given
 * @param toolChoice which of them it may call: {@code none}, {@code auto},
 * {@code required} or an object that names one
 * @param parallelToolCalls whether it may call several at once
 * @param other fields that the gateway passes on without looking at them
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatRequest(String model, List<ChatMessage> messages, @Nullable Boolean stream, @Nullable Double temperature,
		@Nullable Integer maxTokens, @Nullable Integer maxCompletionTokens, @Nullable StreamOptions streamOptions,
		@JsonInclude(JsonInclude.Include.NON_EMPTY) List<Tool> tools, @Nullable Object toolChoice,
		@Nullable Boolean parallelToolCalls, @JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	ChatRequest {
		model = (model != null) ? model : "";
		messages = (messages != null) ? messages : List.of();
		tools = (tools != null) ? tools : List.of();
		other = (other != null) ? other : Map.of();
	}

	boolean streaming() {
		return Boolean.TRUE.equals(this.stream);
	}

	boolean usageWanted() {
		return this.streamOptions != null && Boolean.TRUE.equals(this.streamOptions.includeUsage());
	}

	/**
	 * Most tokens that the answer may have.
	 * @return the limit, {@link Integer#MAX_VALUE} if there is none
	 */
	int tokenLimit() {
		return Math.min(Objects.requireNonNullElse(this.maxTokens, Integer.MAX_VALUE),
				Objects.requireNonNullElse(this.maxCompletionTokens, Integer.MAX_VALUE));
	}

	ChatRequest withUsage() {
		return new ChatRequest(this.model, this.messages, this.stream, this.temperature, this.maxTokens,
				this.maxCompletionTokens, new StreamOptions(true), this.tools, this.toolChoice, this.parallelToolCalls,
				this.other);
	}

	void validate(int maxMessageLength) {
		if (!StringUtils.hasText(this.model)) {
			throw ApiException.invalidRequest("model must not be blank", "model");
		}
		if (this.messages.isEmpty()) {
			throw ApiException.invalidRequest("messages must hold at least one message", "messages");
		}
		requirePositive(this.maxTokens, "max_tokens");
		requirePositive(this.maxCompletionTokens, "max_completion_tokens");
		for (int i = 0; i < this.messages.size(); i++) {
			validate(this.messages.get(i), "messages[%d]".formatted(i), maxMessageLength);
		}
		for (int i = 0; i < this.tools.size(); i++) {
			validate(this.tools.get(i), "tools[%d]".formatted(i));
		}
	}

	private static void requirePositive(@Nullable Integer value, String param) {
		if (value != null && value < 1) {
			throw ApiException.invalidRequest(param + " must be at least 1", param);
		}
	}

	private static void validate(@Nullable Tool tool, String param) {
		if (tool == null || !StringUtils.hasText(tool.type())) {
			throw ApiException.invalidRequest(param + ".type must not be blank", param + ".type");
		}
		if (tool.type().equals("function")
				&& (tool.function() == null || !StringUtils.hasText(tool.function().name()))) {
			throw ApiException.invalidRequest(param + ".function.name must not be blank", param + ".function.name");
		}
	}

	private static void validate(@Nullable ChatMessage message, String param, int maxLength) {
		if (message == null || !StringUtils.hasText(message.role())) {
			throw ApiException.invalidRequest(param + ".role must not be blank", param + ".role");
		}
		Object content = message.content();
		if (content == null && message.calls().isEmpty() && message.other().isEmpty()) {
			throw ApiException.invalidRequest(param + ".content is missing", param + ".content");
		}
		if (content != null && !(content instanceof String) && !(content instanceof List)) {
			throw ApiException.invalidRequest(param + ".content must be a text or a list of parts", param + ".content");
		}
		int length = message.text().length();
		if (length > maxLength) {
			throw ApiException.invalidRequest(
					"%s.content has %d characters, at most %d are accepted".formatted(param, length, maxLength),
					param + ".content");
		}
		if (message.calls().stream().anyMatch(Objects::isNull)) {
			throw ApiException.invalidRequest(param + ".tool_calls must not hold null", param + ".tool_calls");
		}
		if (message.hasRole("tool") && !StringUtils.hasText(message.toolCallId())) {
			throw ApiException.invalidRequest(param + ".tool_call_id must not be blank", param + ".tool_call_id");
		}
	}

	/**
	 * Details of streaming.
	 *
	 * @param includeUsage whether a last chunk tells the token counts
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record StreamOptions(@Nullable Boolean includeUsage) {

	}

}
