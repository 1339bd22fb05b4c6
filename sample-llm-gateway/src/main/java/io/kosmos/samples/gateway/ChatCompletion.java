package io.kosmos.samples.gateway;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A whole answer.
 *
 * @param id id of the answer
 * @param object always {@code chat.completion}
 * @param created when it was made, in seconds since 1970
 * @param model model that answered
 * @param choices the answer, in as many versions as were asked for
 * @param usage token counts, if the provider tells them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatCompletion(String id, String object, @Nullable Long created, String model, List<Choice> choices,
		@Nullable Usage usage) {

	static final String OBJECT = "chat.completion";

	ChatCompletion {
		choices = (choices != null) ? choices : List.of();
	}

	/**
	 * One version of the answer.
	 *
	 * @param index which one
	 * @param message the answer
	 * @param finishReason why the model stopped: stop, length, tool_calls
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Choice(int index, ChatMessage message, @Nullable String finishReason) {

	}

}
