package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.NatsServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.RabbitMqServer;
import io.kosmos.tracing.servers.Trace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hermes in one process tells Hephaestus in another over a real broker.
 */
class BrokerTests {

	private static final String WISH = """
			{"message": "Open a work order for pump P-101, priority 2: the bearing is hot", "session_id": "session-7"}""";

	@TempDir
	static Path directory;

	private static JaegerServer jaeger;

	private static Samples samples;

	private static SampleProcess gateway;

	@BeforeAll
	static void start() throws Exception {
		jaeger = JaegerServer.start(directory);
		samples = Samples.exportingTo(jaeger, "grpc", directory);
		gateway = samples.gateway();
	}

	@AfterAll
	static void stop() throws Exception {
		for (AutoCloseable server : new AutoCloseable[] { gateway, jaeger }) {
			if (server != null) {
				server.close();
			}
		}
	}

	@Test
	void shouldBeOneTraceOverNats() throws Exception {
		try (NatsServer nats = NatsServer.start(directory)) {
			String url = "--orchestrator.nats.url=" + nats.url();
			Trace trace = open(url, "--spring.profiles.active=nats");
			assertThat(trace.span(Samples.ORCHESTRATOR, "send work-orders").attributes())
				.containsEntry("messaging.system", "nats")
				.containsEntry("messaging.operation.type", "send")
				.containsEntry("messaging.destination.name", "work-orders");
			assertThat(trace.span(Samples.DISPATCHER, "process work-orders").attributes())
				.containsEntry("messaging.system", "nats")
				.containsEntry("messaging.operation.type", "process")
				.containsEntry("messaging.consumer.group.name", "dispatchers")
				.containsEntry("kosmos.conversation.id", "session-7");
		}
	}

	@Test
	void shouldBeOneTraceOverRabbitMq() throws Exception {
		try (RabbitMqServer rabbitMq = RabbitMqServer.start(directory)) {
			open("--spring.rabbitmq.addresses=" + rabbitMq.host() + ":" + rabbitMq.port(),
					"--spring.profiles.active=rabbitmq");
		}
	}

	private static Trace open(String broker, String profile) throws Exception {
		try (SampleProcess dispatcher = samples.dispatcher(broker, profile + ",dispatcher");
				SampleProcess orchestrator = samples.orchestrator(gateway.uri(""), broker, profile)) {
			Samples.Answer answer = Samples.orchestrate(orchestrator, WISH, Map.of());
			assertThat(answer.status()).isEqualTo(200);
			Trace trace = jaeger.awaitTrace(answer.traceId(),
					(found) -> found.spans()
						.stream()
						.anyMatch((span) -> span.service().equals(Samples.ORCHESTRATOR) && span.parentId().isEmpty())
							&& found.spans()
								.stream()
								.anyMatch((span) -> span.name().equals("invoke_agent hephaestus")
										&& span.service().equals(Samples.DISPATCHER)));
			assertThat(trace.services()).containsExactlyInAnyOrder(Samples.ORCHESTRATOR, Samples.GATEWAY,
					Samples.DISPATCHER);
			assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("");
			assertThat(trace.spans()).extracting(RecordedSpan::status).doesNotContain(Status.ERROR);
			System.out.println(trace.outline());
			return trace;
		}
	}

}
