package usecases.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import org.jspecify.annotations.Nullable;
import usecases.faults.FaultyReceiver.Reply;

/**
 * A receiver's open port, over HTTP.
 */
final class PlainServer implements AutoCloseable {

	private final FaultyReceiver receiver;

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch closed = new CountDownLatch(1);

	private PlainServer(FaultyReceiver receiver, HttpServer server) {
		this.receiver = receiver;
		this.server = server;
	}

	static PlainServer open(FaultyReceiver receiver, int port, @Nullable Certificate certificate) throws Exception {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
		HttpServer server;
		if (certificate != null) {
			HttpsServer https = HttpsServer.create(address, 0);
			https.setHttpsConfigurator(new HttpsConfigurator(certificate.sslContext()));
			server = https;
		}
		else {
			server = HttpServer.create(address, 0);
		}
		PlainServer plain = new PlainServer(receiver, server);
		server.createContext("/v1/traces", plain::answer);
		server.setExecutor(plain.threads);
		server.start();
		return plain;
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			boolean zipped = "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
			Reply reply = this.receiver.receive(body.length,
					() -> zipped
							? ExportTraceServiceRequest.parseFrom(new GZIPInputStream(new ByteArrayInputStream(body)))
							: ExportTraceServiceRequest.parseFrom(body));
			switch (reply.kind()) {
				case TAKEN -> taken(exchange, reply.rejected());
				case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
				case UNAVAILABLE_FOR_A_SECOND -> {
					exchange.getResponseHeaders().set("Retry-After", "1");
					exchange.sendResponseHeaders(503, -1);
				}
				case TOO_LARGE -> exchange.sendResponseHeaders(413, -1);
				case REFUSED -> exchange.sendResponseHeaders(400, -1);
				case NEVER -> this.closed.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void taken(HttpExchange exchange, int rejected) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
		if (rejected == 0) {
			exchange.sendResponseHeaders(200, -1);
			return;
		}
		byte[] response = response(rejected).toByteArray();
		exchange.sendResponseHeaders(200, response.length);
		exchange.getResponseBody().write(response);
	}

	static ExportTraceServiceResponse response(int rejected) {
		ExportTraceServiceResponse.Builder response = ExportTraceServiceResponse.newBuilder();
		if (rejected > 0) {
			response.setPartialSuccess(
					ExportTracePartialSuccess.newBuilder().setRejectedSpans(rejected).setErrorMessage("unwanted"));
		}
		return response.build();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.closed.countDown();
		this.threads.shutdownNow();
	}

}
