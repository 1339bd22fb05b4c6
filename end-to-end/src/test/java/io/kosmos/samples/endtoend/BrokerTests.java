package io.kosmos.samples.endtoend;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.NatsServer;
import io.kosmos.tracing.servers.RabbitMqServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
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
			Trace trace = open("nats", url);
			assertThat(trace.span(Samples.ORCHESTRATOR, "send work-orders").attributes())
				.containsEntry("messaging.destination.name", "work-orders");
			assertThat(trace.span(Samples.DISPATCHER, "process work-orders").attributes())
				.containsEntry("messaging.consumer.group.name", "dispatchers")
				.containsEntry("kosmos.conversation.id", "session-7");
		}
	}

	@Test
	void shouldBeOneTraceOverRabbitMq() throws Exception {
		try (RabbitMqServer rabbitMq = RabbitMqServer.start(directory)) {
			open("rabbitmq", "--spring.rabbitmq.addresses=" + rabbitMq.host() + ":" + rabbitMq.port());
		}
	}

	private static Trace open(String system, String broker) throws Exception {
		String profile = "--spring.profiles.active=" + system;
		try (SampleProcess dispatcher = samples.dispatcher(broker, profile + ",dispatcher");
				SampleProcess orchestrator = samples.orchestrator(gateway.uri(""), broker, profile)) {
			Samples.Answer answer = Samples.orchestrate(orchestrator, WISH, Map.of());
			assertThat(answer.status()).isEqualTo(200);
			Trace trace = Samples.awaitTrace(jaeger, answer, """
					orchestrator SERVER http post /api/v1/orchestrate
					  orchestrator INTERNAL invoke_agent zeus
					    orchestrator INTERNAL invoke_agent hermes
					      orchestrator CLIENT SELECT asset
					      orchestrator CLIENT http post
					        llm-gateway SERVER http post /v1/chat/completions
					          llm-gateway CLIENT chat atlas-large
					      orchestrator CLIENT http post
					        llm-gateway SERVER http post /v1/chat/completions
					          llm-gateway CLIENT chat atlas-large
					      orchestrator INTERNAL execute_tool cmms.create_workorder
					        orchestrator CLIENT INSERT work_order
					      orchestrator PRODUCER send work-orders
					        dispatcher CONSUMER process work-orders
					          dispatcher INTERNAL invoke_agent hephaestus
					""");
			for (RecordedSpan span : List.of(trace.span(Samples.ORCHESTRATOR, "send work-orders"),
					trace.span(Samples.DISPATCHER, "process work-orders"))) {
				assertThat(span.attributes()).containsEntry("messaging.system", system)
					.containsEntry("messaging.operation.type", span.name().split(" ")[0]);
			}
			assertThat(trace.roots()).singleElement().extracting(RecordedSpan::parentId).isEqualTo("");
			assertThat(trace.spans()).extracting(RecordedSpan::status).doesNotContain(Status.ERROR);
			return trace;
		}
	}

}
