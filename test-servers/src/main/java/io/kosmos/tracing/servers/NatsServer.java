package io.kosmos.tracing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A real NATS with JetStream: a container where there is a Docker engine, else
 * {@code nats-server} on the {@code PATH}.
 */
public final class NatsServer implements AutoCloseable {

	private final AutoCloseable server;

	private final String url;

	private NatsServer(AutoCloseable server, String url) {
		this.server = server;
		this.url = url;
	}

	/**
	 * Starts a NATS.
	 * @param directory where its files go
	 * @return the server, ready
	 */
	@SuppressWarnings("resource")
	public static NatsServer start(Path directory) {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			GenericContainer<?> container = new GenericContainer<>("nats:2.12").withExposedPorts(4222)
				.withCommand("--js")
				.waitingFor(Wait.forLogMessage(".*Server is ready.*", 1));
			container.start();
			return new NatsServer(container, "nats://" + container.getHost() + ":" + container.getMappedPort(4222));
		}
		Path binary = ServerProcess.onPath("nats-server")
			.orElseThrow(() -> Prerequisite.missing("Needs a Docker engine, or nats-server on the PATH"));
		String port = ServerProcess.freePorts(1).get(0);
		ServerProcess process = ServerProcess.start(
				List.of(binary.toString(), "--addr", "127.0.0.1", "--port", port, "--jetstream", "--store_dir",
						directory.resolve("nats").toString()),
				Map.of(), directory.resolve("nats.log"), () -> answers(Integer.parseInt(port)));
		return new NatsServer(process, "nats://127.0.0.1:" + port);
	}

	private static boolean answers(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(1000);
			// It greets with its INFO line.
			return socket.getInputStream().read() == 'I';
		}
		catch (IOException ex) {
			return false;
		}
	}

	public String url() {
		return this.url;
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
