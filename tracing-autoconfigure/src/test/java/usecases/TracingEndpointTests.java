package usecases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;
import org.json.JSONException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.skyscreamer.jsonassert.JSONAssert;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code /actuator/kosmostracing} of a running service.
 */
class TracingEndpointTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=kosmostracing,health";

	@TempDir
	Path directory;

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void isExposedOnlyWhenAskedTo(WebApplicationType type) {
		try (RunningService service = RunningService.start(type, Application.class)) {
			assertThat(service.get("/actuator/kosmostracing")).startsWith("HTTP/1.1 404");
			assertThat(service.post("/actuator/kosmostracing/volume", "{}")).startsWith("HTTP/1.1 404");
			assertThat(service.get("/actuator/health")).startsWith("HTTP/1.1 200");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void tellsTheConfigurationAndWhereItComesFrom(WebApplicationType type) throws IOException, JSONException {
		Path file = Files.writeString(this.directory.resolve("own.yml"), """
				kosmos.tracing:
				  service:
				    name: orders
				  exporter:
				    endpoint: http://me:s3cr3t@localhost:4318/v1/traces?key=s3cr3t
				    headers:
				      X-Api-Key: s3cr3t
				  propagation:
				    type: [w3c, b3]
				    trust:
				      headers: X-Gateway=s3cr3t
				""");
		try (RunningService service = RunningService.start(type, Application.class, EXPOSED,
				"spring.config.additional-location=file:" + file, "kosmos.tracing.sampling.probability=0.5",
				"kosmos.tracing.jdbc.enabled=false")) {
			String response = service.get("/actuator/kosmostracing");
			assertThat(response).startsWith("HTTP/1.1 200").doesNotContain("s3cr3t");
			JsonNode all = JsonMapper.shared().readTree(body(response));
			assertThat(all.propertyNames()).startsWith("configuration").contains("volume");
			JSONAssert.assertEquals("""
					{
					  "kosmos.tracing.exporter.enabled": {"value": "false", "origin": "%2$s"},
					  "kosmos.tracing.exporter.endpoint":
					    {"value": "http://******@localhost:4318/v1/traces?******", "origin": "%1$s - 5:15"},
					  "kosmos.tracing.exporter.headers.x-api-key": {"value": "******", "origin": "%1$s - 7:18"},
					  "kosmos.tracing.jdbc.enabled": {"value": "false", "origin": "%4$s"},
					  "kosmos.tracing.propagation.trust.headers": {"value": "******", "origin": "%1$s - 11:16"},
					  "kosmos.tracing.propagation.type[0]": {"value": "w3c", "origin": "%1$s - 9:12"},
					  "kosmos.tracing.propagation.type[1]": {"value": "b3", "origin": "%1$s - 9:17"},
					  "kosmos.tracing.sampling.probability": {"value": "0.5", "origin": "%3$s"},
					  "kosmos.tracing.service.name": {"value": "orders", "origin": "%1$s - 3:11"},
					  "management.tracing.export.otlp.enabled": {"value": "false", "origin":
					    "\\"management.tracing.export.otlp.enabled\\" from property source \\"kosmosTracingOff\\""}
					}""".formatted("URL [file:" + file + "]", argument("exporter.enabled"),
					argument("sampling.probability"), argument("jdbc.enabled")), set(all), true);
			assertThat(body(service.get("/actuator/kosmostracing/configuration")))
				.isEqualTo(all.get("configuration").toString());
		}
	}

	@ParameterizedTest
	@EnumSource(names = "SERVLET")
	void tellsTheDefaultsOfTheDocumentation(WebApplicationType type) throws IOException {
		Map<String, String> documented = Files.readAllLines(Path.of("..", "docs", "configuration.md"))
			.stream()
			.filter((line) -> line.startsWith("| `kosmos."))
			.map((line) -> line.split("\\s*\\|\\s*"))
			.collect(Collectors.toMap((cells) -> cells[1].replace("`", ""), (cells) -> cells[3].replace("`", ""),
					(table, text) -> table));
		try (RunningService service = RunningService.start(type, Application.class, EXPOSED)) {
			JsonNode configuration = JsonMapper.shared()
				.readTree(body(service.get("/actuator/kosmostracing/configuration")));
			Map<String, String> defaults = configuration.propertyStream()
				.filter((setting) -> setting.getValue().get("origin").asString().equals("default"))
				.collect(Collectors.toMap(Map.Entry::getKey, (setting) -> list(setting.getValue().get("value"))));
			assertThat(defaults.remove("kosmos.tracing.cost.location")).contains("model-prices.csv");
			assertThat(defaults).hasSizeGreaterThan(40)
				.containsEntry("kosmos.tracing.console.format", "none")
				.containsEntry("kosmos.tracing.metrics.max-tag-values", "100");
			assertThat(documented).containsAllEntriesOf(defaults);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void showsSectionsAndRunsOperations(WebApplicationType type) throws JSONException {
		try (RunningService service = RunningService.start(type, Application.class, EXPOSED)) {
			assertJson(service.get("/actuator/kosmostracing/volume"), 200, "{\"level\": 5}");
			assertJson(service.post("/actuator/kosmostracing/volume", "{\"value\": \"11\"}"), 200, "{\"was\": 5}");
			assertJson(service.post("/actuator/kosmostracing/volume", "{\"value\": 12}"), 200, "{\"was\": 11}");
			assertJson(service.post("/actuator/kosmostracing/volume", "{}"), 200, "{\"was\": 12}");
			assertJson(service.post("/actuator/kosmostracing/volume", ""), 200, "{\"was\": 5}");
			assertJson(service.post("/actuator/kosmostracing/volume", "{\"value\": \"loud\"}"), 400,
					"{\"message\": \"The value must be a number, not 'loud'.\"}");
			assertThat(service.post("/actuator/kosmostracing/volume", "{\"value\": {\"a\": 1}}"))
				.startsWith("HTTP/1.1 400");
			assertJson(service.get("/actuator/kosmostracing/volume"), 200, "{\"level\": 5}");
			assertThat(service.get("/actuator/kosmostracing/nothing")).startsWith("HTTP/1.1 404");
			assertThat(service.post("/actuator/kosmostracing/nothing", "{}")).startsWith("HTTP/1.1 404");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void whenReadOnlyRunsNoOperation(WebApplicationType type) throws JSONException {
		try (RunningService service = RunningService.start(type, Application.class, EXPOSED,
				"management.endpoint.kosmostracing.access=read-only")) {
			assertThat(service.post("/actuator/kosmostracing/volume", "{\"value\": \"11\"}"))
				.startsWith("HTTP/1.1 405");
			assertJson(service.get("/actuator/kosmostracing/volume"), 200, "{\"level\": 5}");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void showsValuesToWhomTheyMayBeShown(WebApplicationType type) {
		for (String show : List.of("never", "when-authorized")) {
			try (RunningService service = RunningService.start(type, Application.class, EXPOSED,
					"kosmos.tracing.service.name=orders", "management.endpoint.kosmostracing.show-values=" + show)) {
				assertThat(service.get("/actuator/kosmostracing/configuration")).startsWith("HTTP/1.1 200")
					.contains("\"kosmos.tracing.service.name\":{\"value\":\"******\"")
					.doesNotContain("orders");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = "SERVLET")
	void tellsWhoSwitchedTracingOff(WebApplicationType type) throws JSONException {
		try (RunningService service = RunningService.start(type, Application.class, EXPOSED,
				"kosmos.tracing.enabled=false")) {
			JsonNode all = JsonMapper.shared().readTree(body(service.get("/actuator/kosmostracing")));
			assertThat(all.propertyNames()).containsExactlyInAnyOrder("configuration", "volume");
			assertThat(all.get("configuration").get("kosmos.tracing.enabled").toString())
				.isEqualTo("{\"value\":\"false\"," + "\"origin\":\"" + argument("enabled") + "\"}");
		}
	}

	private static String argument(String property) {
		return "\\\"kosmos.tracing." + property + "\\\" from property source \\\"commandLineArgs\\\"";
	}

	private static String set(JsonNode all) {
		return all.get("configuration")
			.propertyStream()
			.filter((setting) -> !setting.getValue().get("origin").asString().equals("default"))
			.map((setting) -> "\"" + setting.getKey() + "\": " + setting.getValue())
			.collect(Collectors.joining(", ", "{", "}"));
	}

	private static String list(JsonNode value) {
		return (value.isArray()) ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(","))
				: value.asString();
	}

	private static void assertJson(String response, int status, String body) throws JSONException {
		assertThat(response).startsWith("HTTP/1.1 " + status);
		JSONAssert.assertEquals(body, body(response), true);
	}

	private static String body(String response) {
		int begin = response.indexOf('{');
		return response.substring(begin, response.lastIndexOf('}') + 1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Volume volume() {
			return new Volume();
		}

	}

	/**
	 * Something to be seen and to be changed.
	 */
	static class Volume implements TracingSection, TracingOperation {

		private volatile int level = 5;

		@Override
		public String name() {
			return "volume";
		}

		@Override
		public Map<String, ?> read() {
			return Map.of("level", this.level);
		}

		@Override
		public Map<String, ?> run(@Nullable String value) {
			int was = this.level;
			try {
				this.level = (value != null) ? Integer.parseInt(value) : 5;
			}
			catch (NumberFormatException ex) {
				throw new IllegalArgumentException("The value must be a number, not '" + value + "'.");
			}
			return Map.of("was", was);
		}

	}

}
