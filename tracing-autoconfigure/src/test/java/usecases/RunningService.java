package usecases;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

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

/**
 * A real service on a port of 127.0.0.1, whose spans end in memory.
 */
final class RunningService implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private RunningService(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static RunningService start(WebApplicationType type, Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"kosmos.tracing.exporter.enabled=false", "spring.main.banner-mode=off", "spring.jmx.enabled=false"));
		all.addAll(List.of(properties));
		return new RunningService(new SpringApplicationBuilder(application, Recorder.class).web(type)
			.run(all.stream().map((property) -> "--" + property).toArray(String[]::new)));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	/**
	 * Send a request as it is, since a client of its own would refuse bad headers.
	 * @return the whole response
	 */
	String get(String path, String... headers) {
		return send("GET", path, "", headers);
	}

	/**
	 * Send a JSON document.
	 * @return the whole response
	 */
	String post(String path, String json) {
		return send("POST", path, json, "Content-Type: application/json", "Content-Length: " + json.length());
	}

	private String send(String method, String path, String body, String... headers) {
		StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
		for (String header : headers) {
			request.append(header).append("\r\n");
		}
		request.append("Connection: close\r\n\r\n").append(body);
		try (Socket socket = new Socket("127.0.0.1", port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
			StringBuilder response = new StringBuilder();
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				response.append(line).append('\n');
			}
			return response.toString();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	List<SpanData> ended() {
		return bean(Recorder.class).exporter.getFinishedSpanItems();
	}

	void reset() {
		bean(Recorder.class).exporter.reset();
	}

	List<SpanData> awaitEnded(int count) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended().size() >= count);
		return ended();
	}

	SpanData await(Predicate<SpanData> span) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended().stream().anyMatch(span));
		return ended().stream().filter(span).findFirst().orElseThrow();
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
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
