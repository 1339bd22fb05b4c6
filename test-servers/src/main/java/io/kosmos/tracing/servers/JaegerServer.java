package io.kosmos.tracing.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Jaeger: the binary that {@code JAEGER_BINARY} names, else a container where
 * there is a Docker engine, else {@code jaeger} on the {@code PATH}.
 */
public final class JaegerServer implements AutoCloseable {

	private static final DockerImageName IMAGE = DockerImageName.parse("jaegertracing/jaeger:2.20.0");

	private static final JsonMapper json = JsonMapper.shared();

	private final HttpClient http = HttpClient.newHttpClient();

	private final AutoCloseable server;

	private final URI query;

	private final URI otlpGrpc;

	private final URI otlpHttp;

	private final Map<String, URI> sampling;

	private JaegerServer(AutoCloseable server, URI query, URI otlpGrpc, URI otlpHttp, Map<String, URI> sampling) {
		this.server = server;
		this.query = query;
		this.otlpGrpc = otlpGrpc;
		this.otlpHttp = otlpHttp;
		this.sampling = sampling;
	}

	/**
	 * Starts a Jaeger that keeps its traces in memory.
	 * @param directory where its files go
	 * @return the server, ready
	 * @throws Exception if it did not start
	 */
	public static JaegerServer start(Path directory) throws Exception {
		if (System.getenv("JAEGER_BINARY") == null && DockerClientFactory.instance().isDockerAvailable()) {
			return startContainer();
		}
		Path config = directory.resolve("jaeger.yaml");
		try (InputStream bundled = JaegerServer.class.getResourceAsStream("/jaeger-memory.yaml")) {
			Files.copy(bundled, config, StandardCopyOption.REPLACE_EXISTING);
		}
		return startBinary(config, directory, Map.of());
	}

	/**
	 * Starts the binary, never a container.
	 * @param config its configuration, which takes its ports from the environment
	 * @param directory where its files go
	 * @param environment more for its environment, of which JAEGER_SAMPLING_GRPC_PORT and
	 * JAEGER_SAMPLING_HTTP_PORT are any free ones unless they are given
	 * @return the server, ready
	 */
	public static JaegerServer startBinary(Path config, Path directory, Map<String, String> environment) {
		String binary = binary().orElseThrow(() -> Prerequisite.missing(
				"Needs a Jaeger binary, on the PATH or named by JAEGER_BINARY; a Docker engine does for most tests"))
			.toString();
		List<String> ports = ServerProcess.freePorts(8);
		Map<String, String> all = new LinkedHashMap<>(environment);
		all.put("JAEGER_LISTEN_HOST", "127.0.0.1");
		all.put("JAEGER_QUERY_HTTP_PORT", ports.get(0));
		all.put("JAEGER_OTLP_GRPC_PORT", ports.get(1));
		all.put("JAEGER_OTLP_HTTP_PORT", ports.get(2));
		all.put("JAEGER_HEALTH_PORT", ports.get(3));
		all.put("JAEGER_QUERY_GRPC_PORT", ports.get(4));
		all.put("JAEGER_METRICS_PORT", ports.get(5));
		all.putIfAbsent("JAEGER_SAMPLING_GRPC_PORT", ports.get(6));
		all.putIfAbsent("JAEGER_SAMPLING_HTTP_PORT", ports.get(7));
		URI health = loopback(ports.get(3)).resolve("/status");
		HttpClient http = HttpClient.newHttpClient();
		ServerProcess process = ServerProcess.start(List.of(binary, "--config", config.toString()), all,
				directory.resolve("jaeger.log"), () -> isHealthy(http, health));
		return new JaegerServer(process, loopback(ports.get(0)), loopback(ports.get(1)), loopback(ports.get(2)),
				Map.of("grpc", loopback(all.get("JAEGER_SAMPLING_GRPC_PORT")), "http",
						loopback(all.get("JAEGER_SAMPLING_HTTP_PORT"))));
	}

	/**
	 * Returns a Jaeger that somebody else starts and stops.
	 * @param query where it is asked
	 * @param otlpGrpc where it takes OTLP over gRPC
	 * @param otlpHttp where it takes OTLP over HTTP
	 * @return the server
	 */
	public static JaegerServer at(URI query, URI otlpGrpc, URI otlpHttp) {
		return new JaegerServer(() -> {
		}, query, otlpGrpc, otlpHttp, Map.of());
	}

	@SuppressWarnings("resource")
	private static JaegerServer startContainer() {
		GenericContainer<?> container = new GenericContainer<>(IMAGE).withExposedPorts(16686, 4317, 4318)
			.waitingFor(Wait.forHttp("/api/v3/services").forPort(16686));
		container.start();
		String host = "http://" + container.getHost() + ":";
		return new JaegerServer(container, URI.create(host + container.getMappedPort(16686)),
				URI.create(host + container.getMappedPort(4317)), URI.create(host + container.getMappedPort(4318)),
				Map.of());
	}

	private static Optional<Path> binary() {
		String named = System.getenv("JAEGER_BINARY");
		if (named != null) {
			return Optional.of(Path.of(named));
		}
		return ServerProcess.onPath("jaeger");
	}

	private static URI loopback(String port) {
		return URI.create("http://127.0.0.1:" + port);
	}

