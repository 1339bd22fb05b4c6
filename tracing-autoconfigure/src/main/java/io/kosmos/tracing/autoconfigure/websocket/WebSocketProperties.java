package io.kosmos.tracing.autoconfigure.websocket;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * WebSockets.
 *
 * @param enabled Whether handlers of WebSockets run in the trace of the handshake.
 * @param messages Spans of the messages received and sent.
 */
@ConfigurationProperties("kosmos.tracing.websocket")
public record WebSocketProperties(@DefaultValue("true") boolean enabled, @DefaultValue("none") Messages messages) {

	/**
	 * Which spans messages have.
	 */
	public enum Messages {

		/**
		 * Messages have none; what is done for them is in the trace of the handshake.
		 */
		NONE,

		/**
		 * Spans of messages are in the trace of the handshake.
		 */
		PARENT,

		/**
		 * Each message begins a trace of its own, which links to the handshake.
		 */
		LINK

	}

}
