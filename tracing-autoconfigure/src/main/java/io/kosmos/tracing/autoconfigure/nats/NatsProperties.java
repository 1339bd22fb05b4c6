package io.kosmos.tracing.autoconfigure.nats;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of NATS.
 *
 * @param enabled Whether what is sent and received through a Connection bean of jnats
 * becomes spans.
 * @param consumer How the work for a message belongs to what sent it.
 */
@ConfigurationProperties("kosmos.tracing.nats")
public record NatsProperties(@DefaultValue("true") boolean enabled, @DefaultValue("child") Consumer consumer) {

	/**
	 * How the work for a message belongs to what sent it.
	 */
	public enum Consumer {

		/** Part of the same trace. */
		CHILD,

		/** A trace of its own with a link. */
		LINK

	}

}