	private static boolean isHealthy(HttpClient http, URI health) {
		try {
			return http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Returns where services send their traces.
	 * @param protocol {@code grpc} or {@code http}
	 * @return the OTLP endpoint, without a path
	 */
	public URI otlp(String protocol) {
		return switch (protocol) {
			case "grpc" -> this.otlpGrpc;
			case "http" -> this.otlpHttp;
			default -> throw new IllegalArgumentException(protocol);
		};
	}

	/**
	 * Returns where services ask for their strategies, of a server that was started from
	 * the binary.
	 * @param protocol {@code grpc} or {@code http}
	 * @return the endpoint, without a path
	 */
	public URI sampling(String protocol) {
		URI endpoint = this.sampling.get(protocol);
		if (endpoint == null) {
			throw new IllegalArgumentException(protocol);
		}
		return endpoint;
	}

	public URI query() {
		return this.query;
	}

	/**
	 * Waits for a trace.
	 * @param id the id of the trace, 32 hex digits
	 * @param complete when all of it is there
	 * @return the trace
	 */
	public Trace awaitTrace(String id, Predicate<Trace> complete) {
		List<Trace> traces = awaitTraces("trace " + id, () -> get("/api/v3/traces/" + id),
				(found) -> found.size() == 1 && complete.test(found.get(0)));
		return traces.get(0);
	}

	/**
	 * Waits for the one trace of a service.
	 * @param service the service it must pass through
	 * @param since when it began at the earliest
	 * @param complete when all of it is there
	 * @return the trace, which is the only one of the service since then
	 */
	public Trace awaitOnlyTrace(String service, Instant since, Predicate<Trace> complete) {
		List<Trace> traces = awaitTraces("trace of " + service, () -> search(service, since),
				(found) -> found.stream().anyMatch(complete));
		if (traces.size() != 1) {
			throw new AssertionError("More than one trace:\n" + traces);
		}
		return traces.get(0);
	}

	/**
	 * Searches the traces of a service.
	 * @param service the service they must pass through
	 * @param since when they began at the earliest
	 * @return all of them
	 */
	public List<Trace> traces(String service, Instant since) {
		return parse(search(service, since));
	}

	private String search(String service, Instant since) {
		return get("/api/v3/traces?query.service_name=" + encode(service) + "&query.start_time_min="
				+ encode(since.toString()) + "&query.start_time_max="
				+ encode(Instant.now().plus(Duration.ofHours(1)).toString()) + "&query.num_traces=100");
	}

	private static List<Trace> awaitTraces(String alias, Supplier<String> reply, Predicate<List<Trace>> complete) {
		List<Trace> last = new ArrayList<>();
		try {
			Awaitility.await(alias).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100)).until(() -> {
				last.clear();
				last.addAll(parse(reply.get()));
				return complete.test(last);
			});
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError("No complete " + alias + ", only: " + last, ex);
		}
		return last;
	}

	private String get(String path) {
		try {
			HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(this.query.resolve(path)).build(),
					BodyHandlers.ofString());
			if (response.statusCode() == 404) {
				return "";
			}
			if (response.statusCode() != 200) {
				throw new AssertionError(path + " answered " + response.statusCode() + " " + response.body());
			}
			return response.body();
		}
		catch (IOException ex) {
			throw new AssertionError(path, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(path, ex);
		}
	}

	/**
	 * Reads a reply, which is one JSON document or several in a row.
	 * @param reply the body
	 * @return the traces in it
	 */
	private static List<Trace> parse(String reply) {
		Map<String, List<RecordedSpan>> traces = new LinkedHashMap<>();
		try (MappingIterator<JsonNode> documents = json.readerFor(JsonNode.class).readValues(reply)) {
			while (documents.hasNext()) {
				for (JsonNode resourceSpans : documents.next().path("result").path("resourceSpans")) {
					Map<String, Object> resource = attributes(resourceSpans.path("resource"));
					for (JsonNode scopeSpans : resourceSpans.path("scopeSpans")) {
						for (JsonNode span : scopeSpans.path("spans")) {
							RecordedSpan recorded = span(span, resource);
							traces.computeIfAbsent(recorded.traceId(), (id) -> new ArrayList<>()).add(recorded);
						}
					}
				}
			}
		}
		catch (JacksonException ex) {
			throw new AssertionError(reply, ex);
		}
		return traces.entrySet().stream().map((entry) -> new Trace(entry.getKey(), entry.getValue())).toList();
	}

	private static RecordedSpan span(JsonNode span, Map<String, Object> resource) {
		List<RecordedSpan.Event> events = new ArrayList<>();
		for (JsonNode event : span.path("events")) {
			events.add(new RecordedSpan.Event(event.path("name").asString(), attributes(event)));
		}
		return new RecordedSpan(span.path("traceId").asString(), span.path("spanId").asString(),
				span.path("parentSpanId").asString(""), String.valueOf(resource.get("service.name")),
				span.path("name").asString(), RecordedSpan.Kind.values()[span.path("kind").asInt(0)],
				RecordedSpan.Status.values()[span.path("status").path("code").asInt(0)],
				span.path("status").path("message").asString(""), attributes(span), resource, events);
	}

	private static Map<String, Object> attributes(JsonNode owner) {
		Map<String, Object> attributes = new LinkedHashMap<>();
		for (JsonNode attribute : owner.path("attributes")) {
			attributes.put(attribute.path("key").asString(), value(attribute.path("value")));
		}
		return attributes;
	}

	private static Object value(JsonNode value) {
		Map.Entry<String, JsonNode> typed = value.properties().iterator().next();
		return switch (typed.getKey()) {
			case "stringValue" -> typed.getValue().asString();
			case "boolValue" -> typed.getValue().asBoolean();
			// JSON has no 64 bits, so OTLP writes them as a string.
			case "intValue" -> Long.valueOf(typed.getValue().asString());
			case "doubleValue" -> typed.getValue().asDouble();
			case "arrayValue" -> typed.getValue().path("values").valueStream().map(JaegerServer::value).toList();
			default -> throw new AssertionError("Unexpected value " + value);
		};
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws Exception {
		this.server.close();
	}

}
