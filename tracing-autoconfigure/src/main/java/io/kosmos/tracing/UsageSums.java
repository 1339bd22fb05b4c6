package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * What models and tools did for a piece of work. Immutable.
 *
 * @param llmCalls calls of models
 * @param toolCalls executions of tools
 * @param tokens tokens of all calls; {@code null} if no call told them
 * @param cost cost of all calls whose price is known; {@code null} if there was none, or
 * in several currencies
 */
public record UsageSums(long llmCalls, long toolCalls, @Nullable Long tokens, @Nullable Cost cost) {

	/** Nothing at all. */
	public static final UsageSums NONE = new UsageSums(0, 0, null, null);

}
