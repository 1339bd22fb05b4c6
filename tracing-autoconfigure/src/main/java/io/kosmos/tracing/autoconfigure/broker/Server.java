package io.kosmos.tracing.autoconfigure.broker;

import io.kosmos.tracing.MessagingAttributes;
import io.opentelemetry.api.common.AttributesBuilder;

/**
 * A broker.
 *
 * @param host name or address
 * @param port port
 */
record Server(String host, int port) {

	void describe(AttributesBuilder attributes) {
		attributes.put(MessagingAttributes.SERVER_ADDRESS, this.host);
		attributes.put(MessagingAttributes.SERVER_PORT, (long) this.port);
	}

}
