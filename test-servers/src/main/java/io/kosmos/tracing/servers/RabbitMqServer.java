package io.kosmos.tracing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A real and empty RabbitMQ, user and password {@code guest}: a container where there is
 * a Docker engine, else the server that Debian and Ubuntu install.
 */
public final class RabbitMqServer implements AutoCloseable {

	private static final Path INSTALLED = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

	private final AutoCloseable server;

	private final String host;

	private final int port;

	private RabbitMqServer(AutoCloseable server, String host, int port) {
		this.server = server;
		this.host = host;
		this.port = port;
	}

	/**
	 * Starts a RabbitMQ.
	 * @param directory where its files go
	 * @return the server, ready
	 * @throws IOException if its files could not be written
	 */
	@SuppressWarnings("resource")
	public static RabbitMqServer start(Path directory) throws IOException {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			GenericContainer<?> container = new GenericContainer<>("rabbitmq:4").withExposedPorts(5672)
				.waitingFor(Wait.forLogMessage(".*Server startup complete.*", 1));
			container.start();
			return new RabbitMqServer(container, container.getHost(), container.getMappedPort(5672));
		}
		if (!Files.isExecutable(INSTALLED)) {
			throw Prerequisite.missing("Needs a Docker engine, or the RabbitMQ server " + INSTALLED);
		}
		// The program itself and not its wrapper, which would run it as another user. A
		// node of its own, without the port mapper that all nodes of a machine share.
		Path files = Files.createDirectory(directory.resolve("rabbitmq"));
		List<String> ports = ServerProcess.freePorts(2);
		Path config = Files.writeString(files.resolve("rabbitmq.conf"), """
				listeners.tcp.default = 127.0.0.1:%s
				log.console = true
				log.console.level = info
				""".formatted(ports.get(0)));
		Map<String, String> environment = new HashMap<>();
		environment.put("HOME", files.toString());
		environment.put("RABBITMQ_NODENAME", "tests" + ports.get(0) + "@localhost");
		environment.put("RABBITMQ_NODE_PORT", ports.get(0));
		environment.put("RABBITMQ_DIST_PORT", ports.get(1));
		environment.put("RABBITMQ_CONFIG_FILE", config.toString());
		environment.put("RABBITMQ_CONF_ENV_FILE", files.resolve("none").toString());
		environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", files.resolve("enabled_plugins").toString());
		environment.put("RABBITMQ_MNESIA_BASE", files.resolve("data").toString());
		environment.put("RABBITMQ_LOG_BASE", files.resolve("log").toString());
		environment.put("RABBITMQ_PID_FILE", files.resolve("pid").toString());
		environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
				"-start_epmd false -erl_epmd_port " + ports.get(1) + " -kernel inet_dist_use_interface {127,0,0,1}");
		int port = Integer.parseInt(ports.get(0));
		ServerProcess process = ServerProcess.start(List.of(INSTALLED.toString()), environment,
				directory.resolve("rabbitmq.log"), () -> accepts(port));
		return new RabbitMqServer(process, "127.0.0.1", port);
	}

	// The server listens last of all.
	private static boolean accepts(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	public String host() {
		return this.host;
	}

	public int port() {
		return this.port;
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
