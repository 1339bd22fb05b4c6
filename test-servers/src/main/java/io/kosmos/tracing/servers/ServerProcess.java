package io.kosmos.tracing.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.awaitility.Awaitility;

/**
 * A server that runs from a binary of this machine.
 */
public final class ServerProcess implements AutoCloseable {

	private final Process process;

	private final Path log;

	private final Thread shutdownHook = new Thread(this::stop);

	private ServerProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
	}

	public static ServerProcess start(List<String> command, Map<String, String> environment, Path log,
			BooleanSupplier ready) {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().putAll(environment);
		try {
			ServerProcess server = new ServerProcess(builder.start(), log);
			try {
				Awaitility.await()
					.atMost(Duration.ofSeconds(60))
					.failFast(command.get(0) + " has ended", () -> !server.process.isAlive())
					.until(ready::getAsBoolean);
			}
			catch (RuntimeException ex) {
				server.close();
				throw new IllegalStateException(command.get(0) + " did not start:\n" + server.log(), ex);
			}
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Finds ports that nothing listens on.
	 * @param count how many
	 * @return different ports
	 */
	public static List<String> freePorts(int count) {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < count; i++) {
				sockets.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
			}
			List<String> ports = sockets.stream().map((socket) -> Integer.toString(socket.getLocalPort())).toList();
			for (ServerSocket socket : sockets) {
				socket.close();
			}
			return ports;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Finds a program.
	 * @param name its name
	 * @return the first of that name on the {@code PATH}
	 */
	public static Optional<Path> onPath(String name) {
		return Arrays.stream((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public void close() {
		Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		stop();
	}

	private void stop() {
		this.process.destroy();
		try {
			if (this.process.waitFor(15, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process.destroyForcibly();
	}

}
