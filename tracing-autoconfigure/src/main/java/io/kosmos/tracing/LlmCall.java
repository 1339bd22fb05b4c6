package io.kosmos.tracing;

import java.util.List;

/**
 * A call of a model that is running: takes what becomes known of it. Every method is safe
 * to call from any thread, and none throws. What is told twice counts as told last, so
 * that the growing usage of a stream can be passed on as it comes; see
 * {@link ResultMapper} for what is read out of the result after all.
 */
public interface LlmCall {

	/**
	 * A chunk of a streamed answer arrived. The first one is the time to the first chunk.
	 * @return this call
	 */
	LlmCall chunk();

	/**
	 * A chunk of a streamed answer arrived, out of which every {@link ResultMapper} takes
	 * what it knows. The first one is the time to the first chunk.
	 * @param chunk the chunk, in the shape of the client library
	 * @return this call
	 */
	LlmCall chunk(Object chunk);

	/**
	 * The answer arrived, out of which every {@link ResultMapper} takes what it knows.
	 * @param response the answer, in the shape of the client library
	 * @return this call
	 */
	LlmCall response(Object response);

	/**
	 * Tokens that the call took so far.
	 * @param usage the tokens; what is {@code null} in it changes nothing
	 * @return this call
	 */
	LlmCall usage(TokenUsage usage);

	/**
	 * Why the model stopped.
	 * @param reasons one reason for each choice, such as {@code stop} or {@code length}
	 * @return this call
	 */
	LlmCall finishReasons(List<String> reasons);

	/**
	 * Whether any content is recorded, so that it is worth the effort to put it together.
	 * @return whether {@link #input} and {@link #output} do anything
	 */
	boolean capturesContent();

	/**
	 * What the model is given, recorded only where {@code kosmos.tracing.content.capture}
	 * says so.
	 * @param messages the messages, oldest first; those with role {@code system} are
	 * recorded as system instructions
	 * @return this call
	 */
	LlmCall input(List<GenAiMessage> messages);

	/**
	 * What the model answers, recorded only where {@code kosmos.tracing.content.capture}
	 * says so, and then in the place of all that is read out of chunks and the result.
	 * @param messages the messages, one for each choice
	 * @return this call
	 */
	LlmCall output(List<GenAiMessage> messages);

}
