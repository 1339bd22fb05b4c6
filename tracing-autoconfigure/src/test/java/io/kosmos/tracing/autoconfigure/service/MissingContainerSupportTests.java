package io.kosmos.tracing.autoconfigure.service;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactory;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Neither Spring Boot's Docker Compose nor its Testcontainers support is on the class
 * path of these tests.
 */
class MissingContainerSupportTests {

	@Test
	void shouldNotBeLoaded() {
		assertThat(ClassUtils.isPresent("org.springframework.boot.docker.compose.core.DockerCompose", null)).isFalse();
		assertThat(ClassUtils.isPresent(
				"org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory", null))
			.isFalse();
		List<String> missing = new ArrayList<>();
		List<?> loaded = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(ConnectionDetailsFactory.class, (type, name, failure) -> missing.add(name));
		assertThat(loaded).isEmpty();
		assertThat(missing).contains("io.kosmos.tracing.autoconfigure.service.JaegerContainerConnectionDetailsFactory",
				"io.kosmos.tracing.autoconfigure.service.JaegerDockerComposeConnectionDetailsFactory");
	}

}
