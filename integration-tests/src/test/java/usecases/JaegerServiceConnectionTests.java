package usecases;

import java.net.URI;
import java.nio.file.Files;
import java.time.Instant;

import io.kosmos.tracing.Spans;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ServiceConnection @ServiceConnection} on a container of Jaeger: a real one where
 * there is a Docker engine, else one that is the process of a real Jaeger.
 */
@SpringBootTest(classes = ComposedApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = "spring.application.name=contained")
class JaegerServiceConnectionTests {

	@ServiceConnection
	private static final GenericContainer<?> jaeger = container();

	@Autowired
	private Spans spans;

	private static GenericContainer<?> container() {
		DockerImageName image = DockerImageName.parse("jaegertracing/jaeger:2.20.0");
		return (System.getenv("JAEGER_BINARY") == null && DockerClientFactory.instance().isDockerAvailable())
				? new GenericContainer<>(image).withExposedPorts(4317, 4318, 16686) : new ProcessContainer(image);
	}

	@DynamicPropertySource
	static void leaveOutTheOthers(DynamicPropertyRegistry registry) {
		String[] property = ComposedApplication.withoutOthers().split("=", 2);
		registry.add(property[0], () -> property[1]);
	}

	@AfterAll
	static void stop() {
		jaeger.stop();
	}

	@Test
	void shouldFindJaegerWithoutAProperty() {
		Instant since = Instant.now();
		this.spans.in("work", () -> assertThat(jaeger.isRunning()).isTrue());
		URI query = URI.create("http://" + jaeger.getHost() + ":" + jaeger.getMappedPort(16686));
		Trace trace = JaegerServer.at(query, query, query)
			.awaitOnlyTrace("contained", since, (found) -> !found.spans().isEmpty());
		assertThat(trace.spans()).extracting(RecordedSpan::name).containsExactly("work");
	}

	/**
	 * A container whose ports are those of a process.
	 */
	private static final class ProcessContainer extends GenericContainer<ProcessContainer> {

		private final DockerImageName image;

		private JaegerServer server;

		ProcessContainer(DockerImageName image) {
			super(image);
			this.image = image;
		}

		@Override
		public String getDockerImageName() {
			return this.image.asCanonicalNameString();
		}

		@Override
		public void start() {
			try {
				this.server = JaegerServer.start(Files.createTempDirectory("jaeger"));
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public boolean isRunning() {
			return this.server != null;
		}

		@Override
		public String getHost() {
			return "127.0.0.1";
		}

		@Override
		public Integer getMappedPort(int port) {
			return switch (port) {
				case 4317 -> this.server.otlp("grpc").getPort();
				case 4318 -> this.server.otlp("http").getPort();
				case 16686 -> this.server.query().getPort();
				default -> throw new IllegalArgumentException("Port " + port + " is not exposed");
			};
		}

		@Override
		public void stop() {
			try {
				if (this.server != null) {
					this.server.close();
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
