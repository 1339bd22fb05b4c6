package io.kosmos.samples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sample that runs from its jar in a process of its own, on the JDK that runs this one.
 * It is stopped with this JVM at the latest, unless this JVM is killed.
 */
public final class SampleProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern GRPC_PORT = Pattern.compile("gRPC Server started, listening on .*port: (\\d+)");

	private static final Duration START_LIMIT = Duration.ofSeconds(120);

	private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

	private final String name;

	private final Path log;

	private final Process process;

	private final Thread shutdownHook;

	private SampleProcess(String name, Path log, Process process) {
		this.name = name;
		this.log = log;
		this.process = process;
		this.shutdownHook = new Thread(this::stop, "stop-" + name);
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
	}

	/**
	 * Starts a sample without waiting until it is ready.
	 * @param name what the sample is called in messages
	 * @param jar the executable jar
	 * @param log file that takes everything the sample prints; overwritten
	 * @param arguments its arguments, such as {@code --server.port=0}
	 * @return the started process
	 */
	public static SampleProcess start(String name, Path jar, Path log, List<String> arguments) {
		return start(name, jar, log, List.of(), arguments);
	}

	/**
	 * Starts a sample without waiting until it is ready.
	 * @param name what the sample is called in messages
	 * @param jar the executable jar
	 * @param log file that takes everything the sample prints; overwritten
	 * @param jvmArguments arguments of its JVM, such as system properties
	 * @param arguments its arguments, such as {@code --server.port=0}
	 * @return the started process
	 */
	public static SampleProcess start(String name, Path jar, Path log, List<String> jvmArguments,
			List<String> arguments) {
		if (!Files.isRegularFile(jar)) {
			throw new IllegalStateException(
					jar.normalize() + " does not exist; build it first: mvn -DskipTests package");
		}
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		// Ready sooner, which counts more here than how fast it is later.
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
		command.addAll(jvmArguments);
		command.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
		command.addAll(arguments);
		try {
			Files.createDirectories(log.toAbsolutePath().getParent());
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
			// What configures the traces of the caller is not meant for the samples.
			builder.environment()
				.keySet()
				.removeIf((variable) -> variable.startsWith("OTEL_") || variable.startsWith("KOSMOS_")
						|| variable.startsWith("MANAGEMENT_") || variable.startsWith("SPRING_"));
			return new SampleProcess(name, log, builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not start " + name, ex);
		}
	}

	/**
	 * Waits until the sample serves requests.
	 * @return this
	 * @throws IllegalStateException if the sample ended, or is not ready after two
	 * minutes; the message holds its log
	 * @throws InterruptedException if this thread is interrupted
	 */
	public SampleProcess awaitReady() throws InterruptedException {
		long deadline = System.nanoTime() + START_LIMIT.toNanos();
		HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
		while (!isReady(http)) {
			if (!this.process.isAlive()) {
				throw new IllegalStateException(
						this.name + " ended with code " + this.process.exitValue() + ":\n" + log());
			}
			if (System.nanoTime() > deadline) {
				stop();
				throw new IllegalStateException(this.name + " was not ready after " + START_LIMIT + ":\n" + log());
			}
			Thread.sleep(100);
		}
		return this;
	}

	private boolean isReady(HttpClient http) throws InterruptedException {
		if (!PORT.matcher(log()).find()) {
			return false;
		}
		HttpRequest health = HttpRequest.newBuilder(uri("/actuator/health")).timeout(Duration.ofSeconds(5)).build();
		try {
			return http.send(health, BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Returns the address of a path of this sample.
	 * @param path the path with its leading slash
	 * @return the absolute URI
	 * @throws IllegalStateException if the sample has not opened its port yet
	 */
	public URI uri(String path) {
		Matcher matcher = PORT.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException(this.name + " has not opened its port yet");
		}
		return URI.create("http://127.0.0.1:" + matcher.group(1) + path);
	}

	/**
	 * Returns the port of the gRPC server of this sample.
	 * @return the port
	 * @throws IllegalStateException if the sample has not opened one
	 */
	public int grpcPort() {
		Matcher matcher = GRPC_PORT.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException(this.name + " has opened no port for gRPC");
		}
		return Integer.parseInt(matcher.group(1));
	}

	/**
	 * Returns everything the sample has printed so far.
	 * @return the log
	 */
	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Asks the sample to end, as Ctrl-C does, and kills it when it has not ended after 15
	 * seconds.
	 */
	@Override
	public void close() {
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// This JVM is going down and runs the hook itself.
		}
		stop();
	}

	private void stop() {
		this.process.destroy();
		try {
			if (this.process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process.destroyForcibly();
	}

}
