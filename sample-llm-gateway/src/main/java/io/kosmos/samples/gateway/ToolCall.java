package io.kosmos.samples.gateway;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The model's wish that the caller calls a function, or what a chunk adds to one: the
 * first chunk of a call has its id and name, those that follow only add to its arguments.
 *
 * @param index which call of the answer a chunk adds to, {@code null} in whole answers
 * @param id id of the call, which the result of the tool refers to
 * @param type kind of tool, {@code function}
 * @param function the function to call
 * @param other fields that the gateway passes on without looking at them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ToolCall(@Nullable Integer index, @Nullable String id, @Nullable String type, @Nullable Function function,
		@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	ToolCall {
		other = (other != null) ? other : Map.of();
	}

	static ToolCall of(String id, String name, String arguments) {
		return new ToolCall(null, id, "function", new Function(name, arguments), Map.of());
	}

	static ToolCall start(int index, ToolCall call) {
		return new ToolCall(index, call.id, call.type, new Function(call.name(), ""), Map.of());
	}

	static ToolCall addition(int index, String arguments) {
		return new ToolCall(index, null, null, new Function(null, arguments), Map.of());
	}

	@Nullable String name() {
		return (this.function != null) ? this.function.name() : null;
	}

	@Nullable String arguments() {
		return (this.function != null) ? this.function.arguments() : null;
	}

	/**
	 * A function to call.
	 *
	 * @param name its name
	 * @param arguments its arguments, a JSON object as text
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Function(@Nullable String name, @Nullable String arguments) {

	}

}
