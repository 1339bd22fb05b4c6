package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.Trace;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both samples with the strategies file that docker-compose.yml gives to Jaeger, read by
 * themselves, and asked of a Jaeger with the configuration of docker-compose.yml.
 */
class SamplingTests {

	private static final Path CONFIG = Path.of(System.getProperty("repository.root"), "deploy/jaeger/config.yaml");

	private static final Path STRATEGIES = CONFIG.resolveSibling("sampling.json");

	@ParameterizedTest
	@ValueSource(strings = { "file", "grpc", "http" })
	void shouldSampleAsTheStrategiesFileSays(String source, @TempDir Path directory) throws Exception {
		Map<String, String> environment = Map.of("JAEGER_STORAGE_DIRECTORY", directory.resolve("badger").toString(),
				"JAEGER_SAMPLING_FILE", STRATEGIES.toString());
		try (JaegerServer jaeger = JaegerServer.startBinary(CONFIG, directory, environment)) {
			String[] arguments = arguments(source, jaeger);
			Samples samples = Samples.exportingTo(jaeger, "grpc", directory);
			try (SampleProcess gateway = samples.gateway(arguments);
					SampleProcess orchestrator = samples.orchestrator(gateway.uri(""), arguments)) {
				awaitSampledBy("ratelimiting", 100.0, jaeger, Samples.ORCHESTRATOR,
						() -> Samples.post(orchestrator, "/api/v1/approvals/none", "{}", Map.of()));
				awaitSampledBy("probabilistic", 1.0, jaeger, Samples.GATEWAY, () -> Samples.get(gateway, "/v1/models"));
				Instant start = Instant.now();
				for (int i = 0; i < 5; i++) {
					Samples.get(orchestrator, "/api/v1/workflows/" + i);
					Samples.post(gateway, "/v1/embeddings", "{}", Map.of());
				}
				Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
				Trace trace = Samples.awaitTrace(jaeger, answer, Samples.ANSWERED);
				assertThat(trace.roots()).singleElement()
					.satisfies((root) -> assertThat(root.attributes()).containsEntry("sampler.type", "probabilistic")
						.containsEntry("sampler.param", 1.0));
				assertThat(trace.spans().stream().filter((span) -> span.attributes().containsKey("sampler.type")))
					.hasSize(1);
				assertThat(jaeger.traces(Samples.ORCHESTRATOR, start)).extracting(Trace::id)
					.containsExactly(trace.id());
				assertThat(jaeger.traces(Samples.GATEWAY, start)).extracting(Trace::id).containsExactly(trace.id());
			}
		}
	}

	private static void awaitSampledBy(String type, double param, JaegerServer jaeger, String service,
			Callable<?> request) {
		Instant start = Instant.now();
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(500)).until(() -> {
			request.call();
			return jaeger.traces(service, start)
				.stream()
				.flatMap((trace) -> trace.spans().stream())
				.anyMatch((span) -> type.equals(span.attributes().get("sampler.type"))
						&& Double.valueOf(param).equals(span.attributes().get("sampler.param")));
		});
	}

	private static String[] arguments(String source, JaegerServer jaeger) {
		List<String> arguments = new ArrayList<>();
		if (source.equals("file")) {
			// The samples have a probability of their own.
			arguments.addAll(List.of("--kosmos.tracing.sampling.sampler=strategies",
					"--kosmos.tracing.sampling.strategies.file=" + STRATEGIES.toUri()));
		}
		else {
			arguments.addAll(List.of("--kosmos.tracing.sampling.sampler=remote",
					"--kosmos.tracing.sampling.remote.protocol=" + source,
					"--kosmos.tracing.sampling.remote.endpoint=" + jaeger.sampling(source)));
		}
		return arguments.toArray(String[]::new);
	}

}
