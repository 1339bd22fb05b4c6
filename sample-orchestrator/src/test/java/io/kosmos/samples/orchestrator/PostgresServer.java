package io.kosmos.samples.orchestrator;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL server of the test's own: a container where there is Docker, else the
 * programs that are installed.
 *
 * @param url JDBC address
 * @param user name of the user
 * @param password password of the user
 * @param shutdown how it is stopped
 */
record PostgresServer(String url, String user, String password, Runnable shutdown) {

	/**
	 * Start a server.
	 * @return the server, or nothing if there is neither Docker nor an installation
	 */
	static Optional<PostgresServer> start() throws IOException, InterruptedException {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			return Optional.of(container());
		}
		Optional<Path> programs = programs();
		return (programs.isPresent()) ? Optional.of(installed(programs.get())) : Optional.empty();
	}

	void stop() {
		this.shutdown.run();
	}

	@SuppressWarnings("resource")
	private static PostgresServer container() {
		PostgreSQLContainer container = new PostgreSQLContainer("postgres:17-alpine");
		container.start();
		return new PostgresServer(container.getJdbcUrl(), container.getUsername(), container.getPassword(),
				container::stop);
	}

	private static Optional<Path> programs() throws IOException {
		List<Path> places = new ArrayList<>();
		places.add(Path.of(Objects.requireNonNullElse(System.getenv("POSTGRES_BIN"), "")));
		Path packages = Path.of("/usr/lib/postgresql");
		if (Files.isDirectory(packages)) {
			try (Stream<Path> versions = Files.list(packages)) {
				versions.map((version) -> version.resolve("bin")).sorted().forEach(places::add);
			}
		}
		Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of).forEach(places::add);
		return places.stream()
			.map(Path::toAbsolutePath)
			.filter((place) -> Stream.of("initdb", "postgres", "pg_ctl")
				.allMatch((program) -> Files.isExecutable(place.resolve(program))))
			.findFirst();
	}

	private static PostgresServer installed(Path programs) throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("postgres");
		if (isRoot()) {
			Files.setOwner(directory,
					directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
		}
		String data = directory.resolve("data").toString();
		String log = directory.resolve("log").toString();
		String control = programs.resolve("pg_ctl").toString();
		int port = freePort();
		run(directory, programs.resolve("initdb").toString(), "-D", data, "-U", "orchestrator", "-E", "UTF8",
				"--no-locale", "-A", "trust", "--no-sync");
		run(directory, control, "-D", data, "-l", log, "-w", "-o",
				"-h 127.0.0.1 -p %d -F -c unix_socket_directories=''".formatted(port), "start");
		Thread stop = new Thread(() -> {
			try {
				run(directory, control, "-D", data, "-m", "immediate", "-w", "stop");
				FileSystemUtils.deleteRecursively(directory);
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		Runtime.getRuntime().addShutdownHook(stop);
		return new PostgresServer("jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), "orchestrator", "", () -> {
			Runtime.getRuntime().removeShutdownHook(stop);
			stop.run();
		});
	}

	private static void run(Path directory, String... command) throws IOException, InterruptedException {
		List<String> line = new ArrayList<>();
		if (isRoot()) {
			// PostgreSQL refuses to run as root.
			line.addAll(List.of("runuser", "-u", "nobody", "--"));
		}
		line.addAll(List.of(command));
		Path output = Files.createTempFile("postgres", ".log");
		try {
			Process process = new ProcessBuilder(line).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			if (!process.waitFor(60, TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new IllegalStateException("%s does not end".formatted(line));
			}
			if (process.exitValue() != 0) {
				throw new IllegalStateException("%s failed: %s".formatted(line, Files.readString(output)));
			}
		}
		finally {
			Files.delete(output);
		}
	}

	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
