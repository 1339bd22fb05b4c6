package io.kosmos.tracing.autoconfigure.broker;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.opentelemetry.api.common.AttributesBuilder;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * The servers that Kafka clients are configured with. One is told only where it is the
 * only one. Thread-safe.
 */
final class KafkaServers {

	private static final String NONE = "";

	private final Set<String> consumers = ConcurrentHashMap.newKeySet();

	private final Set<String> producerHosts = ConcurrentHashMap.newKeySet();

	/**
	 * Remember the servers of consumers, of which Spring does not tell which one a record
	 * comes from.
	 */
	void addConsumers(Map<String, Object> configuration) {
		Server server = server(configuration);
		this.consumers.add((server != null) ? server.host() + ":" + server.port() : NONE);
	}

	/**
	 * Remember the cluster of producers by the first of its servers.
	 */
	void addProducers(Map<String, Object> configuration) {
		Object servers = configuration.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
		Object first = (servers instanceof Collection<?> list && !list.isEmpty()) ? list.iterator().next() : servers;
		Server server = (first != null) ? server(first.toString().split(",", 2)[0]) : null;
		this.producerHosts.add((server != null) ? server.host() : NONE);
	}

	/**
	 * Where records are sent, as long as all producers send to one cluster.
	 */
	@Nullable String producerHost() {
		String host = (this.producerHosts.size() == 1) ? this.producerHosts.iterator().next() : NONE;
		return (!host.equals(NONE)) ? host : null;
	}

	void describeConsumer(AttributesBuilder attributes) {
		if (this.consumers.size() == 1) {
			Server server = server(this.consumers.iterator().next());
			if (server != null) {
				server.describe(attributes);
			}
		}
	}

	static @Nullable Server server(Map<String, Object> configuration) {
		Object servers = configuration.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
		if (servers instanceof Collection<?> list) {
			return (list.size() == 1) ? server(String.valueOf(list.iterator().next())) : null;
		}
		return (servers != null) ? server(servers.toString()) : null;
	}

	private static @Nullable Server server(String address) {
		int colon = address.lastIndexOf(':');
		if (colon < 1 || address.contains(",")) {
			return null;
		}
		try {
			return new Server(address.substring(0, colon).trim(),
					Integer.parseInt(address.substring(colon + 1).trim()));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
