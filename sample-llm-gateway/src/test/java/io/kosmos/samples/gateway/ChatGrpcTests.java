package io.kosmos.samples.gateway;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.kosmos.samples.chat.v1.ChatChunk;
import io.kosmos.samples.chat.v1.ChatGrpc;
import io.kosmos.samples.chat.v1.ChatRequest;
import io.kosmos.samples.chat.v1.ChatResponse;
import io.kosmos.samples.chat.v1.Message;
import io.kosmos.samples.chat.v1.Tool;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The gateway over gRPC, seen by a caller.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "gateway.embedded.chunk-delay=5ms")
@Import(RecordedSpans.class)
class ChatGrpcTests {

	@Autowired
	private GrpcServerLifecycle server;

	private ManagedChannel channel;

	private ChatGrpc.ChatBlockingStub gateway;

	@BeforeEach
	void connect() {
		RecordedSpans.reset();
		this.channel = NettyChannelBuilder.forAddress("localhost", this.server.getPort()).usePlaintext().build();
		this.gateway = ChatGrpc.newBlockingStub(this.channel);
	}

	@AfterEach
	void disconnect() {
		this.channel.shutdownNow();
	}

	@Test
	void shouldAnswerAndTellWhatItTook() {
		ChatResponse response = this.gateway.complete(question("kosmos-mini"));
		assertThat(response.getMessage().getContent()).contains("4000 operating hours");
		assertThat(response.getFinishReason()).isEqualTo("stop");
		assertThat(response.getUsage().getPromptTokens()).isPositive();
		assertThat(response.getUsage().getTotalTokens())
			.isEqualTo(response.getUsage().getPromptTokens() + response.getUsage().getCompletionTokens());
		List<SpanData> spans = RecordedSpans.await(2);
		assertThat(spans).extracting(SpanData::getName)
			.containsExactly("chat kosmos-mini", "kosmos.chat.v1.Chat/Complete");
		assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
		assertThat(spans.get(0).getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS))
			.isEqualTo(response.getUsage().getTotalTokens());
	}

	@Test
	void shouldStreamTheSameAnswer() {
		List<ChatChunk> chunks = new ArrayList<>();
		this.gateway.stream(question("kosmos-mini")).forEachRemaining(chunks::add);
		assertThat(chunks).hasSizeGreaterThan(3).last().matches(ChatChunk::hasUsage);
		assertThat(String.join("", chunks.stream().map(ChatChunk::getText).toList()))
			.isEqualTo(this.gateway.complete(question("kosmos-mini")).getMessage().getContent());
		assertThat(RecordedSpans.await(2).get(0).getAttributes().get(KosmosAttributes.LLM_STREAMING)).isTrue();
	}

	@Test
	void shouldCallTheToolThatFits() {
		ChatResponse response = this.gateway.complete(ChatRequest.newBuilder()
			.setModel("kosmos-mini")
			.addMessages(Message.newBuilder().setRole("user").setContent("What is the weather in Berlin?"))
			.addTools(Tool.newBuilder().setName("get_weather").setDescription("The weather in a city").setParameters("""
					{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}"""))
			.build());
		assertThat(response.getFinishReason()).isEqualTo("tool_calls");
		assertThat(response.getMessage().hasContent()).isFalse();
		assertThat(response.getMessage().getToolCallsList()).singleElement().satisfies((call) -> {
			assertThat(call.getName()).isEqualTo("get_weather");
			assertThat(call.getArguments()).contains("Berlin");
			assertThat(call.getId()).isNotEmpty();
		});
	}

	@Test
	void shouldTellErrorsByTheirStatus() {
		assertFails(question("gpt-0"), Status.Code.NOT_FOUND, "The model 'gpt-0' does not exist");
		assertFails(ChatRequest.newBuilder().setModel("kosmos-mini").build(), Status.Code.INVALID_ARGUMENT,
				"messages must hold at least one message");
		assertFails(
				question("kosmos-mini").toBuilder().addTools(Tool.newBuilder().setName("x").setParameters("{")).build(),
				Status.Code.INVALID_ARGUMENT, "tools.parameters must be a JSON object");
	}

	@Test
	void shouldCancelTheModelWhenTheCallerLeaves() {
		Context.CancellableContext caller = Context.current().withCancellation();
		caller.run(() -> this.gateway.stream(question("atlas-large")).next());
		caller.cancel(null);
		Awaitility.await()
			.untilAsserted(() -> assertThat(RecordedSpans.await(2)).extracting(SpanData::getName)
				.contains("chat atlas-large", "kosmos.chat.v1.Chat/Stream"));
		assertThat(RecordedSpans.await(2)).allSatisfy((span) -> {
			assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
			assertThat(span.getAttributes().get(KosmosAttributes.CANCELLED)).isTrue();
		});
	}

	@Test
	void shouldTellItsHealthWithoutASpan() {
		assertThat(HealthGrpc.newBlockingStub(this.channel).check(HealthCheckRequest.getDefaultInstance()).getStatus())
			.isEqualTo(ServingStatus.SERVING);
		this.gateway.complete(question("kosmos-mini"));
		assertThat(RecordedSpans.await(2)).noneMatch((span) -> span.getName().startsWith("grpc.health"));
	}

	private void assertFails(ChatRequest request, Status.Code code, String message) {
		RecordedSpans.reset();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.gateway.complete(request))
			.satisfies((ex) -> assertThat(ex.getStatus()).extracting(Status::getCode, Status::getDescription)
				.containsExactly(code, message));
		assertThat(RecordedSpans.await(1).get(0).getAttributes().get(stringKey("rpc.response.status_code")))
			.isEqualTo(code.name());
	}

	private static ChatRequest question(String model) {
		return ChatRequest.newBuilder()
			.setModel(model)
			.addMessages(Message.newBuilder()
				.setRole("user")
				.setContent("When should I change the oil of a screw compressor?"))
			.build();
	}

}
