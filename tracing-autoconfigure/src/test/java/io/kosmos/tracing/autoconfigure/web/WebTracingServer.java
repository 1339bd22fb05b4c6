package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real server on a random port, its recorded spans and a client that is not traced.
 */
final class WebTracingServer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private WebTracingServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static WebTracingServer start(WebApplicationType type, Class<?> application, Path resources, String... properties) {
		List<String> all = new ArrayList<>(
				List.of("server.port=0", "server.address=127.0.0.1", "management.tracing.sampling.probability=1.0",
						"kosmos.tracing.exporter.enabled=false", "management.endpoints.web.exposure.include=*",
						"spring.main.banner-mode=off", "management.endpoint.health.show-components=always",
						"spring.web.resources.static-locations=" + resources.toUri()));
		all.addAll(List.of(properties));
		return new WebTracingServer(new SpringApplicationBuilder(application).web(type)
			.run(all.stream().map((property) -> "--" + property).toArray(String[]::new)));
	}

	static void write(Path directory, String file, String content) {
		try {
			Path path = directory.resolve(file);
			Files.createDirectories(path.getParent());
			Files.writeString(path, content);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	int managementPort() {
		return this.context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
	}

	HttpResponse<String> get(String path, String... headers) {
		return get(port(), path, headers);
	}

	HttpResponse<String> get(int port, String path, String... headers) {
		return send(HttpRequest.newBuilder().GET(), port, path, headers);
	}

	HttpResponse<String> send(HttpRequest.Builder request, int port, String path, String... headers) {
		request.uri(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(20));
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			// A new connection each: on a kept one the JDK's client now and then waits
			// for ever
			// after a Netty server answered it from a worker thread, with or without
			// tracing.
			HttpClient client = HttpClient.newBuilder()
				.version(HttpClient.Version.HTTP_1_1)
				.connectTimeout(Duration.ofSeconds(5))
				.build();
			return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/*
	 * A span ends after its response was sent. The marker request is traced and comes
	 * later, so that everything of the requests before it is there too.
	 */
	List<String> spanNames(String markerPath, String markerSpan) {
		get(markerPath);
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> spans().stream().anyMatch((span) -> span.getName().equals(markerSpan)));
		return spans().stream().map(SpanData::getName).filter((name) -> !name.equals(markerSpan)).toList();
	}

	List<SpanData> spans() {
		return this.context.getBean(Recorder.class).exporter.getFinishedSpanItems();
	}

	static void isNotSampled(String traceparent) {
		String flags = traceparent.substring(traceparent.length() - 2);
		assertThat(Integer.parseInt(flags, 16) & 1).as(traceparent).isZero();
	}

	void assertMetric(String uri) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(
					this.context.getBean(MeterRegistry.class).find("http.server.requests").tag("uri", uri).timers())
				.isNotEmpty());
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Records each span once: its exporter is no bean, or Boot would export to it as
	 * well.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Recorder {

		private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

		@Bean
		SpanProcessor recordingSpanProcessor() {
			return SimpleSpanProcessor.create(this.exporter);
		}

	}

}
