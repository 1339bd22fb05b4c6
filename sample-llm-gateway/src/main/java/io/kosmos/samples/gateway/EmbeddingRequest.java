package io.kosmos.samples.gateway;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import org.springframework.util.StringUtils;

/**
 * Body of {@code POST /v1/embeddings}.
 *
 * @param model name of the model, empty if none was given
 * @param input the text, or a list of texts
 * @param encodingFormat how vectors are written: {@code float}, which is the default, or
 * {@code base64}
 * @param dimensions length of the vectors
 */
@JsonNaming(SnakeCaseStrategy.class)
record EmbeddingRequest(String model, @Nullable Object input, @Nullable String encodingFormat,
		@Nullable Integer dimensions) {

	// As many as OpenAI accepts.
	private static final int MAX_TEXTS = 2048;

	EmbeddingRequest {
		model = (model != null) ? model : "";
	}

	/**
	 * The texts. Texts that the caller has turned into tokens already are not understood.
	 * @return the texts
	 */
	List<String> texts() {
		List<?> texts = (this.input instanceof List<?> list) ? list : List.of((this.input != null) ? this.input : "");
		if (texts.isEmpty() || !texts.stream().allMatch((text) -> text instanceof String string && !string.isEmpty())) {
			throw ApiException.invalidRequest("input must be a text or a list of texts, none of them empty", "input");
		}
		return texts.stream().map(String.class::cast).toList();
	}

	boolean base64() {
		return "base64".equals(this.encodingFormat);
	}

	void validate(int maxLength) {
		if (!StringUtils.hasText(this.model)) {
			throw ApiException.invalidRequest("model must not be blank", "model");
		}
		List<String> texts = texts();
		if (texts.size() > MAX_TEXTS) {
			throw ApiException.invalidRequest(
					"input has %d texts, at most %d are accepted".formatted(texts.size(), MAX_TEXTS), "input");
		}
		for (String text : texts) {
			if (text.length() > maxLength) {
				throw ApiException.invalidRequest(
						"input has %d characters, at most %d are accepted".formatted(text.length(), maxLength),
						"input");
			}
		}
		if (this.encodingFormat != null && !List.of("float", "base64").contains(this.encodingFormat)) {
			throw ApiException.invalidRequest("encoding_format must be float or base64", "encoding_format");
		}
		if (this.dimensions != null && this.dimensions < 1) {
			throw ApiException.invalidRequest("dimensions must be at least 1", "dimensions");
		}
	}

}
