package io.kosmos.samples.gateway;

import java.util.List;

/**
 * Answer to {@code POST /v1/embeddings}.
 *
 * @param object always {@code list}
 * @param data the vectors, in the order of the texts
 * @param model model that made them
 * @param usage token counts
 */
record EmbeddingList(String object, List<Embedding> data, String model, Usage usage) {

	/**
	 * One vector.
	 *
	 * @param object always {@code embedding}
	 * @param index which of the texts it belongs to
	 * @param embedding the vector: numbers, or their 32 bit each, low byte first, as
	 * base64
	 */
	record Embedding(String object, int index, Object embedding) {

	}

}
