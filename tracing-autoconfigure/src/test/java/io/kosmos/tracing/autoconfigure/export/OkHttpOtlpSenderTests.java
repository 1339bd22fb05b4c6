package io.kosmos.tracing.autoconfigure.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * {@link OkHttpOtlpSender} against real servers of HTTP and gRPC.
 */
class OkHttpOtlpSenderTests {

	private static final String PASSWORD = "password";

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (int i = this.open.size(); i > 0; i--) {
			this.open.get(i - 1).close();
		}
	}

	@ParameterizedTest
	@EnumSource(Compression.class)
	void shouldSendMessagesAsOneOverHttp(Compression compression) throws Exception {
		OtlpReceiver receiver = opened(new OtlpReceiver(null));
		OkHttpOtlpSender sender = sender("http://localhost:" + receiver.port() + "/v1/traces", Protocol.HTTP,
				compression, LONG, null, Map.of("api-key", "own"));
		Answer answer = sender.send(List.of(message("one"), message("two"), message("x".repeat(100_000))));
		assertThat(answer).isEqualTo(new Answer(Outcome.ACCEPTED, 0, null, "accepted"));
		OtlpReceiver.Request request = receiver.requests().get(0);
		assertThat(request.uri()).isEqualTo("/v1/traces");
		assertThat(request.spans().map(Span::getName)).containsExactly("one", "two", "x".repeat(100_000));
		assertThat(request.header("Content-type")).isEqualTo("application/x-protobuf");
		assertThat(request.header("Content-encoding")).isEqualTo((compression == Compression.GZIP) ? "gzip" : null);
		assertThat(request.header("Api-key")).isEqualTo("own");
		assertThat(request.header("User-agent")).matches("kosmos-tracing/\\S+ OTel-OTLP-Exporter-Java/\\S+");
	}

	@ParameterizedTest
	@EnumSource(Compression.class)
	void shouldSendMessagesAsOneOverGrpc(Compression compression) throws Exception {
		GrpcReceiver receiver = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		OkHttpOtlpSender sender = sender("http://localhost:" + receiver.port(), Protocol.GRPC, compression, LONG, null,
				Map.of("api-key", "own"));
		Answer answer = sender.send(List.of(message("one"), message("two"), message("x".repeat(100_000))));
		assertThat(answer).isEqualTo(new Answer(Outcome.ACCEPTED, 0, null, "accepted"));
		assertThat(receiver.names()).containsExactly("one", "two", "x".repeat(100_000));
		assertThat(receiver.metadata.get(0).get(key("api-key"))).isEqualTo("own");
		assertThat(receiver.metadata.get(0).get(key("grpc-encoding")))
			.isEqualTo((compression == Compression.GZIP) ? "gzip" : null);
		assertThat(receiver.metadata.get(0).get(key("user-agent"))).startsWith("kosmos-tracing/");
	}

	@Test
	void shouldSayWhatWasRejected() throws Exception {
		ExportTraceServiceResponse response = ExportTraceServiceResponse.newBuilder()
			.setPartialSuccess(
					ExportTracePartialSuccess.newBuilder().setRejectedSpans(3).setErrorMessage("too old\nby far"))
			.build();
		Answer expected = new Answer(Outcome.ACCEPTED, 3, null, "The receiver rejected 3 spans (too old by far)");
		assertThat(http((exchange) -> answer(exchange, 200, response.toByteArray())).send(one())).isEqualTo(expected);
		GrpcReceiver receiver = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		receiver.response = response;
		assertThat(grpc(receiver).send(one())).isEqualTo(expected);
	}

	@Test
	void shouldNotFollowARedirectWithItsKeys() throws Exception {
		List<String> other = new CopyOnWriteArrayList<>();
		HttpServer elsewhere = httpServer((exchange) -> {
			other.add(exchange.getRequestMethod());
			answer(exchange, 200, new byte[0]);
		});
		Answer answer = http((exchange) -> {
			exchange.getResponseHeaders()
				.add("Location", "http://user:secret@localhost:" + elsewhere.getAddress().getPort() + "/?key=secret");
			answer(exchange, 307, new byte[0]);
		}).send(one());
		assertThat(answer.outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(answer.reason()).contains("307", "localhost", "redirects are not followed").doesNotContain("secret");
		assertThat(other).isEmpty();
	}

	@Test
	void shouldNotRepeatWhatTheReceiverMayHaveRead() throws Exception {
		List<Integer> requests = new CopyOnWriteArrayList<>();
		ServerSocket server = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		serve(server, (socket) -> {
			while (readRequest(socket.getInputStream())) {
				requests.add(1);
				if (requests.size() == 2) {
					return;
				}
				respond(socket, "503 Service Unavailable\r\nRetry-After: 0");
			}
		});
		OkHttpOtlpSender sender = sender(url(server), Protocol.HTTP, Compression.NONE, LONG, null, Map.of());
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(requests).hasSize(1);
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(requests).hasSize(2);
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(requests).hasSize(3);
	}

	@Test
	void shouldNotMeetAConnectionThatWasClosedMeanwhile() throws Exception {
		GrpcReceiver first = new GrpcReceiver(InsecureServerCredentials.create());
		OkHttpOtlpSender sender = grpc(first);
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.ACCEPTED);
		int port = first.port();
		first.close();
		GrpcReceiver second = opened(new GrpcReceiver(InsecureServerCredentials.create(), port));
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.ACCEPTED);
		assertThat(second.names()).containsExactly("one");
	}

	@Test
	void shouldTryAllAddressesOfAHost() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		server.createContext("/", (exchange) -> answer(exchange, 200, new byte[0]));
		server.start();
		this.open.add(() -> server.stop(0));
		assertThat(sender("http://localhost:" + server.getAddress().getPort(), Protocol.HTTP).send(one()).outcome())
			.isEqualTo(Outcome.ACCEPTED);
	}

	@Test
	void shouldTakeTheWordOfAReceiverThatTalksNonsense() throws Exception {
		assertThat(http((exchange) -> answer(exchange, 200, "<html>".getBytes(StandardCharsets.UTF_8))).send(one()))
			.isEqualTo(new Answer(Outcome.ACCEPTED, 0, null, "accepted"));
		assertThat(http((exchange) -> answer(exchange, 200, new byte[1_000_000])).send(one()).outcome())
			.isEqualTo(Outcome.ACCEPTED);
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldSayThatNothingAnswers(Protocol protocol) throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		Answer answer = sender("http://user:secret@localhost:" + port + "/?token=hidden", protocol).send(one());
		assertThat(answer.outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(answer.reason()).contains("localhost").contains("refused").doesNotContain("secret", "hidden");
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldGiveUpAfterTheTimeout(Protocol protocol) throws Exception {
		ServerSocket silent = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		OkHttpOtlpSender sender = sender(url(silent), protocol, Compression.NONE, Duration.ofMillis(300), null,
				Map.of());
		assertThat(sender.send(one()))
			.isEqualTo(new Answer(Outcome.UNAVAILABLE, 0, null, "There was no answer within 300 ms."));
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldGiveUpWhenClosed(Protocol protocol) throws Exception {
		ServerSocket silent = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		OkHttpOtlpSender sender = sender(url(silent), protocol);
		CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> sender.send(one()));
		silent.accept();
		sender.close();
		assertThat(answer.get(5, TimeUnit.SECONDS))
			.isEqualTo(new Answer(Outcome.UNAVAILABLE, 0, null, "The application ends."));
		assertThat(sender.send(one()).reason()).isEqualTo("The application ends.");
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldKeepTheInterruptOfItsThread(Protocol protocol) throws Exception {
		ServerSocket silent = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		OkHttpOtlpSender sender = sender(url(silent), protocol, Compression.NONE, SECOND, null, Map.of());
		Thread.currentThread().interrupt();
		Answer answer = sender.send(one());
		assertThat(Thread.interrupted()).isTrue();
		assertThat(answer).isEqualTo(new Answer(Outcome.UNAVAILABLE, 0, null, "The thread was interrupted."));
		CompletableFuture<Answer> during = new CompletableFuture<>();
		Thread thread = new Thread(() -> during.complete(sender.send(one())));
		thread.start();
		silent.accept();
		thread.interrupt();
		assertThat(during.get(10, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNAVAILABLE);
	}

	@Test
	void shouldSayWhichProtocolIsWrong() throws Exception {
		GrpcReceiver grpc = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		OtlpReceiver http = opened(new OtlpReceiver(null));
		for (OtlpSender sender : List.of(sender("http://localhost:" + grpc.port() + "/v1/traces", Protocol.HTTP),
				sender("http://localhost:" + http.port(), Protocol.GRPC, Compression.NONE, SECOND, null, Map.of()))) {
			// Now and then the server is gone before it was understood.
			Awaitility.await().untilAsserted(() -> {
				Answer answer = sender.send(one());
				assertThat(answer.outcome()).isEqualTo(Outcome.UNAVAILABLE);
				assertThat(answer.reason()).contains("check the URL and the protocol");
			});
		}
	}

	@Test
	void shouldSayThatARequestIsTooLarge() throws Exception {
		GrpcReceiver receiver = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		Answer answer = grpc(receiver).send(List.of(message("x".repeat(5_000_000))));
		assertThat(answer.outcome()).as(answer.reason()).isEqualTo(Outcome.TOO_LARGE);
		assertThat(answer.reason()).contains("RESOURCE_EXHAUSTED", "exceeds maximum size");
	}

	@Test
	void shouldReadThatARequestIsTooLargeBeforeItIsSent() throws Exception {
		ServerSocket server = opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
		serve(server, (socket) -> {
			socket.getInputStream().readNBytes(1000);
			respond(socket, "413 Content Too Large");
		});
		assertThat(sender(url(server), Protocol.HTTP).send(List.of(message("x".repeat(20_000_000)))))
			.isEqualTo(new Answer(Outcome.TOO_LARGE, 0, null, "HTTP 413"));
	}

	@Test
	void shouldReadTheStatusOfGrpc() throws Exception {
		GrpcReceiver receiver = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		OkHttpOtlpSender sender = grpc(receiver);
		receiver.failure = Status.INVALID_ARGUMENT.withDescription("no \u00e4, 100 %");
		assertThat(sender.send(one()))
			.isEqualTo(new Answer(Outcome.REFUSED, 0, null, "gRPC INVALID_ARGUMENT (no \u00e4, 100 %)"));
		receiver.failure = Status.UNIMPLEMENTED;
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		receiver.failure = Status.RESOURCE_EXHAUSTED.withDescription("slow down");
		Metadata details = new Metadata();
		details.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
				com.google.rpc.Status.newBuilder()
					.addDetails(com.google.protobuf.Any.pack(com.google.rpc.RetryInfo.newBuilder()
						.setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(7))
						.build()))
					.build()
					.toByteArray());
		receiver.trailers = details;
		assertThat(sender.send(one())).isEqualTo(
				new Answer(Outcome.UNAVAILABLE, 0, Duration.ofSeconds(7), "gRPC RESOURCE_EXHAUSTED (slow down)"));
	}

	@Test
	void shouldAuthenticateByTheUserOfTheUrl() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		HttpServer server = httpServer((exchange) -> {
			seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
			answer(exchange, 200, new byte[0]);
		});
		sender("http://me:secret@localhost:" + server.getAddress().getPort() + "/v1/traces", Protocol.HTTP).send(one());
		assertThat(seen).containsExactly(
				"Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8)));
	}

	@Test
	void shouldStrikeOutSecretsThatTheReceiverRepeats() throws Exception {
		OkHttpOtlpSender sender = sender("http://localhost:" + httpServer((exchange) -> answer(exchange, 403,
				com.google.rpc.Status.newBuilder().setMessage("Key s3cr3t of h1dd3n is unknown").build().toByteArray()))
			.getAddress()
			.getPort() + "/v1/traces?account=h1dd3n", Protocol.HTTP, Compression.NONE, LONG, null,
				Map.of("Authorization", "Bearer s3cr3t"));
		assertThat(sender.send(one()).reason()).isEqualTo(
				"HTTP 403 (Key *** of *** is unknown): check the headers that identify the sender. The spans are held until then.");
	}

	@Test
	void shouldStrikeOutWhatItMakesOfTheUrl() throws Exception {
		HttpServer server = httpServer((exchange) -> answer(exchange, 500,
				com.google.rpc.Status.newBuilder()
					.setMessage("'" + exchange.getRequestHeaders().getFirst("Authorization") + "' with '"
							+ exchange.getRequestURI().getQuery() + "'")
					.build()
					.toByteArray()));
		String url = "http://me:s3cr3t@localhost:" + server.getAddress().getPort() + "/v1/traces?t0k3n";
		assertThat(sender(url, Protocol.HTTP).send(one()).reason()).isEqualTo("HTTP 500 ('***' with '***')");
	}

	@Test
	void shouldRefuseHeadersWithoutRepeatingThem() {
		for (String value : List.of("s3cr3t\nX: y", "s3cr3t\u00fc", "s3cr3t\u0000", "s3cr3t\r")) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> sender("http://localhost:1", Protocol.HTTP, Compression.NONE, LONG, null,
						Map.of("api-key", value)))
				.withMessageContaining("api-key")
				.withNoCause()
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> sender("http://localhost:1", Protocol.GRPC, Compression.NONE, LONG, null,
					Map.of("api key=s3cr3t", "x")))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
		assertThatIllegalArgumentException().isThrownBy(() -> sender("http://user:s3cr3t@:1", Protocol.HTTP))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("s3cr3t"));
	}

	@Test
	void shouldNotWaitForAcknowledgements() throws Exception {
		OkHttpOtlpSender sender = sender("http://localhost:1", Protocol.HTTP);
		try (Socket socket = sender.client().socketFactory().createSocket()) {
			assertThat(socket.getTcpNoDelay()).isTrue();
		}
	}

	@Test
	void shouldLeaveNoThreadThatHoldsTheProcess() throws Exception {
		GrpcReceiver receiver = opened(new GrpcReceiver(InsecureServerCredentials.create()));
		grpc(receiver).send(one());
		assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> thread.getName().contains("OkHttp") || thread.getName().contains("Okio"))
			.isNotEmpty()
			.allMatch(Thread::isDaemon);
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldTrustTheBundleAndFollowItsRotation(Protocol protocol, @TempDir Path directory) throws Exception {
		Keys first = Keys.create(directory, "first");
		Keys second = Keys.create(directory, "second");
		Receiver receiver = tlsReceiver(protocol, first, null);
		OkHttpOtlpSender sender = sender("https://localhost:" + receiver.port(), protocol, Compression.NONE, LONG,
				bundle(null, second), Map.of());
		Answer untrusted = sender.send(one());
		assertThat(untrusted.outcome()).isEqualTo(Outcome.UNAVAILABLE);
		assertThat(untrusted.reason()).contains("PKIX");
		sender.useSslBundle(bundle(null, first));
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.ACCEPTED);
		sender.useSslBundle(bundle(null, second));
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		Receiver rotated = tlsReceiver(protocol, second, null);
		assertThat(sender("https://localhost:" + rotated.port(), protocol, Compression.NONE, LONG, bundle(null, second),
				Map.of())
			.send(one())
			.outcome()).isEqualTo(Outcome.ACCEPTED);
		assertThat(receiver.names()).containsExactly("one");
	}

	@ParameterizedTest
	@EnumSource(Protocol.class)
	void shouldIdentifyItselfByTheKeyOfTheBundle(Protocol protocol, @TempDir Path directory) throws Exception {
		Keys server = Keys.create(directory, "server");
		Keys client = Keys.create(directory, "client");
		Receiver receiver = tlsReceiver(protocol, server, client);
		OkHttpOtlpSender sender = sender("https://localhost:" + receiver.port(), protocol, Compression.NONE, LONG,
				bundle(null, server), Map.of());
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
		sender.useSslBundle(bundle(client, server));
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.ACCEPTED);
		assertThat(receiver.names()).containsExactly("one");
	}

	@Test
	void shouldLetCallsUnderWayEndWhenTheBundleChanges(@TempDir Path directory) throws Exception {
		Keys first = Keys.create(directory, "first");
		Keys second = Keys.create(directory, "second");
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch mayAnswer = new CountDownLatch(1);
		HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(first.serverContext(null)));
		server.createContext("/", (exchange) -> {
			arrived.countDown();
			await(mayAnswer);
			answer(exchange, 200, new byte[0]);
		});
		server.start();
		this.open.add(() -> server.stop(0));
		OkHttpOtlpSender sender = sender("https://localhost:" + server.getAddress().getPort(), Protocol.HTTP,
				Compression.NONE, LONG, bundle(null, first), Map.of());
		CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> sender.send(one()));
		await(arrived);
		sender.useSslBundle(bundle(null, second));
		mayAnswer.countDown();
		assertThat(answer.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.ACCEPTED);
		assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.UNAVAILABLE);
	}

	@Test
	void shouldSpeakTheVersionsOfTlsThatTheBundleSays(@TempDir Path directory) throws Exception {
		Keys keys = Keys.create(directory, "server");
		Receiver receiver = tlsReceiver(Protocol.HTTP, keys, null);
		for (String version : List.of("TLSv1.2", "TLSv1.3")) {
			SslBundle bundle = SslBundle.of(keys.trust(), SslBundleKey.NONE,
					SslOptions.of(null, new String[] { version }));
			OkHttpOtlpSender sender = sender("https://localhost:" + receiver.port(), Protocol.HTTP, Compression.NONE,
					LONG, bundle, Map.of());
			assertThat(sender.send(one()).outcome()).isEqualTo(Outcome.ACCEPTED);
			assertThat(sender.client().connectionSpecs().get(0).tlsVersions()).extracting("javaName")
				.containsExactly(version);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	private static String url(ServerSocket server) {
		return "http://localhost:" + server.getLocalPort();
	}

	private <T extends AutoCloseable> T opened(T closeable) {
		this.open.add(closeable);
		return closeable;
	}

	private static List<byte[]> one() {
		return List.of(message("one"));
	}

	private static byte[] message(String name) {
		return ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.addScopeSpans(ScopeSpans.newBuilder().addSpans(Span.newBuilder().setName(name))))
			.build()
			.toByteArray();
	}

	private OkHttpOtlpSender http(HttpHandler handler) throws IOException {
		return sender("http://localhost:" + httpServer(handler).getAddress().getPort() + "/v1/traces", Protocol.HTTP);
	}

	private OkHttpOtlpSender grpc(Receiver receiver) {
		return sender("http://localhost:" + receiver.port(), Protocol.GRPC);
	}

	private OkHttpOtlpSender sender(String url, Protocol protocol) {
		return sender(url, protocol, Compression.NONE, LONG, null, Map.of());
	}

	private OkHttpOtlpSender sender(String url, Protocol protocol, Compression compression, Duration timeout,
			@Nullable SslBundle bundle, Map<String, String> headers) {
		return opened(new OkHttpOtlpSender(new DestinationSettings("default", url, protocol, headers, compression,
				timeout, LONG, bundle, null, new DestinationSettings.Batch(1, 1, 1, 1, SECOND), null)));
	}

	private HttpServer httpServer(HttpHandler handler) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			handler.handle(exchange);
		});
		server.start();
		this.open.add(() -> server.stop(0));
		return server;
	}

	private static void answer(HttpExchange exchange, int code, byte[] body) throws IOException {
		exchange.sendResponseHeaders(code, (body.length > 0) ? body.length : -1);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(body);
		}
	}

	private static void serve(ServerSocket server, Connection connection) {
		Thread thread = new Thread(() -> {
			while (!server.isClosed()) {
				try (Socket socket = server.accept()) {
					connection.serve(socket);
				}
				catch (IOException ex) {
					// The next connection, or the end of the test.
				}
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	private static boolean readRequest(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				return false;
			}
			head.write(next);
		}
		String length = head.toString(StandardCharsets.ISO_8859_1).replaceAll("(?s).*Content-Length: (\\d+).*", "$1");
		in.readNBytes(Integer.parseInt(length));
		return true;
	}

	private static void respond(Socket socket, String status) throws IOException {
		socket.getOutputStream()
			.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
	}

	private Receiver tlsReceiver(Protocol protocol, Keys keys, @Nullable Keys client) throws Exception {
		return opened((protocol == Protocol.GRPC) ? new GrpcReceiver(keys.serverCredentials(client))
				: new HttpsReceiver(keys.serverContext(client), client != null));
	}

	private static SslBundle bundle(@Nullable Keys own, Keys trusted) {
		return SslBundle.of(SslStoreBundle.of((own != null) ? own.keys() : null, PASSWORD, trusted.trusted()));
	}

	private interface Connection {

		void serve(Socket socket) throws IOException;

	}

	private interface Receiver extends AutoCloseable {

		int port();

		List<String> names();

	}

	/**
	 * A receiver of OTLP over gRPC.
	 */
	private static final class GrpcReceiver extends TraceServiceGrpc.TraceServiceImplBase
			implements Receiver, ServerInterceptor {

		private final Server server;

		private final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();

		private final List<Metadata> metadata = new CopyOnWriteArrayList<>();

		private volatile ExportTraceServiceResponse response = ExportTraceServiceResponse.getDefaultInstance();

		private volatile @Nullable Status failure;

		private volatile Metadata trailers = new Metadata();

		private GrpcReceiver(ServerCredentials credentials) throws IOException {
			this(credentials, 0);
		}

		private GrpcReceiver(ServerCredentials credentials, int port) throws IOException {
			this.server = Grpc.newServerBuilderForPort(port, credentials).addService(this).intercept(this).build();
			this.server.start();
		}

		@Override
		public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
			this.requests.add(request);
			Status status = this.failure;
			if (status != null) {
				observer.onError(status.asRuntimeException(this.trailers));
				return;
			}
			observer.onNext(this.response);
			observer.onCompleted();
		}

		@Override
		public <I, O> ServerCall.Listener<I> interceptCall(ServerCall<I, O> call, Metadata headers,
				ServerCallHandler<I, O> next) {
			this.metadata.add(headers);
			return next.startCall(call, headers);
		}

		@Override
		public int port() {
			return this.server.getPort();
		}

		@Override
		public List<String> names() {
			return this.requests.stream()
				.flatMap((request) -> request.getResourceSpansList().stream())
				.map((resource) -> resource.getScopeSpans(0).getSpans(0).getName())
				.toList();
		}

		@Override
		public void close() {
			try {
				this.server.shutdownNow().awaitTermination();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * A receiver of OTLP over HTTPS.
	 */
	private static final class HttpsReceiver implements Receiver {

		private final HttpsServer server;

		private final List<String> names = new CopyOnWriteArrayList<>();

		private HttpsReceiver(SSLContext context, boolean wantsClient) throws IOException {
			this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.server.setHttpsConfigurator(new HttpsConfigurator(context) {
				@Override
				public void configure(HttpsParameters parameters) {
					SSLParameters ssl = context.getDefaultSSLParameters();
					ssl.setNeedClientAuth(wantsClient);
					parameters.setSSLParameters(ssl);
				}
			});
			this.server.createContext("/", (exchange) -> {
				byte[] body = exchange.getRequestBody().readAllBytes();
				this.names.add(ExportTraceServiceRequest.parseFrom(body)
					.getResourceSpans(0)
					.getScopeSpans(0)
					.getSpans(0)
					.getName());
				answer(exchange, 200, new byte[0]);
			});
			this.server.start();
		}

		@Override
		public int port() {
			return this.server.getAddress().getPort();
		}

		@Override
		public List<String> names() {
			return this.names;
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

	/**
	 * A key with a certificate for localhost, and a store that trusts it.
	 */
	private record Keys(KeyStore keys, KeyStore trusted) {

		static Keys create(Path directory, String name) throws Exception {
			Path file = directory.resolve(name + ".p12");
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-alias", "key", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
					"san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", file.toString(),
					"-storepass", PASSWORD)
				.redirectErrorStream(true)
				.start();
			assertThat(process.waitFor()).as(new String(process.getInputStream().readAllBytes())).isZero();
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream in = Files.newInputStream(file)) {
				keys.load(in, PASSWORD.toCharArray());
			}
			KeyStore trusted = KeyStore.getInstance("PKCS12");
			trusted.load(null, null);
			trusted.setCertificateEntry("key", keys.getCertificate("key"));
			return new Keys(keys, trusted);
		}

		SslStoreBundle trust() {
			return SslStoreBundle.of(null, null, this.trusted);
		}

		private KeyManagerFactory keyManagers() throws Exception {
			KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			managers.init(this.keys, PASSWORD.toCharArray());
			return managers;
		}

		private TrustManagerFactory trustManagers() throws Exception {
			TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			managers.init(this.trusted);
			return managers;
		}

		SSLContext serverContext(@Nullable Keys client) throws Exception {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers().getKeyManagers(),
					(client != null) ? client.trustManagers().getTrustManagers() : null, null);
			return context;
		}

		ServerCredentials serverCredentials(@Nullable Keys client) throws Exception {
			TlsServerCredentials.Builder credentials = TlsServerCredentials.newBuilder()
				.keyManager(keyManagers().getKeyManagers());
			if (client != null) {
				credentials.trustManager(client.trustManagers().getTrustManagers())
					.clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
			}
			return credentials.build();
		}

	}

}
