package io.kosmos.samples.endtoend;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.Trace;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configuration that docker-compose.yml gives to Jaeger, run by the real thing.
 */
class JaegerStorageTests {

	private static final String TRACE_ID = "5b8efff798038103d269b633813fc60c";

	private static final Path CONFIG = Path.of(System.getProperty("repository.root"), "deploy/jaeger/config.yaml");

	@Test
	void shouldKeepTracesWhenJaegerIsRestarted(@TempDir Path directory) throws Exception {
		Map<String, String> environment = Map.of("JAEGER_STORAGE_DIRECTORY", directory.resolve("badger").toString(),
				"JAEGER_SAMPLING_FILE", CONFIG.resolveSibling("sampling.json").toString());
		try (JaegerServer jaeger = JaegerServer.startBinary(CONFIG, directory, environment)) {
			export(jaeger);
			jaeger.awaitTrace(TRACE_ID, (trace) -> true);
		}
		try (JaegerServer jaeger = JaegerServer.startBinary(CONFIG, directory, environment)) {
			Trace trace = jaeger.awaitTrace(TRACE_ID, (found) -> true);
			assertThat(trace.outline()).isEqualTo("storage-test INTERNAL kept\n");
			assertThat(trace.span("storage-test", "kept").attributes()).containsEntry("answer", 42L);
		}
	}

	private static void export(JaegerServer jaeger) throws Exception {
		long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
		Span span = Span.newBuilder()
			.setTraceId(ByteString.fromHex(TRACE_ID))
			.setSpanId(ByteString.fromHex("eee19b7ec3c1b174"))
			.setName("kept")
			.setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
			.setStartTimeUnixNano(now)
			.setEndTimeUnixNano(now + 1000)
			.addAttributes(attribute("answer", AnyValue.newBuilder().setIntValue(42)))
			.build();
		byte[] body = ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.setResource(Resource.newBuilder()
					.addAttributes(attribute("service.name", AnyValue.newBuilder().setStringValue("storage-test"))))
				.addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
			.build()
			.toByteArray();
		HttpRequest request = HttpRequest.newBuilder(jaeger.otlp("http").resolve("/v1/traces"))
			.header("Content-Type", "application/x-protobuf")
			.POST(BodyPublishers.ofByteArray(body))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
	}

	private static KeyValue attribute(String key, AnyValue.Builder value) {
		return KeyValue.newBuilder().setKey(key).setValue(value).build();
	}

}
