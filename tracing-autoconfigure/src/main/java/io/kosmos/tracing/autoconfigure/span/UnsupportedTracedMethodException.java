package io.kosmos.tracing.autoconfigure.span;

import java.util.Collection;
import java.util.List;

/**
 * Stops an application whose {@code @Traced} methods cannot all be traced, if it asked
 * for that.
 */
final class UnsupportedTracedMethodException extends RuntimeException {

	private final List<String> problems;

	UnsupportedTracedMethodException(Collection<String> problems) {
		super("@Traced methods that cannot be traced as written: " + String.join("; ", problems));
		this.problems = List.copyOf(problems);
	}

	List<String> getProblems() {
		return this.problems;
	}

}
