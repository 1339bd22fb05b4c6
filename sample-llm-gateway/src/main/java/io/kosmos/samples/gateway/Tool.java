package io.kosmos.samples.gateway;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A tool that the caller offers to the model.
 *
 * @param type kind of tool; the embedded models know {@code function} only
 * @param function the function, {@code null} in other kinds of tools
 * @param other fields that the gateway passes on without looking at them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Tool(@Nullable String type, @Nullable Function function,
		@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

	Tool {
		other = (other != null) ? other : Map.of();
	}

	/**
	 * A function that the model may ask the caller to call.
	 *
	 * @param name its name, empty if none was given
	 * @param description what it does
	 * @param parameters JSON schema of its arguments
	 * @param other fields that the gateway passes on without looking at them
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Function(String name, @Nullable String description, @Nullable Map<String, @Nullable Object> parameters,
			@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

		Function {
			name = (name != null) ? name : "";
			other = (other != null) ? other : Map.of();
		}

	}

}
