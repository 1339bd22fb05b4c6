package io.kosmos.tracing.autoconfigure.span;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which {@code @Traced} methods stopped the application.
 */
final class UnsupportedTracedMethodFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedTracedMethodException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedTracedMethodException cause) {
		StringBuilder description = new StringBuilder("These @Traced methods cannot be traced as written:\n");
		cause.getProblems().forEach((problem) -> description.append("\n    - ").append(problem));
		return new FailureAnalysis(description.toString(),
				"Change the methods as described, or set 'kosmos.tracing.annotation.unsupported' to 'warn' (allowed:"
						+ " warn, fail, ignore).",
				cause);
	}

}
