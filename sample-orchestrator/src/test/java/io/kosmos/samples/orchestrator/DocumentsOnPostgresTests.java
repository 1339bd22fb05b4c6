package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(TestBackend.class)
@ActiveProfiles("postgres")
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DocumentsOnPostgresTests extends AbstractDocumentsTests {

	private static Optional<PostgresServer> server = Optional.empty();

	@Autowired
	private InMemorySpanExporter recordedSpans;

	@BeforeAll
	static void start() throws IOException, InterruptedException {
		server = PostgresServer.start();
		if ("true".equals(System.getenv("CI"))) {
			assertThat(server).as("a PostgreSQL server").isPresent();
		}
		Assumptions.assumeTrue(server.isPresent(), "Skipped: neither Docker nor PostgreSQL's programs are here");
	}

	@AfterAll
	static void stop() {
		server.ifPresent(PostgresServer::stop);
	}

	@DynamicPropertySource
	static void connect(DynamicPropertyRegistry registry) {
		registry.add("ORCHESTRATOR_DB_URL", () -> server.orElseThrow().url());
		registry.add("ORCHESTRATOR_DB_USER", () -> server.orElseThrow().user());
		registry.add("ORCHESTRATOR_DB_PASSWORD", () -> server.orElseThrow().password());
	}

	@Test
	void shouldRunOnPostgres(@Autowired JdbcClient jdbc) {
		assertThat(jdbc.sql("select version()").query(String.class).single()).startsWith("PostgreSQL ");
	}

	@Test
	void shouldRecordTheStatementWithoutLiterals(@Autowired Documents documents) {
		documents.search("pump", 3);
		Map<AttributeKey<?>, Object> select = await("SELECT knowledge", StatusCode.UNSET).getAttributes().asMap();
		assertThat(select).containsEntry(stringKey("db.system.name"), "postgresql");
		assertThat(select.get(stringKey("db.query.text"))).asString()
			.contains("where k.status = ?")
			.doesNotContain("published", "pump");
	}

	@Test
	@Order(Integer.MAX_VALUE)
	void whenTheDatabaseStopsShouldAnswer503(@LocalServerPort int port) {
		RestTestClient client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
		RestTestClient.RequestHeadersSpec<?> question = client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("""
					{"message": "What is a span?"}""");
		question.exchange().expectStatus().isOk();
		server.ifPresent(PostgresServer::stop);
		server = Optional.empty();
		question.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
		for (String name : new String[] { "retrieval athena-docs", "invoke_agent zeus" }) {
			assertThat(await(name, StatusCode.ERROR).getEvents()).as(name).hasSize(1);
		}
	}

	private SpanData await(String name, StatusCode status) {
		return Awaitility.await()
			.until(() -> this.recordedSpans.getFinishedSpanItems()
				.stream()
				.filter((span) -> span.getName().startsWith(name) && span.getStatus().getStatusCode() == status)
				.findFirst(), Optional::isPresent)
			.orElseThrow();
	}

}
