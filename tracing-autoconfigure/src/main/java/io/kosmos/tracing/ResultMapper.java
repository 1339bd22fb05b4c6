package io.kosmos.tracing;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * Reads attributes out of what the work of a span returns: usage and finish reason out of
 * the answer of a model, a route out of the decision of an agent. All beans of this type
 * are asked, for each result of an operation (see {@link AgentSpans}) and for each chunk
 * of a streamed one. Where two of them tell the same attribute, the one that is first in
 * their order wins. The last one knows the JSON of the OpenAI protocol.
 * <p>
 * Of one attribute, what is told last counts: what is set while the work runs gives way
 * to what a mapper reads out of the result, and that to the {@link Traced#attributes()
 * attributes} that the annotation of the method takes from the result. Content is the
 * exception: an answer, or the result of a tool, that the code tells itself is not
 * replaced by one that is read.
 * <p>
 * An implementation is thread-safe. When it throws, the failure is counted and logged
 * once, and the work goes on.
 */
@FunctionalInterface
public interface ResultMapper {

	/**
	 * Read attributes.
	 * @param result a result, or a chunk of one
	 * @return attributes with the keys of {@link KosmosAttributes} and
	 * {@link GenAiAttributes}, or {@code null} if the result is none that this mapper
	 * knows; a value that the provider did not tell is absent, never zero
	 */
	@Nullable Attributes map(Object result);

	/**
	 * Read what a model is given. Asked for each argument of a
	 * {@link TracedLlm @TracedLlm} method that is not excluded, only while content is
	 * recorded. When no mapper knows any argument and just one is a {@code String}, that
	 * is what the user says.
	 * @param argument an argument
	 * @return the messages, or {@code null} if the argument is none that this mapper
	 * knows
	 */
	default @Nullable List<GenAiMessage> input(Object argument) {
		return null;
	}

	/**
	 * Read what a model answers. Asked only while content is recorded. What no mapper
	 * knows is the answer if it is text.
	 * <p>
	 * Chunks are put together, each message with those at the same position in the list;
	 * one without parts stands for a choice that a chunk does not tell of. A tool call
	 * goes on with the arguments of the one that has the same id, or of the last one if
	 * it has neither id nor name.
	 * @param result a result, or a chunk of one
	 * @return the messages, one for each choice, or {@code null} if the result is none
	 * that this mapper knows
	 */
	default @Nullable List<GenAiMessage> output(Object result) {
		return null;
	}

}
