package io.kosmos.tracing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A real PostgreSQL with an empty database: a container where there is a Docker engine,
 * else the server that Debian and Ubuntu install.
 */
public final class PostgresServer implements AutoCloseable {

	public static final String USER = "orchestrator";

	private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

	private final AutoCloseable server;

	private final String jdbcUrl;

	private PostgresServer(AutoCloseable server, String jdbcUrl) {
		this.server = server;
		this.jdbcUrl = jdbcUrl;
	}

	/**
	 * Starts a PostgreSQL.
	 * @param directory where its files go
	 * @return the server, ready
	 * @throws Exception if it did not start
	 */
	public static PostgresServer start(Path directory) throws Exception {
		if (DockerClientFactory.instance().isDockerAvailable()) {
			return startContainer();
		}
		return startBinary(
				binaries().orElseThrow(() -> Prerequisite
					.missing("Needs a Docker engine, or the PostgreSQL server binaries below " + INSTALLED)),
				directory);
	}

	@SuppressWarnings("resource")
	private static PostgresServer startContainer() {
		GenericContainer<?> container = new GenericContainer<>("postgres:17").withExposedPorts(5432)
			.withEnv(Map.of("POSTGRES_DB", USER, "POSTGRES_USER", USER, "POSTGRES_PASSWORD", USER))
			// The image starts the server twice: first to set it up, then for good.
			.waitingFor(Wait.forLogMessage(".*ready to accept connections.*", 2));
		container.start();
		return new PostgresServer(container,
				"jdbc:postgresql://%s:%d/%s".formatted(container.getHost(), container.getMappedPort(5432), USER));
	}

	private static PostgresServer startBinary(Path binaries, Path directory) throws Exception {
		Path data = Files.createDirectory(directory.resolve("postgres"));
		List<String> user = List.of();
		if (System.getProperty("user.name").equals("root")) {
			// PostgreSQL refuses to run as root; its package brings this user.
			user = List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups");
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
			Files.setOwner(data,
					data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
		}
		run(command(user, binaries, "initdb", "--pgdata=" + data, "--username=" + USER, "--auth=trust",
				"--encoding=UTF8", "--no-sync"));
		String port = ServerProcess.freePorts(1).get(0);
		String[] address = { "--host=127.0.0.1", "--port=" + port, "--username=" + USER };
		ServerProcess process = ServerProcess.start(
				command(user, binaries, "postgres", "-D", data.toString(), "-p", port, "-h", "127.0.0.1", "-k", "",
						"-F"),
				Map.of(), directory.resolve("postgres.log"),
				() -> succeeds(command(List.of(), binaries, "pg_isready", address)));
		run(Stream.concat(command(List.of(), binaries, "createdb", address).stream(), Stream.of(USER)).toList());
		return new PostgresServer(process, "jdbc:postgresql://127.0.0.1:%s/%s".formatted(port, USER));
	}

	private static Optional<Path> binaries() throws IOException {
		if (!Files.isDirectory(INSTALLED)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(INSTALLED)) {
			return versions.filter((version) -> Files.isExecutable(version.resolve("bin/postgres")))
				.max(Comparator.comparing((version) -> Integer.valueOf(version.getFileName().toString())))
				.map((version) -> version.resolve("bin"));
		}
	}

	private static List<String> command(List<String> prefix, Path binaries, String name, String... arguments) {
		List<String> command = new ArrayList<>(prefix);
		command.add(binaries.resolve(name).toString());
		command.addAll(List.of(arguments));
		return command;
	}

	private static void run(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		if (process.waitFor() != 0) {
			throw new IllegalStateException(command + " failed: " + output);
		}
	}

	private static boolean succeeds(List<String> command) {
		try {
			run(command);
			return true;
		}
		catch (Exception ex) {
			return false;
		}
	}

	public String jdbcUrl() {
		return this.jdbcUrl;
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
