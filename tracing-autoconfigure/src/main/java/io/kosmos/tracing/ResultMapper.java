package io.kosmos.tracing;

import java.util.List;

import io.opentelemetry.api.common.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * Reads attributes out of what the work of a span returns: usage and finish reason out of
 * the answer of a model, a route out of the decision of an agent. Any number of beans of
 * this type are asked in their order, for each result of an operation (see
 * {@link AgentSpans}) and for each chunk of a streamed one; what the code itself sets
 * wins.
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
	 * {@link TracedLlm @TracedLlm} method, only while content is recorded.
	 * @param argument an argument
	 * @return the messages, or {@code null} if the argument is none that this mapper
	 * knows
	 */
	default @Nullable List<GenAiMessage> input(Object argument) {
		return null;
	}

	/**
	 * Read what a model answers. Asked only while content is recorded. The texts of
	 * chunks are put together, by the position of the message in the list.
	 * @param result a result, or a chunk of one
	 * @return the messages, one for each choice, or {@code null} if the result is none
	 * that this mapper knows
	 */
	default @Nullable List<GenAiMessage> output(Object result) {
		return null;
	}

}
