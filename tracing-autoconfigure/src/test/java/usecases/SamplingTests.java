package usecases;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which requests of a running service are recorded.
 */
@ExtendWith(OutputCaptureExtension.class)
class SamplingTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=kosmostracing";

	private static final String ENDPOINT = "/actuator/kosmostracing/";

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void goesByTheRuleOfTheRoute(WebApplicationType type) {
		try (RunningService service = start(type, "sampler=never", "rules[0].route=/orders/{id}",
				"rules[0].probability=1")) {
			service.get("/items/7");
			service.get("/orders/7/lines");
			service.get("/orders/7?secret=s3cr3t");
			SpanData span = service.await((ended) -> true);
			assertThat(span.getName()).isEqualTo("http get /orders/{id}");
			assertThat(span.getAttributes().asMap()).containsEntry(AttributeKey.stringKey("http.request.method"), "GET")
				.containsEntry(AttributeKey.stringKey("url.path"), "/orders/7");
			service.get("/orders/8");
			assertThat(service.awaitEnded(2)).extracting(SpanData::getName).containsOnly("http get /orders/{id}");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void goesByTheRuleOfTheTenant(WebApplicationType type) {
		try (RunningService service = start(type, "sampler=never", "rules[0].tenant=acme", "rules[0].probability=1")) {
			service.get("/items/1", "X-Tenant-Id: other");
			service.get("/items/2");
			service.get("/items/3", "X-Tenant-Id: acme");
			service.get("/items/4", "X-Tenant-Id: acme");
			assertThat(service.awaitEnded(2)).extracting(path()).containsExactlyInAnyOrder("/items/3", "/items/4");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void boundsWhatCallersForce(WebApplicationType type) {
		try (RunningService service = start(type, "sampler=never", "caller.rate-limit=0.001")) {
			for (int i = 0; i < 5; i++) {
				service.get("/items/" + i,
						"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333" + i + "-01");
			}
			service.post(ENDPOINT + "sampler", "{\"value\": \"always\"}");
			service.get("/items/9");
			assertThat(service.awaitEnded(2)).extracting(path()).containsExactlyInAnyOrder("/items/0", "/items/9");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void isChangedWhileItRuns(WebApplicationType type, CapturedOutput output) {
		try (RunningService service = start(type, "sampler=never", "rules[0].name=orders",
				"rules[0].route=/orders/{id}", "rules[0].probability=0")) {
			service.get("/items/1");
			assertThat(service.post(ENDPOINT + "sampler", "{\"value\": \"always\"}"))
				.contains("{\"was\":\"never\",\"is\":\"always\"}");
			service.get("/items/2");
			service.get("/orders/3");
			assertThat(service.post(ENDPOINT + "sampling-rule", "{\"value\": \"orders rate-limit=1\"}"))
				.contains("\"was\":\"probability=0.0\",\"is\":\"rate-limit=1.0\"");
			service.get("/orders/4");
			assertThat(service.awaitEnded(2)).extracting(path()).containsExactlyInAnyOrder("/items/2", "/orders/4");
			assertThat(service.post(ENDPOINT + "sampler", "{\"value\": \"\\r\\n2026 INFO forged\"}"))
				.startsWith("HTTP/1.1 400")
				.contains("The value must be always, never, strategies, remote, configured");
			JsonNode state = json(service.get(ENDPOINT + "sampling"));
			assertThat(state.get("sampler").asString()).isEqualTo("always");
			assertThat(state.get("configured").asString()).isEqualTo("never");
			assertThat(state.get("rules").get(0).toString())
				.isEqualTo("{\"name\":\"orders\",\"route\":\"/orders/{id}\","
						+ "\"rate\":\"rate-limit=1.0\",\"configured\":\"probability=0.0\",\"matched\":2,\"sampled\":1}");
			assertThat(state.get("decisions").toString())
				.isEqualTo("{\"sampled\":{\"always\":1,\"rule\":1},\"dropped\":{\"never\":1,\"rule\":1}}");
		}
		List<String> lines = output.getAll().lines().filter((line) -> line.contains("Operation by ")).toList();
		assertThat(lines).hasSize(3);
		assertThat(lines.get(0))
			.endsWith("Operation by nobody known: 'sampler' with 'always' gave {was=never, is=always}");
		assertThat(lines.get(1)).contains("'sampling-rule' with 'orders rate-limit=1' gave {rule=orders,");
		assertThat(lines.get(2)).contains("'sampler' with '??2026 INFO forged' was refused: The value must");
		assertThat(output.getAll().lines()).noneMatch((line) -> line.startsWith("2026 INFO forged"));
	}

	@Test
	void isNotChangedWhereTheEndpointIsReadOnly() {
		try (RunningService service = start(WebApplicationType.SERVLET, "sampler=never")) {
			assertThat(service.post(ENDPOINT + "sampler", "{\"value\": \"always\"}")).startsWith("HTTP/1.1 200");
		}
		try (RunningService service = RunningService.start(WebApplicationType.SERVLET, Application.class, EXPOSED,
				"management.endpoint.kosmostracing.access=read-only", "kosmos.tracing.sampling.sampler=never")) {
			assertThat(service.post(ENDPOINT + "sampler", "{\"value\": \"always\"}")).startsWith("HTTP/1.1 405");
			assertThat(json(service.get(ENDPOINT + "sampling")).get("sampler").asString()).isEqualTo("never");
		}
	}

	private static JsonNode json(String response) {
		return JsonMapper.shared().readTree(response.substring(response.indexOf('{'), response.lastIndexOf('}') + 1));
	}

	private static Function<SpanData, String> path() {
		return (span) -> span.getAttributes().get(AttributeKey.stringKey("url.path"));
	}

	private static RunningService start(WebApplicationType type, String... sampling) {
		String[] properties = new String[sampling.length + 1];
		for (int i = 0; i < sampling.length; i++) {
			properties[i] = "kosmos.tracing.sampling." + sampling[i];
		}
		properties[sampling.length] = EXPOSED;
		return RunningService.start(type, Application.class, properties);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Orders orders() {
			return new Orders();
		}

	}

	@RestController
	static class Orders {

		@GetMapping("/orders/{id}")
		Map<String, String> order(@PathVariable("id") String id) {
			return Map.of("id", id);
		}

		@GetMapping("/orders/{id}/lines")
		List<String> lines(@PathVariable("id") String id) {
			return List.of(id);
		}

		@GetMapping("/items/{id}")
		Map<String, String> item(@PathVariable("id") String id) {
			return Map.of("id", id);
		}

	}

}
