package io.kosmos.tracing.autoconfigure.broker;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;

/**
 * The brokers that connection factories are connected to. Spring does not tell which of
 * them a message goes to or comes from, so that one is told only as long as there is no
 * other. Thread-safe.
 */
final class RabbitServers implements ConnectionListener {

	private final List<com.rabbitmq.client.Connection> connections = new CopyOnWriteArrayList<>();

	@Override
	public void onCreate(@Nullable Connection connection) {
		this.connections.removeIf((known) -> !known.isOpen());
		com.rabbitmq.client.Connection delegate = (connection != null) ? connection.getDelegate() : null;
		if (delegate != null) {
			this.connections.add(delegate);
		}
	}

	void describeOnly(AttributesBuilder attributes) {
		Server only = only();
		if (only != null) {
			only.describe(attributes);
		}
	}

	@Nullable String onlyHost() {
		Server only = only();
		return (only != null) ? only.host() : null;
	}

	private @Nullable Server only() {
		Server only = null;
		for (com.rabbitmq.client.Connection connection : this.connections) {
			if (connection.isOpen()) {
				// Does not look the name up.
				String host = new InetSocketAddress(connection.getAddress(), connection.getPort()).getHostString();
				Server server = new Server(host, connection.getPort());
				if (only != null && !only.equals(server)) {
					return null;
				}
				only = server;
			}
		}
		return only;
	}

}
