package usecases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.kosmos.tracing.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with the auto-configuration of a broker and ours, whose spans end in
 * memory.
 */
final class BrokerApplication {

	private static final List<Class<?>> NEEDED = List.of(AopAutoConfiguration.class,
			TaskExecutionAutoConfiguration.class, MetricsAutoConfiguration.class, ObservationAutoConfiguration.class,
			OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
			MicrometerTracingAutoConfiguration.class);

	private final List<Class<?>> configurations = new ArrayList<>();

	private final List<String> arguments = new ArrayList<>();

	BrokerApplication(Class<?>... autoConfigurations) {
		List<String> needed = Stream.concat(NEEDED.stream(), Stream.of(autoConfigurations))
			.map(Class::getName)
			.toList();
		String others = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> !name.startsWith("io.kosmos.") && !needed.contains(name))
			.collect(Collectors.joining(","));
		this.configurations.add(RecordedSpans.class);
		with("kosmos.tracing.exporter.enabled=false", "spring.autoconfigure.exclude=" + others);
	}

	BrokerApplication with(String... properties) {
		Stream.of(properties).map((property) -> "--" + property).forEach(this.arguments::add);
		return this;
	}

	BrokerApplication with(Class<?>... configurations) {
		this.configurations.addAll(List.of(configurations));
		return this;
	}

	void run(Consumer<Running> test) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(
				this.configurations.toArray(Class<?>[]::new))
			.web(WebApplicationType.NONE)
			.run(this.arguments.toArray(String[]::new))) {
			test.accept(new Running(context));
		}
	}

	/**
	 * The application while it runs.
	 */
	record Running(ConfigurableApplicationContext context) {

		<T> T bean(Class<T> type) {
			return this.context.getBean(type);
		}

		Spans spans() {
			return bean(Spans.class);
		}

		List<SpanData> ended() {
			return new ArrayList<>(bean(Recorder.class).exporter().getFinishedSpanItems());
		}

		/**
		 * Wait for spans.
		 * @param count how many
		 * @return the spans in the order in which they started
		 */
		List<SpanData> await(int count) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(ended()).extracting(SpanData::getName).hasSize(count));
			List<SpanData> ended = ended();
			ended.sort((one, other) -> Long.compare(one.getStartEpochNanos(), other.getStartEpochNanos()));
			return ended;
		}

	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
	 */
	record Recorder(InMemorySpanExporter exporter) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class RecordedSpans {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
