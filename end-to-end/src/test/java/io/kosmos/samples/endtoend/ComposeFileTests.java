package io.kosmos.samples.endtoend;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

class ComposeFileTests {

	private static final Path ROOT = Path.of(System.getProperty("repository.root"));

	private static Map<String, Object> compose = Map.of();

	@BeforeAll
	static void read() throws IOException {
		try (Reader file = Files.newBufferedReader(ROOT.resolve("docker-compose.yml"))) {
			compose = new Yaml().load(file);
		}
	}

	@Test
	void shouldPinEveryImage() {
		assertThat(service("jaeger")).containsEntry("image", "jaegertracing/jaeger:2.20.0");
		assertThat(service("postgres")).containsEntry("image", "postgres:17");
		assertThat(service("jaeger-storage")).containsEntry("image", "busybox:1.37");
		assertThat(service("nats")).containsEntry("image", "nats:2.12-alpine");
		assertThat(service("rabbitmq")).containsEntry("image", "rabbitmq:4");
	}

	@Test
	void shouldBindEveryPortToLoopback() {
		assertThat(ports("jaeger")).containsExactlyInAnyOrder("127.0.0.1:16686:16686", "127.0.0.1:4317:4317",
				"127.0.0.1:4318:4318", "127.0.0.1:5778:5778", "127.0.0.1:5779:5779");
		assertThat(ports("orchestrator")).containsExactly("127.0.0.1:8080:8080");
		assertThat(ports("llm-gateway")).containsExactlyInAnyOrder("127.0.0.1:8081:8081", "127.0.0.1:9091:9091");
		for (String hidden : new String[] { "postgres", "dispatcher", "nats", "rabbitmq" }) {
			assertThat(ports(hidden)).as(hidden).isEmpty();
		}
	}

	@Test
	void shouldCheckTheHealthOfEveryServerAndRestartIt() {
		assertThat(services()).allSatisfy((name, service) -> {
			if (!name.equals("jaeger-storage")) {
				assertThat(map(service)).containsEntry("restart", "unless-stopped").containsKey("healthcheck");
				assertThat(list(map(map(service).get("healthcheck")).get("test"))).isNotEmpty();
			}
		});
	}

	@Test
	void shouldStartServersInOrder() {
		assertThat(dependencies("jaeger")).isEqualTo(Map.of("jaeger-storage", "service_completed_successfully"));
		assertThat(dependencies("llm-gateway")).isEqualTo(Map.of("jaeger", "service_healthy"));
		assertThat(dependencies("orchestrator")).isEqualTo(
				Map.of("jaeger", "service_healthy", "postgres", "service_healthy", "llm-gateway", "service_healthy"));
	}

	@Test
	void shouldKeepDataOnNamedVolumes() {
		assertThat(map(compose.get("volumes"))).containsOnlyKeys("jaeger-badger", "postgres-data");
		assertThat(list(service("jaeger").get("volumes"))).contains("jaeger-badger:/badger");
		assertThat(list(service("jaeger-storage").get("volumes"))).containsExactly("jaeger-badger:/badger");
		assertThat(list(service("jaeger-storage").get("command"))).containsExactly("chown", "10001:10001", "/badger");
		assertThat(list(service("postgres").get("volumes"))).containsExactly("postgres-data:/var/lib/postgresql/data");
	}

	@Test
	void shouldConnectTheServicesByTheirNames() {
		assertThat(map(service("orchestrator").get("environment")))
			.containsEntry("SPRING_PROFILES_ACTIVE", "postgres${COMPOSE_PROFILES:+,$COMPOSE_PROFILES}")
			.containsEntry("ORCHESTRATOR_GATEWAY_URL", "http://llm-gateway:8081")
			.containsEntry("SPRING_GRPC_CLIENT_CHANNEL_GATEWAY_TARGET", "static://llm-gateway:9091")
			.containsEntry("ORCHESTRATOR_DB_URL", "jdbc:postgresql://postgres:5432/orchestrator")
			.containsEntry("KOSMOS_TRACING_EXPORTER_ENDPOINT", "http://jaeger:4317");
		assertThat(map(service("llm-gateway").get("environment"))).containsEntry("KOSMOS_TRACING_EXPORTER_ENDPOINT",
				"http://jaeger:4317");
	}

	@Test
	void shouldPutABrokerBetweenTwoServicesOnlyWhenAsked() {
		assertThat(list(service("nats").get("profiles"))).containsExactly("nats");
		assertThat(list(service("rabbitmq").get("profiles"))).containsExactly("rabbitmq");
		assertThat(list(service("dispatcher").get("profiles"))).containsExactly("nats", "rabbitmq");
		assertThat(services().entrySet()).filteredOn((service) -> !map(service.getValue()).containsKey("profiles"))
			.extracting(Map.Entry::getKey)
			.containsExactlyInAnyOrder("jaeger-storage", "jaeger", "postgres", "llm-gateway", "orchestrator");
		assertThat(map(service("dispatcher").get("environment")))
			.containsEntry("SPRING_PROFILES_ACTIVE", "dispatcher${COMPOSE_PROFILES:+,$COMPOSE_PROFILES}")
			.containsEntry("ORCHESTRATOR_NATS_URL", "nats://nats:4222")
			.containsEntry("ORCHESTRATOR_RABBITMQ_ADDRESSES", "rabbitmq:5672");
	}

	@Test
	void shouldReferToFilesThatExist() {
		assertThat(services()).allSatisfy((name, service) -> {
			if (map(service).get("build") != null) {
				Map<String, Object> build = map(map(service).get("build"));
				assertThat(ROOT.resolve((String) build.get("context")).resolve((String) build.get("dockerfile")))
					.isRegularFile();
			}
			assertThat(list(map(service).getOrDefault("volumes", List.of())))
				.filteredOn((volume) -> volume.startsWith("./"))
				.allSatisfy((volume) -> assertThat(ROOT.resolve(volume.split(":")[0])).isRegularFile());
		});
		assertThat(list(service("jaeger").get("volumes")))
			.contains("./deploy/jaeger/config.yaml:/etc/jaeger/config.yaml:ro");
		assertThat(list(service("jaeger").get("command"))).containsExactly("--config", "/etc/jaeger/config.yaml");
	}

	private static Map<String, Object> services() {
		return map(compose.get("services"));
	}

	private static Map<String, Object> service(String name) {
		return map(services().get(name));
	}

	private static List<String> ports(String service) {
		return list(service(service).getOrDefault("ports", List.of()));
	}

	private static Map<String, String> dependencies(String service) {
		return map(service(service).get("depends_on")).entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, (entry) -> (String) map(entry.getValue()).get("condition")));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Object value) {
		return (Map<String, Object>) value;
	}

	@SuppressWarnings("unchecked")
	private static List<String> list(Object value) {
		return (List<String>) value;
	}

}
