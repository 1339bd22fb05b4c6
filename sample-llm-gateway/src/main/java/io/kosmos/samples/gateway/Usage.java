package io.kosmos.samples.gateway;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Token counts. What a provider does not tell is {@code null}.
 *
 * @param promptTokens tokens of the prompt, or of the texts that were embedded
 * @param completionTokens tokens of the answer
 * @param totalTokens both together
 * @param promptTokensDetails which of the prompt's tokens were special
 * @param completionTokensDetails which of the answer's tokens were special
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Usage(@Nullable Long promptTokens, @Nullable Long completionTokens, @Nullable Long totalTokens,
		@Nullable PromptTokensDetails promptTokensDetails, @Nullable CompletionTokensDetails completionTokensDetails) {

	static Usage ofAnswer(long promptTokens, long completionTokens) {
		return new Usage(promptTokens, completionTokens, promptTokens + completionTokens, null, null);
	}

	static Usage ofEmbeddings(long promptTokens) {
		return new Usage(promptTokens, null, promptTokens, null, null);
	}

	/**
	 * Which of the prompt's tokens were special.
	 *
	 * @param cachedTokens tokens that the provider had read before and charges less for
	 * @param other fields that the gateway passes on without looking at them
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record PromptTokensDetails(@Nullable Long cachedTokens,
			@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

		PromptTokensDetails {
			other = (other != null) ? other : Map.of();
		}

	}

	/**
	 * Which of the answer's tokens were special.
	 *
	 * @param reasoningTokens tokens that the model thought and did not say
	 * @param other fields that the gateway passes on without looking at them
	 */
	@JsonNaming(SnakeCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record CompletionTokensDetails(@Nullable Long reasoningTokens,
			@JsonAnySetter @JsonAnyGetter Map<String, @Nullable Object> other) {

		CompletionTokensDetails {
			other = (other != null) ? other : Map.of();
		}

	}

}
