package usecases.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link FaultApplication} in a process of its own, which dies with this one at the
 * latest.
 */
final class ApplicationProcess implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static final JsonMapper JSON = new JsonMapper();

	private static final Pattern ABOUT_TRACING = Pattern
		.compile("\\S+ (INFO|WARN|ERROR) +(io\\.kosmos\\.tracing|io\\.opentelemetry|okhttp3)\\b.*");

	private static final Pattern OF_A_STACK_TRACE = Pattern.compile("\\s+at .*|Caused by: .*");

	private final Process process;

	private final String url;

	private final Path log;

	private final Path lastWords;

	private int logRead;

	private ApplicationProcess(Process process, String url, Path log, Path lastWords) {
		this.process = process;
		this.url = url;
		this.log = log;
		this.lastWords = lastWords;
	}

	/**
	 * Start an application and wait until it serves.
	 * @param directory where its log goes
	 * @param life name of this run of it
	 * @param shell commands before its own, empty for none
	 * @param jvm options of the virtual machine
	 * @param properties its properties
	 * @return the application
	 */
	static ApplicationProcess start(Path directory, String life, String shell, List<String> jvm,
			List<String> properties) throws IOException {
		int port = Ports.free();
		Path log = directory.resolve(life + ".log");
		Path lastWords = directory.resolve(life + ".json");
		List<String> command = new ArrayList<>();
		if (!shell.isEmpty()) {
			command.addAll(List.of("unshare", "--mount", "sh", "-ec", shell + "; exec \"$@\"", "sh"));
		}
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(jvm);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), FaultApplication.class.getName(),
				"--server.port=" + port, "--faults.last-words=" + lastWords.toAbsolutePath(),
				"--spring.application.name=faults", "--spring.main.banner-mode=off",
				"--management.endpoints.web.exposure.include=*",
				"--logging.pattern.console=%d{HH:mm:ss.SSS} %-5level %logger : %m%n"));
		command.addAll(properties);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		ApplicationProcess application = new ApplicationProcess(process, "http://127.0.0.1:" + port, log, lastWords);
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(120))
				.pollInterval(Duration.ofMillis(100))
				.failFast(() -> !process.isAlive())
				.until(application::isReady);
		}
		catch (RuntimeException ex) {
			application.close();
			throw new IllegalStateException("The application did not start:\n" + Files.readString(log), ex);
		}
		application.newLines();
		return application;
	}

	private boolean isReady() throws InterruptedException {
		try {
			return get("/actuator/load").statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return HTTP.send(request(path), BodyHandlers.ofString());
	}

	CompletableFuture<HttpResponse<String>> begin(String path) {
		return HTTP.sendAsync(request(path), BodyHandlers.ofString());
	}

	private HttpRequest request(String path) {
		return HttpRequest.newBuilder(URI.create(this.url + path)).timeout(Duration.ofSeconds(20)).build();
	}

	/**
	 * End spans from now on.
	 * @param perSecond how many a second
	 */
	void load(int perSecond) throws IOException, InterruptedException {
		load("?perSecond=" + perSecond);
	}

	/**
	 * End so many spans and wait until it is done.
	 * @param perSecond how many a second
	 * @param count how many
	 * @param name name of each
	 * @param bytes size of an attribute of each
	 */
	void load(int perSecond, int count, String name, int bytes) throws IOException, InterruptedException {
		load("?perSecond=" + perSecond + "&count=" + count + "&name=" + name + "&bytes=" + bytes);
		Awaitility.await()
			.atMost(Duration.ofSeconds(120))
			.pollInterval(Duration.ofMillis(50))
			.until(() -> !load("").path("busy").asBoolean());
	}

	/** Return the number that the next span will have. */
	int next() throws IOException, InterruptedException {
		return load("").path("next").asInt();
	}

	private JsonNode load(String query) throws IOException, InterruptedException {
		HttpResponse<String> response = get("/actuator/load" + query);
		if (response.statusCode() != 200) {
			throw new IOException("The application answered " + response.statusCode() + ": " + response.body());
		}
		return JSON.readTree(response.body());
	}

	/**
	 * Ask for the ledger.
	 * @param destination name of the destination
	 * @return its ledger, {@code null} if the application has none
	 */
	@Nullable Ledger ledger(String destination) throws IOException, InterruptedException {
		HttpResponse<String> response = get("/actuator/kosmostracing/delivery");
		return (response.statusCode() == 200) ? Ledger.of(JSON.readTree(response.body()), destination) : null;
	}

	/**
	 * Ask for the ledger once nothing is pending, since an answer may be under way when
	 * the receiver has all spans.
	 * @param destination name of the destination
	 * @return its ledger, as it is after a while if something stays pending
	 */
	@Nullable Ledger settledLedger(String destination) throws IOException, InterruptedException {
		try {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
				Ledger ledger = ledger(destination);
				return ledger == null || ledger.pending() == 0;
			});
		}
		catch (ConditionTimeoutException ex) {
			// The row says what is pending.
		}
		return ledger(destination);
	}

	/**
	 * Return the ledger after a regular end.
	 * @param destination name of the destination
	 * @return its ledger, {@code null} if the application left none
	 */
	@Nullable Ledger lastLedger(String destination) throws IOException {
		return Files.exists(this.lastWords) ? Ledger.of(JSON.readTree(Files.readAllBytes(this.lastWords)), destination)
				: null;
	}

	/**
	 * Return what was logged since this was last called.
	 * @return the lines
	 */
	LogLines newLines() throws IOException {
		List<String> lines;
		try (Stream<String> all = Files.lines(this.log)) {
			lines = all.skip(this.logRead).toList();
		}
		this.logRead += lines.size();
		return new LogLines(lines.stream().filter((line) -> ABOUT_TRACING.matcher(line).matches()).toList(),
				lines.stream().anyMatch((line) -> OF_A_STACK_TRACE.matcher(line).matches()),
				lines.stream().anyMatch((line) -> line.contains("OutOfMemoryError")));
	}

	/**
	 * Ask the application to end and wait until it did.
	 * @return how long it took
	 */
	Duration terminate() throws InterruptedException {
		long begin = System.nanoTime();
		this.process.destroy();
		if (!this.process.waitFor(40, TimeUnit.SECONDS)) {
			kill();
		}
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	/**
	 * Kill the application.
	 * @return when it was still alive, in milliseconds since 1970
	 */
	long kill() throws InterruptedException {
		long alive = System.currentTimeMillis();
		this.process.destroyForcibly();
		this.process.waitFor(10, TimeUnit.SECONDS);
		return alive;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	/**
	 * Lines of a log.
	 *
	 * @param aboutTracing those of tracing and of the libraries below it
	 * @param stackTrace whether there is a stack trace
	 * @param outOfMemory whether the application ran out of memory
	 */
	record LogLines(List<String> aboutTracing, boolean stackTrace, boolean outOfMemory) {

	}

}
