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
	 * @param finishReason why the model stopped: stop, length
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Choice(int index, ChatMessage message, @Nullable String finishReason) {

	}

	/**
	 * Token counts.
	 *
	 * @param promptTokens tokens of the prompt
	 * @param completionTokens tokens of the answer
	 * @param totalTokens both together
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Usage(@Nullable Long promptTokens, @Nullable Long completionTokens, @Nullable Long totalTokens) {

		static Usage of(long promptTokens, long completionTokens) {
			return new Usage(promptTokens, completionTokens, promptTokens + completionTokens);
		}

	}

}
