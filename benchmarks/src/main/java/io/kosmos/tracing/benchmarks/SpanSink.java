package io.kosmos.tracing.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * Receives OTLP over HTTP in a process of its own and measures how old each span is:
 * {@code POST /v1/traces} takes spans, {@code GET /} tells their number and the median
 * and the 95th percentile of their age in milliseconds, {@code DELETE /} forgets them.
 */
public final class SpanSink {

	private static final int MAX_AGE_MILLIS = 60_000;

	private final AtomicIntegerArray ages = new AtomicIntegerArray(MAX_AGE_MILLIS + 1);

	private SpanSink() {
	}

	/**
	 * Receive until the process is ended, on a free port that is printed.
	 * @param args none
	 * @throws IOException when no port can be had
	 */
	public static void main(String[] args) throws IOException {
		// The server would delay its answers by 40 ms otherwise.
		System.setProperty("sun.net.httpserver.nodelay", "true");
		SpanSink sink = new SpanSink();
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		server.createContext("/v1/traces", sink::receive);
		server.createContext("/", sink::report);
		server.setExecutor(Executors.newCachedThreadPool());
		server.start();
		System.out.println(server.getAddress().getPort());
	}

	private void receive(HttpExchange exchange) throws IOException {
		try (exchange; InputStream body = exchange.getRequestBody()) {
			ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
			Instant instant = Instant.now();
			long now = instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
			for (ResourceSpans ofResource : request.getResourceSpansList()) {
				for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
					for (Span span : ofScope.getSpansList()) {
						long age = (now - span.getEndTimeUnixNano()) / 1_000_000;
						this.ages.incrementAndGet((int) Math.max(0, Math.min(MAX_AGE_MILLIS, age)));
					}
				}
			}
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(200, -1);
		}
	}

	private void report(HttpExchange exchange) throws IOException {
		try (exchange) {
			if (exchange.getRequestMethod().equals("DELETE")) {
				for (int i = 0; i <= MAX_AGE_MILLIS; i++) {
					this.ages.set(i, 0);
				}
			}
			long count = 0;
			for (int i = 0; i <= MAX_AGE_MILLIS; i++) {
				count += this.ages.get(i);
			}
			byte[] report = (count + " " + percentile(count, 0.5) + " " + percentile(count, 0.95))
				.getBytes(StandardCharsets.US_ASCII);
			exchange.sendResponseHeaders(200, report.length);
			exchange.getResponseBody().write(report);
		}
	}

	private int percentile(long count, double share) {
		long seen = 0;
		int age = 0;
		while (age < MAX_AGE_MILLIS && seen + this.ages.get(age) < share * count) {
			seen += this.ages.get(age);
			age++;
		}
		return age;
	}

}
