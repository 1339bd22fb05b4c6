package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Filter;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Spans;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.skyscreamer.jsonassert.JSONAssert;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Delivery as an operator of a running service sees it.
 */
class DeliveryOverHttpTests {

	private static final String TEMPO = "https://user:s3cr3t@tempo.example:4318/?token=s3cr3t";

	private static final String REFUSED = "Failed to connect to tempo.example/203.0.113.7:4318 (Connection refused)";

	private static final String[] PROPERTIES = { "--server.port=0", "--server.address=127.0.0.1",
			"--spring.main.banner-mode=off", "--kosmos.tracing.exporter.enabled=false",
			"--management.endpoints.web.exposure.include=health,kosmostracing",
			"--management.endpoint.health.show-details=always", "--management.endpoint.health.probes.enabled=true",
			"--management.endpoint.health.group.readiness.include=readinessState,kosmosTracing",
			"--kosmos.tracing.exporter.endpoint=http://jaeger:4317",
			"--kosmos.tracing.exporter.destinations.tempo.endpoint=" + TEMPO,
			"--kosmos.tracing.exporter.destinations.tempo.headers.x-api-key=s3cr3t",
			"--kosmos.tracing.exporter.spool.directory=/var/lib/orders/spans",
			"--management.tracing.sampling.probability=0.1" };

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void anUnreachableDestinationIsReportedAndTheApplicationStaysInRotation(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext service = start(type)) {
			for (String path : List.of("/actuator/health", "/actuator/health/readiness")) {
				HttpResponse<String> health = get(service, path);
				assertThat(health.statusCode()).as(path).isEqualTo(200);
				JsonNode body = JsonMapper.shared().readTree(health.body());
				assertThat(body.get("status").asString()).as(path).isEqualTo("UP");
				JSONAssert.assertEquals("""
						{"status": "UNKNOWN", "details": {
						  "default": {"state": "up", "pending": 25},
						  "tempo": {"state": "down", "since": "2026-11-21T10:00:00Z",
						            "problem": "%s", "pending": 12115}}}""".formatted(REFUSED),
						body.get("components").get("kosmosTracing").toString(), true);
			}
			HttpResponse<String> own = get(service, "/actuator/health/kosmosTracing");
			assertThat(own.statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenAskedToTheApplicationIsDown() throws Exception {
		try (ConfigurableApplicationContext service = start(WebApplicationType.SERVLET,
				"--kosmos.tracing.health.down-when-unreachable=true")) {
			for (String path : List.of("/actuator/health", "/actuator/health/readiness")) {
				assertThat(get(service, path).statusCode()).as(path).isEqualTo(503);
			}
			assertThat(get(service, "/actuator/health/liveness").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void theEndpointAnswersAsDocumented(WebApplicationType type) throws Exception {
		JsonNode documented = JsonMapper.shared().readTree(documented());
		try (ConfigurableApplicationContext service = start(type)) {
			HttpResponse<String> response = get(service, "/actuator/kosmostracing");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).doesNotContain("s3cr3t");
			JsonNode answered = JsonMapper.shared().readTree(response.body());
			assertThat(answered.propertyNames()).containsAll(documented.propertyNames());
			JSONAssert.assertEquals(documented.get("delivery").toString(), answered.get("delivery").toString(), true);
			documented.get("configuration").propertyStream().forEach((setting) -> {
				JsonNode actual = answered.get("configuration").get(setting.getKey());
				assertThat(actual.propertyNames()).as(setting.getKey())
					.containsExactlyElementsOf(setting.getValue().propertyNames());
				assertThat(actual.get("value")).isEqualTo(setting.getValue().get("value"));
			});
			assertThat(get(service, "/actuator/kosmostracing/delivery").body())
				.isEqualTo(answered.get("delivery").toString());
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void flushesWhenAskedTo(WebApplicationType type) throws Exception {
		try (ConfigurableApplicationContext service = start(type)) {
			HttpResponse<String> flushed = flush(service, "{\"value\": \"5s\"}");
			assertThat(flushed.statusCode()).isEqualTo(200);
			JSONAssert.assertEquals("{\"delivered\": false, \"pending\": {\"default\": 25, \"tempo\": 12115}}",
					flushed.body(), true);
			HttpResponse<String> refused = flush(service, "{\"value\": \"2m\"}");
			assertThat(refused.statusCode()).isEqualTo(400);
			JSONAssert.assertEquals(
					"{\"message\": \"The value must be a duration longer than 0 and at most 60s, such as 5s, not '2m'.\"}",
					refused.body(), true);
			assertThat(service.getBean(Flushes.class).timeouts()).containsExactly(Duration.ofSeconds(5));
		}
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		List<String> all = new ArrayList<>(List.of(PROPERTIES));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(Service.class).web(type).run(all.toArray(String[]::new));
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext service, String path) throws Exception {
		return send(HttpRequest.newBuilder(uri(service, path)).build());
	}

	private static HttpResponse<String> flush(ConfigurableApplicationContext service, String body) throws Exception {
		return send(HttpRequest.newBuilder(uri(service, "/actuator/kosmostracing/flush"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build());
	}

	private static URI uri(ConfigurableApplicationContext service, String path) {
		return URI.create("http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port") + path);
	}

	// A client of its own each time, since kept connections now and then hang.
	private static HttpResponse<String> send(HttpRequest request) throws Exception {
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
	}

	private static String documented() throws IOException {
		String document = Files.readString(Path.of("..", "docs", "actuator.md"));
		int begin = document.indexOf("```json\n") + "```json\n".length();
		return document.substring(begin, document.indexOf("```", begin));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Service {

		@Bean
		Flushes flushes() {
			return new Flushes(new ArrayList<>());
		}

		@Bean
		@Primary
		ScriptedDelivery scriptedDelivery(Flushes flushes) {
			Filter withoutHealth = new Filter(new Spans(List.of(), Map.of()),
					new Spans(List.of("GET /health*"), Map.of()), false);
			return new ScriptedDelivery()
				.with(ScriptedDelivery.settings("default", "http://jaeger:4317", Protocol.GRPC, Map.of(), null),
						new DestinationState("default", "http://jaeger:4317", "grpc", null, null, 48_210, 0, 48_185, 25,
								Map.of(), 0, 48_210, 0, 1, 25, 7_180, 25, 261_120))
				.with(ScriptedDelivery.settings("tempo", OtlpDestination.of(TEMPO, null).url(), Protocol.HTTP,
						Map.of("x-api-key", "s3cr3t"), Selection.of(withoutHealth, List.of())),
						new DestinationState("tempo", OtlpDestination.of(TEMPO, null).url(), "http",
								ScriptedDelivery.DOWN_SINCE, REFUSED, 48_210, 312, 30_104, 12_115,
								Map.of(DropReason.FILTERED, 6_300L, DropReason.REJECTED, 3L), 350, 41_910, 312, 0,
								12_115, 3_404_315, 12_115, 3_450_880))
				.problem(ScriptedDelivery.DOWN_SINCE, "tempo", REFUSED)
				.flush((timeout) -> !flushes.timeouts().add(timeout));
		}

	}

	private record Flushes(List<Duration> timeouts) {

	}

}
