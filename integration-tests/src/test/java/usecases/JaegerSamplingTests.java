package usecases;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.ServerProcess;
import io.opentelemetry.api.trace.Span;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * A service that samples as a real Jaeger says.
 */
class JaegerSamplingTests {

	private static final List<String> AUTO_CONFIGURATIONS = Stream
		.of("autoconfigure", "micrometer", "opentelemetry", "webmvc", "servlet", "tomcat", "http", "jackson")
		.map((name) -> "org.springframework.boot." + name + ".")
		.toList();

	private static final String OPERATION = "http get /orders/{id}";

	private static final String JAEGER = """
			service:
			  extensions: [jaeger_storage, jaeger_query, remote_sampling, healthcheckv2]
			  pipelines:
			    traces:
			      receivers: [otlp]
			      processors: %s
			      exporters: [jaeger_storage_exporter]
			  telemetry:
			    metrics:
			      level: none
			extensions:
			  jaeger_storage:
			    backends:
			      traces:
			        memory:
			          max_traces: 10000
			      probabilities:
			        badger:
			          ephemeral: false
			          directories:
			            keys: "${env:STORAGE}/keys"
			            values: "${env:STORAGE}/values"
			  jaeger_query:
			    enable_tracing: false
			    storage:
			      traces: traces
			    http:
			      endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_QUERY_HTTP_PORT}"
			    grpc:
			      endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_QUERY_GRPC_PORT}"
			  remote_sampling:
			%s
			    grpc:
			      endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_SAMPLING_GRPC_PORT}"
			    http:
			      endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_SAMPLING_HTTP_PORT}"
			  healthcheckv2:
			    use_v2: true
			    http:
			      endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_HEALTH_PORT}"
			receivers:
			  otlp:
			    protocols:
			      grpc:
			        endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_OTLP_GRPC_PORT}"
			      http:
			        endpoint: "${env:JAEGER_LISTEN_HOST}:${env:JAEGER_OTLP_HTTP_PORT}"
			processors:
			  adaptive_sampling:
			exporters:
			  jaeger_storage_exporter:
			    trace_storage: traces
			""";

	private static final String BY_FILE = """
			    file:
			      path: "${env:STRATEGIES}"
			      reload_interval: 100ms
			""";

