package io.kosmos.samples.endtoend;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a machine must have for a test to run. Without it the test is skipped, and fails
 * where {@code CI=true} says that everything has to be proven.
 */
final class Prerequisite {

	private Prerequisite() {
	}

	static RuntimeException missing(String message) {
		if ("true".equals(System.getenv("CI"))) {
			return Assertions.fail(message);
		}
		return Assumptions.abort(message);
	}

}
