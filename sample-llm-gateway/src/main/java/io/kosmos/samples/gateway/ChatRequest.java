package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Map;

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
 * @param streamOptions details of streaming
 * @param other fields that the gateway passes on without looking at them
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatRequest(String model, List<ChatMessage> messages, @Nullable Boolean stream, @Nullable Double temperature,
		@Nullable Integer maxTokens, @Nullable StreamOptions streamOptions,
		@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	ChatRequest {
		model = (model != null) ? model : "";
		messages = (messages != null) ? messages : List.of();
		other = (other != null) ? other : Map.of();
	}

	boolean streaming() {
		return Boolean.TRUE.equals(this.stream);
	}

	boolean usageWanted() {
		return this.streamOptions != null && Boolean.TRUE.equals(this.streamOptions.includeUsage());
	}

	ChatRequest withUsage() {
		return new ChatRequest(this.model, this.messages, this.stream, this.temperature, this.maxTokens,
				new StreamOptions(true), this.other);
	}

	void validate(int maxMessageLength) {
		if (!StringUtils.hasText(this.model)) {
			throw ApiException.invalidRequest("model must not be blank", "model");
		}
		if (this.messages.isEmpty()) {
			throw ApiException.invalidRequest("messages must hold at least one message", "messages");
		}
		if (this.maxTokens != null && this.maxTokens < 1) {
			throw ApiException.invalidRequest("max_tokens must be at least 1", "max_tokens");
		}
		for (int i = 0; i < this.messages.size(); i++) {
			validate(this.messages.get(i), "messages[%d]".formatted(i), maxMessageLength);
		}
	}

	private static void validate(@Nullable ChatMessage message, String param, int maxLength) {
		if (message == null || !StringUtils.hasText(message.role())) {
			throw ApiException.invalidRequest(param + ".role must not be blank", param + ".role");
		}
		String content = message.content();
		// A message that calls tools has no content.
		if (content == null && message.other().isEmpty()) {
			throw ApiException.invalidRequest(param + ".content is missing", param + ".content");
		}
		if (content != null && content.length() > maxLength) {
			throw ApiException.invalidRequest("%s.content has %d characters, at most %d are accepted".formatted(param,
					content.length(), maxLength), param + ".content");
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
