package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class OutageTests {

	private RestTestClient client;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@DynamicPropertySource
	static void nobodyListens(DynamicPropertyRegistry registry) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String url = "http://localhost:" + socket.getLocalPort();
			registry.add("orchestrator.gateway.url", () -> url);
		}
	}

	@Test
	void whenTheGatewayIsDownShouldAnswer503() {
		unavailable("Good morning!").jsonPath("$.detail").isEqualTo("The gateway cannot be reached");
	}

	@Test
	void whenTheDatabaseIsDownShouldAnswer503(@Autowired DataSource dataSource) throws SQLException {
		dataSource.unwrap(HikariDataSource.class).close();
		unavailable("What is a span?").jsonPath("$.detail").isEqualTo("The knowledge cannot be reached");
	}

	private BodyContentSpec unavailable(String message) {
		return this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"%s\"}".formatted(message))
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(503)
			.jsonPath("$.trace_id")
			.value(String.class, (id) -> assertThat(id).matches("[0-9a-f]*[1-9a-f][0-9a-f]*"));
	}

}
