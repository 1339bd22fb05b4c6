package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kosmos.samples.chat.v1.ChatChunk;
import io.kosmos.samples.chat.v1.ChatGrpc;
import io.kosmos.samples.chat.v1.ChatRequest;
import io.kosmos.samples.chat.v1.ChatResponse;
import io.kosmos.samples.chat.v1.Message;
import io.kosmos.samples.chat.v1.Usage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orchestrator.gateway.protocol=grpc", "spring.grpc.client.channel.gateway.default.deadline=2s" })
class GrpcGatewayTests {

	private static final Usage USAGE = Usage.newBuilder()
		.setPromptTokens(17)
		.setCompletionTokens(4)
		.setTotalTokens(21)
		.build();

	private static final Models models = new Models();

	private static Server server;

	@DynamicPropertySource
	static void gateway(DynamicPropertyRegistry registry) throws IOException {
		server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(models)
			.build()
			.start();
		registry.add("spring.grpc.client.channel.gateway.target", () -> "static://127.0.0.1:" + server.getPort());
	}

	@AfterAll
	static void stop() {
		server.shutdownNow();
	}

	@Test
	void shouldAnswerWithWhatItTook(@LocalServerPort int port) {
		models.answer = (answer) -> {
			answer.onNext(ChatResponse.newBuilder()
				.setMessage(Message.newBuilder().setRole("assistant").setContent("Forty-two."))
				.setUsage(USAGE)
				.build());
			answer.onCompleted();
		};
		ask(port).expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.answer")
			.isEqualTo("Forty-two.")
			.jsonPath("$.usage.total_tokens")
			.isEqualTo(21);
	}

	@ParameterizedTest
	@CsvSource({ "NOT_FOUND, 422, The gateway does not know this model", "INTERNAL, 502, The gateway failed",
			"UNAVAILABLE, 503, The gateway cannot be reached",
			"DEADLINE_EXCEEDED, 504, The gateway did not answer in time" })
	void shouldTellFailuresAsOverHttp(Status.Code code, int status, String detail, @LocalServerPort int port) {
		models.answer = (answer) -> answer.onError(code.toStatus().asRuntimeException());
		ask(port).expectStatus().isEqualTo(status).expectBody().jsonPath("$.detail").isEqualTo(detail);
	}

	@Test
	void whenTheGatewayIsSlowShouldAnswer504(@LocalServerPort int port) {
		models.answer = (answer) -> {
		};
		ask(port).expectStatus().isEqualTo(504);
	}

	@Test
	void whenTheListenerFailsShouldEndTheStream(@Autowired Gateway gateway) throws InterruptedException {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> gateway.stream(Chat.Request.streamed("kosmos-mini", List.of()), (text) -> {
				throw new IllegalStateException("Nobody listens");
			}));
		assertThat(models.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
	}

	private static RestTestClient.ResponseSpec ask(int port) {
		return RestTestClient.bindToServer()
			.baseUrl("http://localhost:" + port)
			.build()
			.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"Good morning!\"}")
			.exchange();
	}

	private static final class Models extends ChatGrpc.ChatImplBase {

		private final CountDownLatch cancelled = new CountDownLatch(1);

		private volatile Consumer<StreamObserver<ChatResponse>> answer = (answer) -> {
		};

		@Override
		public void complete(ChatRequest request, StreamObserver<ChatResponse> answer) {
			this.answer.accept(answer);
		}

		@Override
		public void stream(ChatRequest request, StreamObserver<ChatChunk> answer) {
			((ServerCallStreamObserver<ChatChunk>) answer).setOnCancelHandler(this.cancelled::countDown);
			answer.onNext(ChatChunk.newBuilder().setText("Forty").build());
		}

	}

}
