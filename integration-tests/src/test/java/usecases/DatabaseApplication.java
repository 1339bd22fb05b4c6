package usecases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that talks to a database and to nothing else. Its spans end in memory.
 */
final class DatabaseApplication implements AutoCloseable {

	private static final List<String> ALWAYS = List.of("io.kosmos.", "org.springframework.boot.autoconfigure.",
			"org.springframework.boot.micrometer.", "org.springframework.boot.opentelemetry.",
			"org.springframework.boot.reactor.", "org.springframework.boot.transaction.");

	private final ConfigurableApplicationContext context;

	private DatabaseApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param packages whose auto-configurations it has beside those that any has
	 * @param beans its own configuration
	 * @param properties its configuration
	 */
	static DatabaseApplication start(List<String> packages, Class<?> beans, String... properties) {
		List<String> unused = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> Stream.concat(ALWAYS.stream(), packages.stream()).noneMatch(name::startsWith))
			.toList();
		List<String> all = new ArrayList<>(List.of("kosmos.tracing.exporter.enabled=false",
				"spring.main.banner-mode=off", "spring.autoconfigure.exclude=" + String.join(",", unused)));
		all.addAll(List.of(properties));
		return new DatabaseApplication(
				new SpringApplicationBuilder(Application.class, beans).web(WebApplicationType.NONE)
					.run(all.stream().map((property) -> "--" + property).toArray(String[]::new)));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	<T> T inTrace(Supplier<T> work) {
		Span request = bean(OpenTelemetry.class).getTracer("test").spanBuilder("request").startSpan();
		try (Scope scope = request.makeCurrent()) {
			return work.get();
		}
		finally {
			request.end();
		}
	}

	List<SpanData> ended() {
		return bean(Recorder.class).exporter().getFinishedSpanItems();
	}

	void reset() {
		bean(Recorder.class).exporter().reset();
	}

	/**
	 * Waits for the spans below that of the request, which all have it as their parent.
	 * @param count how many there are
	 * @return the spans as they ended
	 */
	List<SpanData> awaitBelowRequest(int count) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended().size() >= count + 1);
		SpanData request = ended().stream()
			.filter((span) -> span.getName().equals("request"))
			.findFirst()
			.orElseThrow();
		List<SpanData> below = ended().stream().filter((span) -> span != request).toList();
		assertThat(below).hasSize(count).allSatisfy((span) -> {
			assertThat(span.getParentSpanId()).isEqualTo(request.getSpanId());
			assertThat(span.getTraceId()).isEqualTo(request.getTraceId());
		});
		return below;
	}

	SpanData awaitOnlyBelowRequest() {
		return awaitBelowRequest(1).get(0);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
	 */
	record Recorder(InMemorySpanExporter exporter) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

	}

}
