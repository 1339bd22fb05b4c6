package io.kosmos.samples.gateway;

import java.util.List;
import java.util.function.Consumer;

/**
 * Who answers. Implementations are safe for use by any number of threads and report
 * failures as {@link ApiException}.
 */
interface ModelProvider {

	/**
	 * Name of the provider as {@code gen_ai.provider.name} knows it.
	 * @return the name
	 */
	String name();

	/**
	 * Names of the models that can be asked for an answer.
	 * @return the names
	 */
	List<String> chatModels();

	/**
	 * Names of the models that can be asked for embeddings.
	 * @return the names, none unless {@link #embed} works
	 */
	default List<String> embeddingModels() {
		return List.of();
	}

	/**
	 * Answer at once.
	 * @param request the question, for one of {@link #chatModels()}
	 * @return the answer
	 */
	ChatCompletion complete(ChatRequest request);

	/**
	 * Answer in chunks, the last of which tells the usage whether or not the request asks
	 * for it. Returns after the last chunk.
	 * @param request the question, for one of {@link #chatModels()}
	 * @param chunks receives the answer; what it throws ends the answer and is passed on
	 */
	void stream(ChatRequest request, Consumer<ChatCompletionChunk> chunks);

	/**
	 * Turn texts into vectors.
	 * @param request the texts, for one of {@link #embeddingModels()}
	 * @return the vectors, in the order of the texts
	 */
	default EmbeddingList embed(EmbeddingRequest request) {
		throw ApiException.modelNotFound(request.model());
	}

}
