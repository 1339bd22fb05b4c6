package io.kosmos.samples.endtoend;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.PostgresServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.ServerProcess;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The orchestrator on a real PostgreSQL, in front of a gateway that is down.
 */
class OrchestratorAloneTests {

	@Test
	void whenGatewayIsDownShouldFailTheTraceOnPostgres(@TempDir Path directory) throws Exception {
		URI nothing = URI.create("http://127.0.0.1:" + ServerProcess.freePorts(1).get(0));
		try (JaegerServer jaeger = JaegerServer.start(directory);
				PostgresServer postgres = PostgresServer.start(directory);
				SampleProcess orchestrator = Samples.exportingTo(jaeger, "grpc", directory)
					.orchestrator(nothing, "--spring.profiles.active=postgres",
							"--spring.datasource.url=" + postgres.jdbcUrl(),
							"--spring.datasource.username=" + PostgresServer.USER,
							"--spring.datasource.password=" + PostgresServer.USER)) {
			Samples.Answer answer = Samples.orchestrate(orchestrator, Samples.QUESTION, Map.of());
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.contentType()).isEqualTo("application/problem+json");
			Trace trace = Samples.awaitTrace(jaeger, answer, """
					orchestrator SERVER http post /api/v1/orchestrate
					  orchestrator INTERNAL invoke_agent zeus
					    orchestrator INTERNAL invoke_agent athena
					      orchestrator CLIENT http post
					      orchestrator CLIENT retrieval athena-docs
					        orchestrator CLIENT SELECT knowledge unnest
					""");

			RecordedSpan agent = trace.span(Samples.ORCHESTRATOR, "invoke_agent zeus");
			assertThat(agent.attributes()).containsEntry("error.type",
					"io.kosmos.samples.orchestrator.GatewayException");
			assertThat(agent.statusMessage()).isEqualTo("The gateway cannot be reached");
			assertThat(agent.event("exception").attributes())
				.containsEntry("exception.type", "io.kosmos.samples.orchestrator.GatewayException")
				.containsEntry("exception.message", "The gateway cannot be reached")
				.hasEntrySatisfying("exception.stacktrace", (stack) -> assertThat((String) stack)
					.startsWith("io.kosmos.samples.orchestrator.GatewayException: "));
			assertThat(List.of(trace.roots().get(0), agent, trace.span(Samples.ORCHESTRATOR, "invoke_agent athena"),
					trace.span(Samples.ORCHESTRATOR, "http post")))
				.extracting(RecordedSpan::status)
				.containsOnly(Status.ERROR);

			RecordedSpan search = trace.span(Samples.ORCHESTRATOR, "retrieval athena-docs");
			assertThat(search.status()).isEqualTo(Status.OK);
			RecordedSpan select = trace.children(search).get(0);
			assertThat(select.attributes()).containsEntry("db.system.name", "postgresql");
			assertThat((String) select.attributes().get("db.query.text")).contains("k.status = ?")
				.doesNotContain("published", "'");
			assertThat(select.status()).isNotEqualTo(Status.ERROR);
		}
	}

}
