package usecases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.grpc.ClientInterceptor;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.ServerProcess;
import io.kosmos.tracing.servers.Trace;
import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with the starter that the real OpenTelemetry Java agent is attached to.
 */
class JavaAgentTests {

	private static final String STEPS_BACK = "The OpenTelemetry Java agent is attached";

	@Test
	void shouldMakeNoSpanTwice(@TempDir Path directory) throws Exception {
		try (JaegerServer jaeger = JaegerServer.start(directory)) {
			String port = ServerProcess.freePorts(1).get(0);
			Path log = directory.resolve("application.log");
			List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-XX:TieredStopAtLevel=1", "-javaagent:" + System.getProperty("opentelemetry.javaagent"), "-cp",
					System.getProperty("java.class.path"), Application.class.getName(), "--server.port=" + port,
					"--server.address=127.0.0.1", "--spring.grpc.server.port=0",
					"--spring.datasource.url=jdbc:h2:mem:questions",
					"--spring.autoconfigure.exclude=org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration");
			Map<String, String> environment = Map.of("OTEL_SERVICE_NAME", "attached", "OTEL_EXPORTER_OTLP_ENDPOINT",
					jaeger.otlp("http").toString(), "OTEL_METRICS_EXPORTER", "none", "OTEL_LOGS_EXPORTER", "none",
					"OTEL_BSP_SCHEDULE_DELAY", "200");
			try (ServerProcess application = ServerProcess.start(command, environment, log,
					() -> read(log).contains("Started JavaAgentTests"))) {
				assertThat(application).isNotNull();
				String traceId = get(URI.create("http://127.0.0.1:" + port + "/question"));
				Trace trace = jaeger.awaitTrace(traceId, (found) -> found.spans().size() >= 5);
				assertThat(trace.outline()).isEqualTo("""
						attached SERVER GET /question
						  attached INTERNAL invoke_agent athena
						    attached CLIENT GET
						      attached SERVER GET /model
						    attached CLIENT SELECT questions
						""");
				assertThat(trace.span("attached", "invoke_agent athena").attributes())
					.containsEntry("kosmos.agent.name", "athena")
					.containsEntry("gen_ai.agent.name", "athena");
			}
			assertThat(read(log).lines().filter((line) -> line.contains(STEPS_BACK))).hasSize(1);
			assertThat(read(log)).doesNotContain("Traces of service");
		}
	}

	private static String get(URI uri) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Question.class, Athena.class })
	static class Application {

		public static void main(String[] arguments) {
			SpringApplication.run(Application.class, arguments);
		}

	}

	@RestController
	static class Question {

		private final Athena athena;

		Question(Athena athena) {
			this.athena = athena;
		}

		@GetMapping("/question")
		String ask() {
			return this.athena.answer();
		}

		@GetMapping("/model")
		String model() {
			return "42";
		}

	}

	static class Athena {

		private final JdbcClient jdbc;

		private final RestClient http;

		// All that code can inject is there.
		Athena(JdbcClient jdbc, RestClient.Builder http, Environment environment, Spans spans, AgentSpans agents,
				MessageSpans messages, CurrentContext context, RequestContext request,
				@Qualifier("kosmosGrpcClientInterceptor") ClientInterceptor grpc) {
			this.jdbc = jdbc;
			this.http = http.baseUrl("http://127.0.0.1:" + environment.getProperty("server.port")).build();
		}

		@TracedAgent(name = "athena")
		String answer() {
			this.jdbc.sql("select 42").query(Integer.class).single();
			this.http.get().uri("/model").retrieve().body(String.class);
			return Span.current().getSpanContext().getTraceId();
		}

	}

}
