package usecases.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import usecases.faults.FaultyReceiver.Protocol;

/**
 * An application, started once or several times, and its receiver.
 */
final class Trial implements AutoCloseable {

	/** Numbers of one life of the application. */
	static final int NUMBERS = Journal.CAPACITY / 2;

	private static final Path LOGS = Path.of("target", "faults");

	private final Protocol protocol;

	private final Storage storage;

	private final Path directory;

	private final FaultyReceiver receiver;

	private final Journal journal;

	private final List<ApplicationProcess> lives = new ArrayList<>();

	private Trial(Protocol protocol, Storage storage, Path directory) throws IOException {
		this.protocol = protocol;
		this.storage = storage;
		this.directory = directory;
		this.receiver = new FaultyReceiver(protocol);
		this.journal = Journal.open(directory.resolve("journal"));
	}

	static Trial open(String name, Protocol protocol, Storage storage) throws IOException {
		Path directory = LOGS.resolve((name + " " + protocol + " " + storage).replaceAll("[^a-zA-Z0-9]+", "-"))
			.toAbsolutePath();
		if (Files.exists(directory)) {
			delete(directory);
		}
		Files.createDirectories(directory);
		return new Trial(protocol, storage, directory);
	}

	/**
	 * Start the application, or start it again with what it left behind.
	 * @param more properties
	 * @return the application
	 */
	ApplicationProcess start(String... more) throws IOException {
		return start("", List.of("-Xmx256m"), more);
	}

	/**
	 * Start the application, or start it again with what it left behind.
	 * @param shell commands before its own, empty for none
	 * @param jvm options of the virtual machine
	 * @param more properties
	 * @return the application
	 */
	ApplicationProcess start(String shell, List<String> jvm, String... more) throws IOException {
		List<String> properties = new ArrayList<>(List.of("--faults.journal=" + this.directory.resolve("journal"),
				"--faults.first-number=" + (1 + this.lives.size() * NUMBERS),
				"--kosmos.tracing.exporter.endpoint=" + this.receiver.endpoint(),
				"--kosmos.tracing.exporter.protocol=" + this.protocol.name().toLowerCase(Locale.ROOT),
				"--kosmos.tracing.exporter.timeout=" + Scale.timeout().toMillis() + "ms"));
		if (this.storage == Storage.SPOOL) {
			properties.add("--kosmos.tracing.exporter.spool.directory=" + spool());
		}
		properties.addAll(Arrays.asList(more));
		ApplicationProcess life = ApplicationProcess.start(this.directory, "life-" + (this.lives.size() + 1), shell,
				jvm, properties);
		this.lives.add(life);
		return life;
	}

	Protocol protocol() {
		return this.protocol;
	}

	Storage storage() {
		return this.storage;
	}

	Path directory() {
		return this.directory;
	}

	Path spool() {
		return this.directory.resolve("spool");
	}

	FaultyReceiver receiver() {
		return this.receiver;
	}

	Journal journal() {
		return this.journal;
	}

	@Override
	public void close() throws Exception {
		this.lives.forEach(ApplicationProcess::close);
		this.receiver.close();
		Files.deleteIfExists(this.directory.resolve("journal"));
		if (Files.exists(spool())) {
			delete(spool());
		}
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(file);
			}
		}
	}

	/**
	 * Where spans wait.
	 */
	enum Storage {

		MEMORY, SPOOL;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