	private static final String ADAPTIVE = """
			    adaptive:
			      sampling_store: probabilities
			      initial_sampling_probability: 0.5
			      target_samples_per_second: 1
			      calculation_interval: 1s
			      calculation_delay: 1s
			      aggregation_buckets: 10
			      calculation_buckets: 1
			""";

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "grpc", "http" })
	void followsTheFileOfJaegerAsItChanges(String protocol) throws Exception {
		Path file = this.directory.resolve("strategies.json");
		replace(file,
				"""
						{"service_strategies": [{"service": "orders", "type": "probabilistic", "param": 0,
						  "operation_strategies": [{"operation": "http get /orders/{id}", "type": "probabilistic", "param": 1}]}]}
						""");
		try (JaegerServer jaeger = jaeger("[]", BY_FILE, Map.of("STRATEGIES", file.toString()));
				ConfigurableApplicationContext service = service(jaeger, protocol)) {
			awaitSampled(service, "/orders/1", true);
			awaitSampled(service, "/items/1", false);
			replace(file,
					"""
							{"service_strategies": [{"service": "orders", "type": "ratelimiting", "param": 5,
							  "operation_strategies": [{"operation": "http get /orders/{id}", "type": "probabilistic", "param": 0}]}]}
							""");
			awaitSampled(service, "/orders/1", false);
			long start = System.nanoTime();
			int sampled = sampled(service, "/items/1", 200);
			double seconds = (System.nanoTime() - start) / 1e9;
			assertThat(sampled).isBetween(5, (int) (5 + 5 * seconds + 1));
			jaeger.close();
			assertThat(sampled(service, "/orders/1", 20)).isZero();
			Awaitility.await().until(() -> isSampled(service, "/items/1"));
		}
	}

	/**
	 * This Jaeger calculates as long as it runs, and serves what it has calculated from
	 * its next start on: alone, it never reads from its store what it wrote there.
	 */
	@Test
	void movesTheProbabilityOfAdaptiveSampling() throws Exception {
		List<String> ports = ServerProcess.freePorts(2);
		Map<String, String> environment = Map.of("JAEGER_SAMPLING_GRPC_PORT", ports.get(0), "JAEGER_SAMPLING_HTTP_PORT",
				ports.get(1));
		try (JaegerServer first = jaeger("[adaptive_sampling]", ADAPTIVE, environment);
				ConfigurableApplicationContext service = service(first, "grpc")) {
			assertThat(strategies(first).path("perOperationStrategies").size()).isZero();
			Instant begin = Instant.now();
			long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
			while (System.nanoTime() < end) {
				sampled(service, "/orders/1", 10);
				Thread.sleep(100);
			}
			assertThat(first.traces("orders", begin)).isNotEmpty()
				.allSatisfy((trace) -> assertThat(trace.span("orders", OPERATION).attributes())
					.containsEntry("sampler.param", 0.5)
					.hasEntrySatisfying("sampler.type",
							(type) -> assertThat(type).isIn("probabilistic", "lowerbound")));
			first.close();
			try (JaegerServer second = jaeger("[adaptive_sampling]", ADAPTIVE, environment)) {
				JsonNode strategies = strategies(second);
				assertThat(strategies.path("defaultSamplingProbability").asDouble()).isEqualTo(0.5);
				JsonNode operation = strategies.path("perOperationStrategies").path(0);
				assertThat(operation.path("operation").asString()).isEqualTo(OPERATION);
				double probability = operation.path("probabilisticSampling").path("samplingRate").asDouble();
				assertThat(probability).isBetween(1e-5, 0.3);
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(sampled(service, "/orders/1", 400) / 400.0).isEqualTo(probability,
							within(4 * Math.sqrt(probability / 400) + 0.005)));
			}
		}
	}

	private JaegerServer jaeger(String processors, String sampling, Map<String, String> environment)
			throws IOException {
		Path config = this.directory.resolve("jaeger.yaml");
		Files.writeString(config, JAEGER.formatted(processors, sampling.stripTrailing()));
		Map<String, String> all = new HashMap<>(environment);
		all.put("STORAGE", Files.createDirectories(this.directory.resolve("badger")).toString());
		return JaegerServer.startBinary(config, this.directory, all);
	}

	private static JsonNode strategies(JaegerServer jaeger) throws Exception {
		URI uri = jaeger.sampling("http").resolve("/api/sampling?service=orders");
		return JsonMapper.shared()
			.readTree(HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
				.body())
			.path("operationSampling");
	}

	private static void replace(Path file, String content) throws IOException {
		Path next = Files.writeString(file.resolveSibling("next.json"), content);
		Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	private static ConfigurableApplicationContext service(JaegerServer jaeger, String protocol) {
		List<String> unused = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> !name.startsWith("io.kosmos.")
					&& AUTO_CONFIGURATIONS.stream().noneMatch(name::startsWith))
			.toList();
		List<String> properties = new ArrayList<>(
				List.of("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
						"spring.application.name=orders", "spring.autoconfigure.exclude=" + String.join(",", unused),
						"kosmos.tracing.exporter.endpoint=" + jaeger.otlp("http"), "kosmos.tracing.batch.delay=50ms",
						"kosmos.tracing.sampling.sampler=remote", "kosmos.tracing.sampling.remote.protocol=" + protocol,
						"kosmos.tracing.sampling.remote.endpoint=" + jaeger.sampling(protocol),
						"kosmos.tracing.sampling.remote.interval=100ms"));
		return new SpringApplicationBuilder(Orders.class).web(WebApplicationType.SERVLET)
			.run(properties.stream().map((property) -> "--" + property).toArray(String[]::new));
	}

	private static void awaitSampled(ConfigurableApplicationContext service, String path, boolean sampled) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> sampled(service, path, 10) == (sampled ? 10 : 0));
	}

	private static int sampled(ConfigurableApplicationContext service, String path, int requests) throws IOException {
		int sampled = 0;
		for (int i = 0; i < requests; i++) {
			sampled += isSampled(service, path) ? 1 : 0;
		}
		return sampled;
	}

	private static boolean isSampled(ConfigurableApplicationContext service, String path) throws IOException {
		int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		try (Socket socket = new Socket("127.0.0.1", port)) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			assertThat(response).containsPattern("sampled=(true|false)");
			return response.contains("sampled=true");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Orders {

		@GetMapping("/orders/{id}")
		String order(@PathVariable String id) {
			return "sampled=" + Span.current().getSpanContext().isSampled();
		}

		@GetMapping("/items/{id}")
		String item(@PathVariable String id) {
			return "sampled=" + Span.current().getSpanContext().isSampled();
		}

	}

}
