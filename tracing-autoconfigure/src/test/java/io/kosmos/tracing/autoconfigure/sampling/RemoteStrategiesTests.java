package io.kosmos.tracing.autoconfigure.sampling;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Remote;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Remote.Protocol;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RemoteStrategiesTests {

	private static final String SHARE = """
			{"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}""";

	private static final String LIMITED = """
			{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5},"operationSampling":
			{"defaultSamplingProbability":0.001,"defaultLowerBoundTracesPerSecond":0.5,"perOperationStrategies":
			[{"operation":"op","probabilisticSampling":{"samplingRate":0.125}}],"defaultUpperBoundTracesPerSecond":0}}""";

	private final AtomicReference<String> answer = new AtomicReference<>(SHARE);

	private final Queue<String> asked = new ConcurrentLinkedQueue<>();

	private @Nullable HttpServer http;

	private @Nullable Server grpc;

	private @Nullable RemoteStrategies strategies;

	@AfterEach
	void stop() {
		if (this.strategies != null) {
			this.strategies.close();
		}
		if (this.http != null) {
			this.http.stop(0);
		}
		if (this.grpc != null) {
			this.grpc.shutdownNow();
		}
	}

	@Test
	void shouldFollowTheAnswersOfHttp() throws IOException {
		RemoteStrategies strategies = ask(Protocol.HTTP, serveHttp(0) + "/api/sampling?tenant=a",
				Map.of("X-Key", "secret"));
		awaitDescription(strategies, "probabilistic=0.25");
		assertThat(this.asked).contains("/api/sampling?tenant=a&service=orders%20%C3%A9 secret");
		assertThat(strategies.state()).doesNotContainKey("problem")
			.containsKeys("answered", "changed")
			.containsEntry("strategies", Map.of("type", "probabilistic", "param", 0.25));
		assertThat(strategies.state().get("endpoint")).asString().endsWith("/api/sampling");
		this.answer.set(LIMITED);
		awaitDescription(strategies, "ratelimiting=5.0, operations=1");
		assertThat(strategies.state().get("strategies")).hasToString("{type=ratelimiting, param=5.0, "
				+ "operations={op={type=probabilistic, param=0.125, lowerBound=0.5}}}");
	}

	@Test
	void shouldFollowTheAnswersOfGrpc() throws IOException {
		RemoteStrategies strategies = ask(Protocol.GRPC, serveGrpc(), Map.of("X-Key", "secret"));
		this.answer.set("1209" + "09000000000000d03f");
		awaitDescription(strategies, "probabilistic=0.25");
		assertThat(this.asked).contains("\n\torders \u00e9 secret");
		this.answer.set("0801" + "1a020805" + "221a" + "11000000000000e03f" + "1a0f" + "0a026f70" + "1209"
				+ "09000000000000c03f");
		awaitDescription(strategies, "ratelimiting=5.0, operations=1");
		assertThat(strategies.state().get("strategies")).hasToString("{type=ratelimiting, param=5.0, "
				+ "operations={op={type=probabilistic, param=0.125, lowerBound=0.5}}}");
	}

	@Test
	void shouldGoByTheOtherSamplerAndSayOneLineUntilThereIsAnAnswer(CapturedOutput output) throws IOException {
		int port = freePort();
		RemoteStrategies strategies = ask(Protocol.HTTP, "http://user:hidden@127.0.0.1:" + port, Map.of());
		Awaitility.await().until(() -> strategies.state().containsKey("problem"));
		assertThat(strategies.getDescription()).isEqualTo(Sampler.alwaysOff().getDescription());
		assertThat(strategies.state()).containsEntry("initial", "AlwaysOffSampler").doesNotContainKey("answered");
		serveHttp(port);
		awaitDescription(strategies, "0.25");
		assertThat(this.asked).contains("/api/sampling?service=orders%20%C3%A9 null");
		strategies.close();
		assertThat(lines(output)).satisfiesExactly(
				(down) -> assertThat(down).contains("WARN", "127.0.0.1:" + port, "sampling goes by AlwaysOffSampler"),
				(up) -> assertThat(up).contains("INFO", "answers again", "0.25"));
		assertThat(output).doesNotContain("Exception", "hidden", "\tat ");
	}

	@Test
	void shouldKeepTheLastStrategiesWhenJaegerIsGone(CapturedOutput output) throws IOException {
		RemoteStrategies strategies = ask(Protocol.HTTP, serveHttp(0), Map.of());
		awaitDescription(strategies, "0.25");
		this.answer.set("503");
		Awaitility.await().until(() -> strategies.state().containsKey("problem"));
		int questions = this.asked.size();
		Awaitility.await().until(() -> this.asked.size() > questions + 3);
		assertThat(strategies.getDescription()).contains("0.25");
		assertThat(strategies.state()).containsEntry("problem", "It answers with HTTP 503.");
		strategies.close();
		assertThat(lines(output)).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{"strategyType":0,"probabilisticSampling":{"samplingRate":1.25}} | $.probabilisticSampling.samplingRate is 1.25
					{"strategyType":2,"probabilisticSampling":{"samplingRate":0.5}} | strategyType is 2.0
					{"strategyType":"ADAPTIVE"} | strategyType is 'ADAPTIVE'
					{"strategyType":0} | the answer has no strategy
					{"rateLimitingSampling":{"maxTracesPerSecond":-1}} | $.rateLimitingSampling.maxTracesPerSecond is -1.0
					{"operationSampling":{"perOperationStrategies":[{"operation":"a"}]}} | $.operationSampling.perOperationStrategies[0].probabilisticSampling is missing
					<html> | line 1, column 1
					""")
	void shouldRefuseABadAnswerAsAWhole(String bad, String problem) throws IOException {
		RemoteStrategies strategies = ask(Protocol.HTTP, serveHttp(0), Map.of());
		awaitDescription(strategies, "0.25");
		this.answer.set(bad);
		Awaitility.await()
			.untilAsserted(() -> assertThat(strategies.state().get("problem")).asString()
				.contains("It does not give strategies", problem));
		assertThat(strategies.getDescription()).contains("0.25");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			UNIMPLEMENTED      | It answers with gRPC status 12.
			PERMISSION_DENIED  | It answers with gRPC status 7.
			ff                 | the answer is no message of protocol buffers.
			1209090000000000000840 | probabilisticSampling.samplingRate is 3.0
			120909000000000000f87f | probabilisticSampling.samplingRate is NaN
			''                 | the answer has no strategy
			""")
	void shouldRefuseABadAnswerOfGrpc(String bad, String problem) throws IOException {
		this.answer.set(bad);
		RemoteStrategies strategies = ask(Protocol.GRPC, serveGrpc(), Map.of());
		Awaitility.await()
			.untilAsserted(() -> assertThat(strategies.state().get("problem")).asString().contains(problem));
		assertThat(strategies.getDescription()).isEqualTo("AlwaysOffSampler");
	}

	@Test
	void shouldRefuseAHugeAnswer() throws IOException {
		this.answer.set(" ".repeat(SamplingClient.MAX_ANSWER) + SHARE);
		RemoteStrategies strategies = ask(Protocol.HTTP, serveHttp(0), Map.of());
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(strategies.state().get("problem")).asString().contains("more than 4194304 bytes"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP", "GRPC" })
	void shouldNotWaitForAServerThatDoesNotAnswer(Protocol protocol) throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			RemoteStrategies strategies = ask(protocol, "http://127.0.0.1:" + silent.getLocalPort(), Map.of(),
					Duration.ofMillis(500));
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(strategies.state().get("problem")).asString().contains("within 500 ms"));
		}
	}

	@Test
	void shouldSayThatTheProtocolIsAnother() throws IOException {
		RemoteStrategies strategies = ask(Protocol.HTTP, serveGrpc(), Map.of());
		Awaitility.await().until(() -> strategies.state().containsKey("problem"));
		assertThat(strategies.getDescription()).isEqualTo("AlwaysOffSampler");
		strategies.close();
		this.answer.set(SHARE);
		this.strategies = ask(Protocol.GRPC, serveHttp(0), Map.of());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.strategies.state().get("problem")).asString()
				.contains("check the URL and the protocol"));
		assertThat(this.strategies.getDescription()).isEqualTo("AlwaysOffSampler");
	}

	private RemoteStrategies ask(Protocol protocol, String endpoint, Map<String, String> headers) {
		return ask(protocol, endpoint, headers, Duration.ofSeconds(10));
	}

	private RemoteStrategies ask(Protocol protocol, String endpoint, Map<String, String> headers, Duration timeout) {
		this.strategies = new RemoteStrategies(new Remote(endpoint, protocol, Duration.ofMillis(50), timeout, headers),
				"orders \u00e9", Sampler.alwaysOff());
		return this.strategies;
	}

	private static void awaitDescription(RemoteStrategies strategies, String part) {
		Awaitility.await().untilAsserted(() -> assertThat(strategies.getDescription()).contains(part));
	}

	private static List<String> lines(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains("remote sampling")).toList();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private String serveHttp(int port) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
		server.createContext("/", (exchange) -> {
			this.asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Key"));
			String current = this.answer.get();
			byte[] body = current.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(current.equals("503") ? 503 : 200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
		this.http = server;
		return "http://127.0.0.1:" + server.getAddress().getPort();
	}

	private String serveGrpc() throws IOException {
		MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
			.setType(MethodDescriptor.MethodType.UNARY)
			.setFullMethodName("jaeger.api_v2.SamplingManager/GetSamplingStrategy")
			.setRequestMarshaller(new Bytes())
			.setResponseMarshaller(new Bytes())
			.build();
		AtomicReference<String> key = new AtomicReference<>();
		ServerServiceDefinition service = ServerServiceDefinition.builder("jaeger.api_v2.SamplingManager")
			.addMethod(method, ServerCalls.asyncUnaryCall((request, observer) -> {
				this.asked.add(new String(request, StandardCharsets.UTF_8) + " " + key.get());
				String current = this.answer.get();
				if (current.length() > 2 && Character.isUpperCase(current.charAt(0))) {
					observer.onError(Status.Code.valueOf(current).toStatus().asRuntimeException());
					return;
				}
				observer.onNext(current.startsWith("{") ? new byte[0] : HexFormat.of().parseHex(current));
				observer.onCompleted();
			}))
			.build();
		this.grpc = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(ServerInterceptors.intercept(service, new ServerInterceptor() {

				@Override
				public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
						ServerCallHandler<Q, A> next) {
					key.set(headers.get(Metadata.Key.of("x-key", Metadata.ASCII_STRING_MARSHALLER)));
					return next.startCall(call, headers);
				}

			}))
			.build()
			.start();
		return "http://127.0.0.1:" + this.grpc.getPort();
	}

	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			try {
				return stream.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
