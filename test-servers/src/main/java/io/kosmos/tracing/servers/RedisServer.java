package io.kosmos.tracing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * A real and empty Redis: a container where there is a Docker engine, else
 * {@code redis-server} on the {@code PATH}.
 */
public final class RedisServer implements AutoCloseable {

	private final AutoCloseable server;

	private final String host;

	private final int port;

	private RedisServer(AutoCloseable server, String host, int port) {
		this.server = server;
		this.host = host;
		this.port = port;
	}

	/**
	 * Starts a Redis.
	 * @param directory where its files go
	 * @return the server, ready
	 */
	@SuppressWarnings("resource")
	public static RedisServer start(Path directory) {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			GenericContainer<?> container = new GenericContainer<>("redis:8").withExposedPorts(6379);
			container.start();
			return new RedisServer(container, container.getHost(), container.getMappedPort(6379));
		}
		Path binary = ServerProcess.onPath("redis-server")
			.orElseThrow(() -> Prerequisite.missing("Needs a Docker engine, or redis-server on the PATH"));
		String port = ServerProcess.freePorts(1).get(0);
		ServerProcess process = ServerProcess.start(
				List.of(binary.toString(), "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir",
						directory.toString()),
				Map.of(), directory.resolve("redis.log"), () -> answers(Integer.parseInt(port)));
		return new RedisServer(process, "127.0.0.1", Integer.parseInt(port));
	}

	private static boolean answers(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout(1000);
			socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
			return socket.getInputStream().read() == '+';
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
