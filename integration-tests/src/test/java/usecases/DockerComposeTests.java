package usecases;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.testcontainers.DockerClientFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in a process of its own, beside a compose file with Jaeger. Where there
 * is a Docker engine, that is what Spring Boot talks to; everywhere a stand-in for the
 * {@code docker} command answers what it would, with the ports of a real Jaeger.
 */
class DockerComposeTests {

	private static JaegerServer jaeger;

	@TempDir
	private static Path server;

	@TempDir
	private Path directory;

	@BeforeAll
	static void startJaeger() throws Exception {
		jaeger = JaegerServer.start(server);
	}

	@AfterAll
	static void stopJaeger() throws Exception {
		jaeger.close();
	}

	@ParameterizedTest
	@CsvSource({ "jaegertracing/jaeger:2.20.0, http", "jaegertracing/jaeger:2.20.0, grpc",
			"docker.io/jaegertracing/all-in-one:1.76.0, http", "jaegertracing/all-in-one, grpc",
			"registry.example/mirror/jaeger, http" })
	void shouldFindJaegerWithoutAProperty(String image, String transport) throws Exception {
		Instant since = Instant.now();
		String label = image.startsWith("registry.") ? "jaegertracing/jaeger" : "";
		writeCompose(image);
		String service = "composed-" + Integer.toHexString(System.identityHashCode(image)) + transport;
		int used = jaeger.otlp(transport).getPort();
		writeDocker(image, label, "http".equals(transport) ? 4318 : 4317, used);
		String output = run("OTEL_SERVICE_NAME=" + service,
				"OTEL_EXPORTER_OTLP_PROTOCOL=" + ("grpc".equals(transport) ? "grpc" : "http/protobuf"));
		assertThat(output).contains("working").contains("http://127.0.0.1:" + used);
		Trace trace = jaeger.awaitOnlyTrace(service, since, (found) -> !found.spans().isEmpty());
		assertThat(trace.spans()).extracting(RecordedSpan::name).containsExactly("work");
		assertThat(Files.readString(this.directory.resolve("calls"))).contains("up --no-color --detach --wait")
			.contains("inspect");
	}

	@Test
	void shouldLeaveOtherServicesToOthers() throws Exception {
		writeCompose("example/jaeger");
		writeDocker("example/jaeger", "", 4318, jaeger.otlp("http").getPort());
		assertThat(run("OTEL_SERVICE_NAME=other")).contains("http://localhost:4318")
			.doesNotContain(":" + jaeger.otlp("http").getPort() + "/");
	}

	@Test
	void shouldFindJaegerOfARealEngine() throws Exception {
		org.junit.jupiter.api.Assumptions.assumeTrue(DockerClientFactory.instance().isDockerAvailable(),
				"needs a Docker engine");
		writeCompose("jaegertracing/jaeger:2.20.0");
		Instant since = Instant.now();
		assertThat(run("OTEL_SERVICE_NAME=engine", "SPRING_DOCKER_COMPOSE_LIFECYCLEMANAGEMENT=start-only"))
			.contains("working");
		try {
			String published = execute(List.of("docker", "compose", "port", "jaeger", "16686")).strip();
			URI query = URI.create("http://" + published.replace("0.0.0.0", "127.0.0.1"));
			JaegerServer.at(query, query, query).awaitOnlyTrace("engine", since, (found) -> !found.spans().isEmpty());
		}
		finally {
			execute(List.of("docker", "compose", "down"));
		}
	}

	private void writeCompose(String image) throws IOException {
		Files.writeString(this.directory.resolve("compose.yaml"), """
				services:
				  jaeger:
				    image: %s
				    ports: ["4317", "4318", "16686"]
				""".formatted(image));
	}

	/**
	 * Write what Docker prints for the commands that Spring Boot gives, in the form of
	 * Docker 28 and Compose 2.33. Of its ports only one is published.
	 */
	private void writeDocker(String image, String label, int port, int published) throws IOException {
		String labels = label.isEmpty() ? "{\"com.docker.compose.service\":\"jaeger\"}"
				: "{\"org.springframework.boot.service-connection\":\"" + label + "\"}";
		Path docker = Files.createDirectories(this.directory.resolve("bin")).resolve("docker");
		Files.writeString(docker,
				"""
						#!/bin/sh
						echo "$*" >> calls
						case "$*" in
						"version --format {{.Client.Version}}") echo 28.0.1 ;;
						"compose version --format json") echo '{"version":"v2.33.1"}' ;;
						"context ls --format={{ json . }}") echo '{"Current":true,"Description":"","DockerEndpoint":"unix:///var/run/docker.sock","Error":"","Name":"default"}' ;;
						*" config --format=json") echo '{"name":"test","services":{"jaeger":{"image":"%1$s","networks":{"default":null}}}}' ;;
						*" up --no-color --detach --wait") touch up ;;
						*" ps --orphans=false --format=json") [ ! -f up ] || echo '{"Command":"\\"/cmd/jaeger/jaeger-l…\\"","ID":"0123456789ab","Image":"%1$s","Name":"test-jaeger-1","Project":"test","Service":"jaeger","State":"running","Status":"Up 1 second"}' ;;
						"inspect --format={{ json . }} 0123456789ab") echo '{"Id":"0123456789abcdef","Config":{"Image":"%1$s","Labels":%2$s,"ExposedPorts":{"4317/tcp":{},"4318/tcp":{},"16686/tcp":{}},"Env":["PATH=/usr/bin"]},"HostConfig":{"NetworkMode":"test_default"},"NetworkSettings":{"Ports":{"%3$d/tcp":[{"HostIp":"127.0.0.1","HostPort":"%4$d"}],"16686/tcp":null}}}' ;;
						*" stop --timeout 10") rm up ;;
						*) echo "not expected: $*" >&2; exit 1 ;;
						esac
						"""
					.formatted(image, labels, port, published));
		Files.setPosixFilePermissions(docker, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private String run(String... environment) throws Exception {
		String classPath = System.getProperty("docker-compose.support") + File.pathSeparator
				+ System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return execute(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath,
				ComposedApplication.class.getName()), environment);
	}

	private String execute(List<String> command, String... environment) throws Exception {
		Path log = Files.createTempFile(this.directory, "output", ".log");
		ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().keySet().removeIf((name) -> name.startsWith("OTEL_"));
		builder.environment().compute("PATH", (name, path) -> this.directory.resolve("bin") + ":" + path);
		for (String variable : environment) {
			String[] parts = variable.split("=", 2);
			builder.environment().put(parts[0], parts[1]);
		}
		Process process = builder.start();
		try {
			assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		String output = Files.readString(log);
		assertThat(process.exitValue()).as(output).isZero();
		return output;
	}

}
