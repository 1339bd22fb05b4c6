package io.kosmos.tracing.servers;

import org.opentest4j.TestAbortedException;

/**
 * What a machine must have for a test to run. Without it the test is skipped, and fails
 * where {@code CI=true} says that everything has to be proven.
 */
public final class Prerequisite {

	private Prerequisite() {
	}

	public static RuntimeException missing(String message) {
		if ("true".equals(System.getenv("CI"))) {
			return new IllegalStateException(message);
		}
		// Said here because reports leave out why a parameterized class was skipped.
		System.out.println("Skipped: " + message);
		return new TestAbortedException(message);
	}

}
