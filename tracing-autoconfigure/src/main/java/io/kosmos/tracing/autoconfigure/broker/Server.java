package io.kosmos.tracing.autoconfigure.broker;

import io.opentelemetry.api.common.AttributesBuilder;

/**
 * A broker.
 *
 * @param host name or address
 * @param port port
 */
record Server(String host, int port) {

	void describe(AttributesBuilder attributes) {
		attributes.put(MessageAttributes.SERVER_ADDRESS, this.host);
		attributes.put(MessageAttributes.SERVER_PORT, (long) this.port);
	}

}
