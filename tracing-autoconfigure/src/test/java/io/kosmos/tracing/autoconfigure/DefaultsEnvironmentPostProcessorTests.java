package io.kosmos.tracing.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.Spans;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is switched off is off in the whole application, whatever Boot is told.
 */
@ExtendWith(OutputCaptureExtension.class)
class DefaultsEnvironmentPostProcessorTests {

	@Test
	void shouldRunTheApplicationWithoutAnySpanWhenTracingIsDisabled(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run("--kosmos.tracing.enabled=false",
				"--management.opentelemetry.enabled=true", "--management.tracing.export.enabled=true",
				"--management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:4318/v1/traces")) {
			Service service = context.getBean(Service.class);
			assertThat(service.work()).isEqualTo("done");
			Observation.createNotStarted("observed", context.getBean(ObservationRegistry.class)).observe(() -> {
				assertThat(Span.current().getSpanContext().isValid()).isFalse();
				assertThat(MDC.get("traceId")).isNull();
			});
			Span span = context.getBean(Tracer.class).spanBuilder("own").startSpan();
			assertThat(span.getSpanContext().isValid()).isFalse();
			span.end();
			assertThat(context.getBean(InMemorySpanExporter.class).getFinishedSpanItems()).isEmpty();
			context.getBean(OpenTelemetrySdk.class).getTracer("another").spanBuilder("another").startSpan().end();
			assertThat(context.getBean(InMemorySpanExporter.class).getFinishedSpanItems()).isEmpty();
			assertThat(context.getBeansOfType(SpanExporter.class).values())
				.containsOnly(context.getBean(InMemorySpanExporter.class));
			Map<String, String> headers = new HashMap<>();
			context.getBean(OpenTelemetry.class)
				.getPropagators()
				.getTextMapPropagator()
				.inject(Context.root()
					.with(Span.wrap(SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
							TraceFlags.getSampled(), TraceState.getDefault()))),
						headers, Map::put);
			assertThat(headers).isEmpty();
		}
		assertThat(output).doesNotContain("Traces of service");
	}

	@Test
	void shouldMakeSpansOfTheSameApplicationWhenTracingIsOn(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run("--kosmos.tracing.exporter.enabled=false")) {
			context.getBean(Service.class).work();
			assertThat(context.getBean(InMemorySpanExporter.class).getFinishedSpanItems()).hasSize(2);
		}
		assertThat(output).containsOnlyOnce("Traces of service 'unknown_service' go to InMemorySpanExporter, ");
	}

	@Test
	void shouldNotLetBootExportWhenTheExporterIsDisabled() {
		try (ConfigurableApplicationContext context = run("--kosmos.tracing.exporter.enabled=false",
				"--management.tracing.export.otlp.enabled=true",
				"--management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:4318/v1/traces")) {
			assertThat(context.getBeansOfType(SpanExporter.class).values())
				.containsOnly(context.getBean(InMemorySpanExporter.class));
		}
	}

	@Test
	void shouldLetTheApplicationOverrideDefaults() {
		try (ConfigurableApplicationContext context = run()) {
			Environment environment = context.getEnvironment();
			assertThat(environment.getProperty("spring.reactor.context-propagation")).isEqualTo("auto");
			assertThat(environment.getProperty("logging.expect-correlation-id")).isEqualTo("true");
		}
		try (ConfigurableApplicationContext context = run("--spring.reactor.context-propagation=limited",
				"--logging.expect-correlation-id=false")) {
			Environment environment = context.getEnvironment();
			assertThat(environment.getProperty("spring.reactor.context-propagation")).isEqualTo("limited");
			assertThat(environment.getProperty("logging.expect-correlation-id")).isEqualTo("false");
		}
	}

	@Test
	void shouldSetNoDefaultThatIsSwitchedOff() {
		try (ConfigurableApplicationContext context = run("--kosmos.tracing.context.reactor=false",
				"--kosmos.tracing.log-correlation.enabled=false")) {
			Environment environment = context.getEnvironment();
			assertThat(environment.getProperty("spring.reactor.context-propagation")).isNull();
			assertThat(environment.getProperty("logging.expect-correlation-id")).isEqualTo("false");
		}
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		InMemorySpanExporter exporter() {
			return InMemorySpanExporter.create();
		}

		@Bean
		SpanProcessor recorder(InMemorySpanExporter exporter) {
			return SimpleSpanProcessor.create(exporter);
		}

		@Bean
		Service service(Spans spans) {
			return new Service(spans);
		}

	}

	record Service(Spans spans) {

		String work() {
			try (OpenSpan span = this.spans.open("open")) {
				this.spans.current().attribute("key", "value");
			}
			return this.spans.in("work", () -> "done");
		}

	}

}
