package io.kosmos.tracing.autoconfigure;

import java.util.Locale;

import org.springframework.util.ClassUtils;

/**
 * Tells whether the OpenTelemetry Java agent instruments this JVM.
 */
final class JavaAgent {

	private static final String CLASS_NAME = "io.opentelemetry.javaagent.OpenTelemetryAgent";

	private JavaAgent() {
	}

	/**
	 * Whether the agent is attached and not switched off by
	 * {@code otel.javaagent.enabled}.
	 * @return whether it makes spans
	 */
	static boolean isAttached() {
		return ClassUtils.isPresent(CLASS_NAME, ClassLoader.getSystemClassLoader()) && isEnabled();
	}

	// As the agent itself reads it: the system property, else the environment variable.
	private static boolean isEnabled() {
		String enabled = System.getProperty("otel.javaagent.enabled", System.getenv("OTEL_JAVAAGENT_ENABLED"));
		return enabled == null || !enabled.toLowerCase(Locale.ROOT).equals("false");
	}

}
