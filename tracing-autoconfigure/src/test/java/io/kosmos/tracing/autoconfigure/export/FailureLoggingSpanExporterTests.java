package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class FailureLoggingSpanExporterTests {

	@Test
	void shouldLogEachChangeOnce(CapturedOutput output) throws IOException {
		int[] status = { 400 };
		HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		receiver.createContext("/v1/traces", (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			exchange.sendResponseHeaders(status[0], -1);
			exchange.close();
		});
		receiver.start();
		try (OtlpHttpSpanExporter otlp = OtlpHttpSpanExporter.builder()
			.setEndpoint("http://localhost:" + receiver.getAddress().getPort() + "/v1/traces")
			.build()) {
			FailureLoggingSpanExporter exporter = new FailureLoggingSpanExporter(otlp, "http://jaeger:4318/v1/traces");
			for (int i = 0; i < 3; i++) {
				assertThat(export(exporter)).isFalse();
			}
			status[0] = 200;
			assertThat(export(exporter)).isTrue();
			assertThat(export(exporter)).isTrue();
		}
		finally {
			receiver.stop(0);
		}
		assertThat(output).containsOnlyOnce("Spans cannot be delivered to http://jaeger:4318/v1/traces and are lost")
			.contains("kosmos.tracing.exporter.enabled=false")
			.containsOnlyOnce("Spans are delivered again to http://jaeger:4318/v1/traces; 3 were lost meanwhile");
	}

	private static boolean export(FailureLoggingSpanExporter exporter) {
		SpanData span = TestSpanData.builder()
			.setName("work")
			.setKind(SpanKind.INTERNAL)
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setStatus(StatusData.ok())
			.setHasEnded(true)
			.build();
		return exporter.export(List.of(span)).join(10, TimeUnit.SECONDS).isSuccess();
	}

}
