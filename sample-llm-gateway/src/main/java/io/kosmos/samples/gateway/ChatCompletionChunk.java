package io.kosmos.samples.gateway;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A piece of a streamed answer.
 *
 * @param id id of the answer, the same in all its chunks
 * @param object always {@code chat.completion.chunk}
 * @param created when the answer was made, in seconds since 1970
 * @param model model that answers
 * @param choices what the chunk adds, empty in the chunk that tells the usage
 * @param usage token counts, in the last chunk only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatCompletionChunk(String id, String object, @Nullable Long created, String model, List<Choice> choices,
		@Nullable Usage usage) {

	static final String OBJECT = "chat.completion.chunk";

	ChatCompletionChunk {
		choices = (choices != null) ? choices : List.of();
	}

	ChatCompletionChunk withoutUsage() {
		return new ChatCompletionChunk(this.id, this.object, this.created, this.model, this.choices, null);
	}

	/**
	 * What a chunk adds to one version of the answer.
	 *
	 * @param index which one
	 * @param delta the addition
	 * @param finishReason why the model stopped, {@code null} while it goes on
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	record Choice(int index, ChatMessage delta, @Nullable String finishReason) {

	}

}
