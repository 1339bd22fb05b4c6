package usecases;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.okhttp3.OkHttpObservationInterceptor;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writing points over HTTP as docs/databases.md shows it, to a server that answers as
 * InfluxDB does.
 */
class InfluxDbTests {

	private final Map<String, String> received = new ConcurrentHashMap<>();

	private HttpServer server;

	private DatabaseApplication application;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/api/v2/write", (exchange) -> {
			this.received.put("body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			this.received.put("traceparent", exchange.getRequestHeaders().getFirst("traceparent"));
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		this.server.start();
		this.application = DatabaseApplication.start(
				List.of("org.springframework.boot.restclient.", "org.springframework.boot.http.client."),
				Nothing.class);
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.server.stop(0);
	}

	private String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	@Test
	void shouldTraceWritesWithRestClient() {
		RestClient influx = this.application.bean(RestClient.Builder.class)
			.baseUrl(url())
			.defaultHeader("Authorization", "Token secret")
			.build();
		this.application.inTrace(() -> influx.post()
			.uri("/api/v2/write?org={org}&bucket={bucket}&precision=ms", "plant", "sensors")
			.contentType(MediaType.TEXT_PLAIN)
			.body("pump,site=a vibration=4.2 1700000000000")
			.retrieve()
			.toBodilessEntity());
		assertWritten();
	}

	@Test
	void shouldTraceWritesWithOkHttp() {
		OkHttpClient influx = new OkHttpClient.Builder()
			.addInterceptor(OkHttpObservationInterceptor
				.builder(this.application.bean(ObservationRegistry.class), "http.client.requests")
				.build())
			.build();
		this.application.inTrace(() -> {
			Request write = new Request.Builder().url(url() + "/api/v2/write?org=plant&bucket=sensors&precision=ms")
				.post(RequestBody.create("pump,site=a vibration=4.2 1700000000000", null))
				.build();
			try (Response response = influx.newCall(write).execute()) {
				return response.code();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertWritten();
	}

	private void assertWritten() {
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(this.received.get("traceparent")).startsWith("00-" + span.getTraceId() + "-" + span.getSpanId());
		assertThat(this.received.get("body")).isEqualTo("pump,site=a vibration=4.2 1700000000000");
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
