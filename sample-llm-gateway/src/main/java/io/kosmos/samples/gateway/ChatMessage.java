package io.kosmos.samples.gateway;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation, or what a chunk adds to one.
 *
 * @param role who speaks: system, user, assistant
 * @param content what is said
 * @param other fields that the gateway passes on without looking at them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatMessage(@Nullable String role, @Nullable String content,
		@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	ChatMessage {
		other = (other != null) ? other : Map.of();
	}

	ChatMessage(@Nullable String role, @Nullable String content) {
		this(role, content, Map.of());
	}

}
