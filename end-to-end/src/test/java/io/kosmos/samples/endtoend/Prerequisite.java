package io.kosmos.samples.endtoend;

import org.opentest4j.TestAbortedException;

/**
 * What a machine must have for a test to run. Without it the test is skipped, and fails
 * where {@code CI=true} says that everything has to be proven.
 */
final class Prerequisite {

	private Prerequisite() {
	}

	static RuntimeException missing(String message) {
		return "true".equals(System.getenv("CI")) ? new IllegalStateException(message)
				: new TestAbortedException(message);
	}

}
