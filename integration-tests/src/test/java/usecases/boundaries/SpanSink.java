package usecases.boundaries;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Kind;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * Takes spans by OTLP over HTTP and keeps of them what tells whether traces are whole: no
 * events, and only the attributes that identify a request.
 */
final class SpanSink implements AutoCloseable {

	private static final Set<String> KEPT = Set.of(Stop.REQUEST.getKey(), Stop.LOGGED_TRACE.getKey(),
			KosmosAttributes.REQUEST_ID.getKey());

	private final HttpServer server;

	private final ExecutorService threads = Executors.newFixedThreadPool(2);

	private final Queue<RecordedSpan> spans = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	private SpanSink(HttpServer server) {
		this.server = server;
	}

	static SpanSink open() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		SpanSink sink = new SpanSink(server);
		server.createContext("/v1/traces", sink::receive);
		server.setExecutor(sink.threads);
		server.start();
		return sink;
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	int size() {
		return this.size.get();
	}

	List<RecordedSpan> spans() {
		return new ArrayList<>(this.spans);
	}

	private void receive(HttpExchange exchange) throws IOException {
		try (exchange; InputStream body = body(exchange)) {
			for (ResourceSpans ofResource : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
				String service = attributes(ofResource.getResource().getAttributesList(), Set.of("service.name"))
					.get("service.name")
					.toString();
				for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
					for (Span span : ofScope.getSpansList()) {
						this.spans.add(recorded(service, span));
						this.size.incrementAndGet();
					}
				}
			}
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(200, -1);
		}
	}

	private static InputStream body(HttpExchange exchange) throws IOException {
		boolean zipped = "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		return zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
	}

	private static RecordedSpan recorded(String service, Span span) {
		return new RecordedSpan(hex(span.getTraceId()), hex(span.getSpanId()), hex(span.getParentSpanId()),
				service.intern(), span.getName().intern(), Kind.values()[span.getKindValue()],
				Status.values()[span.getStatus().getCodeValue()], span.getStatus().getMessage().intern(),
				attributes(span.getAttributesList(), KEPT), Map.of(), List.of());
	}

	private static Map<String, Object> attributes(List<KeyValue> all, Set<String> kept) {
		Map<String, Object> attributes = new HashMap<>();
		for (KeyValue attribute : all) {
			if (kept.contains(attribute.getKey())) {
				attributes.put(attribute.getKey(), attribute.getValue().getStringValue());
			}
		}
		return attributes;
	}

	private static String hex(ByteString id) {
		StringBuilder hex = new StringBuilder(2 * id.size());
		for (byte octet : id) {
			hex.append(Character.forDigit((octet >> 4) & 0xf, 16)).append(Character.forDigit(octet & 0xf, 16));
		}
		return hex.toString();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdown();
	}

}
