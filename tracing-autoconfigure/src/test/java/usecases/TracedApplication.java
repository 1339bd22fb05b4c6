package usecases;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.kosmos.tracing.Spans;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with the real auto-configurations of Boot and ours, whose spans end in
 * memory.
 */
final class TracedApplication {

	private ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				OtlpTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class))
		.withConfiguration(AutoConfigurations.of(ours()))
		.withUserConfiguration(RecordedSpans.class)
		.withPropertyValues("kosmos.tracing.exporter.enabled=false");

	private static Class<?>[] ours() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.kosmos."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class[]::new);
	}

	TracedApplication(Class<?>... beans) {
		for (Class<?> bean : beans) {
			this.runner = this.runner.withUserConfiguration(bean);
		}
	}

	TracedApplication with(String... properties) {
		this.runner = this.runner.withPropertyValues(properties);
		return this;
	}

	TracedApplication with(Class<?> configuration) {
		this.runner = this.runner.withUserConfiguration(configuration);
		return this;
	}

	TracedApplication withAutoConfiguration(Class<?>... autoConfigurations) {
		this.runner = this.runner.withConfiguration(AutoConfigurations.of(autoConfigurations));
		return this;
	}

	TracedApplication without(Class<?>... missing) {
		this.runner = this.runner.withClassLoader(new FilteredClassLoader(missing));
		return this;
	}

	void run(Consumer<Running> test) {
		this.runner.run((context) -> test.accept(new Running(context)));
	}

	void start(Consumer<AssertableApplicationContext> test) {
		this.runner.run(test::accept);
	}

	/**
	 * The application while it runs.
	 */
	record Running(AssertableApplicationContext context) {

		<T> T bean(Class<T> type) {
			return this.context.getBean(type);
		}

		Spans spans() {
			return bean(Spans.class);
		}

		List<SpanData> ended() {
			return bean(Recorder.class).exporter().getFinishedSpanItems();
		}

		SpanData only() {
			assertThat(ended()).hasSize(1);
			return ended().get(0);
		}

		SpanData named(String name) {
			assertThat(ended()).extracting(SpanData::getName).contains(name);
			return ended().stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
		}

		void await(int count) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended().size() >= count);
		}

	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
	 */
	record Recorder(InMemorySpanExporter exporter) {

	}

	@Configuration(proxyBeanMethods = false)
	static class RecordedSpans {

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
