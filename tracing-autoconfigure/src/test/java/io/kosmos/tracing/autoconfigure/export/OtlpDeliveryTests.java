package io.kosmos.tracing.autoconfigure.export;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.kosmos.tracing.autoconfigure.export.OtlpReceiver.Request;
import io.netty.buffer.Unpooled;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spans as a receiver of OTLP gets them.
 */
class OtlpDeliveryTests {

	private static final String PASSWORD = "changeit";

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withPropertyValues("spring.application.name=orders", "kosmos.tracing.exporter.timeout=5s");

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			'',                    /v1/traces
			/,                     /v1/traces
			/v1/traces,            /v1/traces
			/v1/traces/,           /v1/traces
			/api/otel,             /api/otel/v1/traces
			/api/otel/,            /api/otel/v1/traces
			/api/otel?tenant=a,    /api/otel/v1/traces?tenant=a
			""")
	void shouldSendToTheTracesPath(String path, String expected) throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=" + url("http", receiver) + path)
				.run((context) -> {
					sendOne(context);
					assertThat(receiver.requests()).extracting(Request::uri).containsExactly(expected);
				});
		}
	}

	@Test
	void shouldSendHeadersCompressionAndResource() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			this.runner
				.withPropertyValues("kosmos.tracing.exporter.endpoint=" + url("http", receiver),
						"kosmos.tracing.exporter.headers.api-key=own",
						"management.opentelemetry.tracing.export.otlp.headers.api-key=boot",
						"management.opentelemetry.tracing.export.otlp.headers.tenant=a",
						"kosmos.tracing.exporter.compression=gzip")
				.run((context) -> {
					sendOne(context);
					Request request = receiver.requests().get(0);
					assertThat(request.header("Api-key")).isEqualTo("own");
					assertThat(request.header("Tenant")).isEqualTo("a");
					assertThat(request.header("Content-encoding")).isEqualTo("gzip");
					assertThat(request.spans()).extracting(Span::getName).containsExactly("work");
					assertThat(request.message().getResourceSpans(0).getResource().getAttributesList())
						.anySatisfy((attribute) -> {
							assertThat(attribute.getKey()).isEqualTo("service.name");
							assertThat(attribute.getValue().getStringValue()).isEqualTo("orders");
						});
				});
		}
	}

	@Test
	void shouldNotCompressByDefault() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=" + url("http", receiver))
				.run((context) -> {
					sendOne(context);
					assertThat(receiver.requests().get(0).header("Content-encoding")).isNull();
				});
		}
	}

	@Test
	void shouldSendByGrpc() {
		CompletableFuture<HttpServerRequest> request = new CompletableFuture<>();
		CompletableFuture<ExportTraceServiceRequest> message = new CompletableFuture<>();
		DisposableServer server = HttpServer.create()
			.host("localhost")
			.port(0)
			.protocol(HttpProtocol.H2C)
			.handle((received, response) -> {
				request.complete(received);
				return received.receive().aggregate().asByteArray().flatMap((body) -> {
					message.complete(fromGrpc(body));
					return response.header("Content-Type", "application/grpc")
						.trailerHeaders((trailers) -> trailers.set("grpc-status", "0"))
						.header("Trailer", "grpc-status")
						.send(Mono.just(Unpooled.wrappedBuffer(new byte[5])))
						.then();
				});
			})
			.bindNow();
		try {
			this.runner
				.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:" + server.port() + "/ignored",
						"kosmos.tracing.exporter.protocol=grpc", "kosmos.tracing.exporter.compression=gzip",
						"kosmos.tracing.exporter.headers.api-key=own")
				.run((context) -> {
					sendOne(context);
					assertThat(request).isDone();
					assertThat(request.join().uri())
						.isEqualTo("/opentelemetry.proto.collector.trace.v1.TraceService/Export");
					assertThat(request.join().requestHeaders().get("api-key")).isEqualTo("own");
					assertThat(request.join().requestHeaders().get("grpc-encoding")).isEqualTo("gzip");
					assertThat(message.join().getResourceSpans(0).getScopeSpans(0).getSpans(0).getName())
						.isEqualTo("work");
				});
		}
		finally {
			server.disposeNow();
		}
	}

	private static ExportTraceServiceRequest fromGrpc(byte[] frame) {
		ByteBuffer buffer = ByteBuffer.wrap(frame);
		boolean compressed = buffer.get() == 1;
		InputStream in = new ByteArrayInputStream(frame, 5, buffer.getInt());
		try (InputStream body = (compressed ? new GZIPInputStream(in) : in)) {
			return ExportTraceServiceRequest.parseFrom(body);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void shouldTrustTheSslBundleAndNothingElse(@TempDir Path directory) throws Exception {
		Path server = directory.resolve("server.p12");
		Path trusted = directory.resolve("trusted.p12");
		makeCertificate(server, trusted);
		try (OtlpReceiver receiver = new OtlpReceiver(sslContext(server))) {
			ApplicationContextRunner https = this.runner
				.withPropertyValues("kosmos.tracing.exporter.endpoint=" + url("https", receiver));
			https.run(OtlpDeliveryTests::sendOne);
			assertThat(receiver.requests()).isEmpty();
			https
				.withPropertyValues("kosmos.tracing.exporter.ssl.bundle=jaeger",
						"spring.ssl.bundle.jks.jaeger.truststore.location=" + trusted.toUri(),
						"spring.ssl.bundle.jks.jaeger.truststore.type=PKCS12",
						"spring.ssl.bundle.jks.jaeger.truststore.password=" + PASSWORD)
				.run(OtlpDeliveryTests::sendOne);
			assertThat(receiver.requests().get(0).spans()).extracting(Span::getName).containsExactly("work");
		}
	}

	private static void makeCertificate(Path server, Path trusted) throws Exception {
		keytool("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", server.toString());
		Path certificate = server.resolveSibling("server.cer");
		keytool("-exportcert", "-alias", "server", "-file", certificate.toString(), "-keystore", server.toString());
		keytool("-importcert", "-noprompt", "-alias", "server", "-file", certificate.toString(), "-storetype", "PKCS12",
				"-keystore", trusted.toString());
	}

	private static void keytool(String... arguments) throws Exception {
		ProcessBuilder builder = new ProcessBuilder(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
		builder.command().addAll(List.of(arguments));
		builder.command().addAll(List.of("-storepass", PASSWORD));
		Process process = builder.redirectErrorStream(true).start();
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		process.getInputStream().transferTo(output);
		assertThat(process.waitFor()).as(output.toString()).isZero();
	}

	private static SSLContext sslContext(Path keyStore) throws Exception {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(keyStore)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		managers.init(keys, PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(managers.getKeyManagers(), null, null);
		return context;
	}

	private static String url(String scheme, OtlpReceiver receiver) {
		return scheme + "://localhost:" + receiver.port();
	}

	private static void sendOne(ApplicationContext context) {
		context.getBean(Tracer.class).spanBuilder("work").startSpan().end();
		assertThat(context.getBean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS).isDone()).isTrue();
	}

}
