package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One message of a conversation, or what a chunk adds to one.
 *
 * @param role who speaks: system, developer, user, assistant, tool
 * @param content what is said: a text, or a list of parts of which some are texts
 * @param toolCalls tools that the assistant wants to have called
 * @param toolCallId id of the call that a tool's message is the result of
 * @param other fields that the gateway passes on without looking at them
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatMessage(@Nullable String role, @Nullable Object content, @Nullable List<ToolCall> toolCalls,
		@Nullable String toolCallId, @JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	ChatMessage {
		other = (other != null) ? other : Map.of();
	}

	ChatMessage(@Nullable String role, @Nullable String content) {
		this(role, content, null, null, Map.of());
	}

	ChatMessage(@Nullable String role, List<ToolCall> toolCalls) {
		this(role, null, toolCalls, null, Map.of());
	}

	boolean hasRole(String role) {
		return role.equals(this.role);
	}

	/**
	 * What is said, its parts joined by line breaks.
	 * @return the text, empty if nothing is said in text
	 */
	String text() {
		if (this.content instanceof List<?> parts) {
			return parts.stream()
				.map((part) -> (part instanceof Map<?, ?> fields) ? fields.get("text") : null)
				.filter(Objects::nonNull)
				.map(Object::toString)
				.collect(Collectors.joining("\n"));
		}
		return Objects.toString(this.content, "");
	}

	List<ToolCall> calls() {
		return (this.toolCalls != null) ? this.toolCalls : List.of();
	}

}
