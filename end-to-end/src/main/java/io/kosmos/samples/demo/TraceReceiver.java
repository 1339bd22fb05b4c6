package io.kosmos.samples.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import org.jspecify.annotations.Nullable;

/**
 * Takes traces by OTLP over HTTP on a free loopback port, keeps them, and passes them on
 * to another receiver if there is one.
 */
final class TraceReceiver implements AutoCloseable {

	private final HttpServer server;

	private final @Nullable URI next;

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

	private final List<ResourceSpans> received = new CopyOnWriteArrayList<>();

	private TraceReceiver(HttpServer server, @Nullable URI next) {
		this.server = server;
		this.next = next;
	}

	/**
	 * Opens a receiver.
	 * @param next where everything is passed on to, without the path, or {@code null}
	 * @return the receiver
	 * @throws IOException if no port could be opened
	 */
	static TraceReceiver open(@Nullable URI next) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		TraceReceiver receiver = new TraceReceiver(server, next);
		server.createContext("/v1/traces", receiver::receive);
		server.start();
		return receiver;
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	List<ResourceSpans> received() {
		return this.received;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private void receive(HttpExchange exchange) throws IOException {
		try (exchange) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
			try (InputStream plain = decode(body, encoding)) {
				this.received.addAll(ExportTraceServiceRequest.parseFrom(plain).getResourceSpansList());
			}
			if (this.next != null) {
				pass(this.next, body, encoding);
			}
			byte[] response = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(200, (response.length != 0) ? response.length : -1);
			exchange.getResponseBody().write(response);
		}
	}

	private static InputStream decode(byte[] body, @Nullable String encoding) throws IOException {
		InputStream stream = new ByteArrayInputStream(body);
		return "gzip".equalsIgnoreCase(encoding) ? new GZIPInputStream(stream) : stream;
	}

	private void pass(URI next, byte[] body, @Nullable String encoding) {
		HttpRequest.Builder request = HttpRequest.newBuilder(next.resolve("/v1/traces"))
			.timeout(Duration.ofSeconds(5))
			.header("Content-Type", "application/x-protobuf")
			.POST(BodyPublishers.ofByteArray(body));
		if (encoding != null) {
			request.header("Content-Encoding", encoding);
		}
		try {
			int status = this.http.send(request.build(), BodyHandlers.discarding()).statusCode();
			if (status != 200) {
				System.err.println(next + " answered " + status);
			}
		}
		catch (IOException ex) {
			System.err.println(next + " could not be reached: " + ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
