package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withPropertyValues("spring.application.name=orders");

	@Test
	void shouldSayTheDefaults() {
		report(this.runner,
				"Traces of service 'orders' go to http://localhost:4318/v1/traces (http), sampled by"
						+ " the caller, else AlwaysOnSampler, propagated in [traceparent, tracestate, X-B3-TraceId,"
						+ " X-B3-SpanId, X-B3-Sampled, baggage]");
	}

	@Test
	void shouldSayThatSpansGoByGrpc() {
		report(this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://jaeger:4317",
				"kosmos.tracing.propagation.type=b3", "management.tracing.baggage.enabled=false",
				"kosmos.tracing.sampling.probability=0.25"),
				"Traces of service 'orders' go to http://jaeger:4317 (grpc), sampled by the caller,"
						+ " else TraceIdRatioBased{0.250000}, propagated in [b3]");
	}

	@Test
	void shouldSayThatCallersAreBounded() {
		report(this.runner.withPropertyValues("kosmos.tracing.propagation.type=b3",
				"kosmos.tracing.exporter.enabled=false", "management.tracing.baggage.enabled=false",
				"kosmos.tracing.sampling.caller.rate-limit=5", "kosmos.tracing.sampling.rate-limit=100"),
				"Traces of service 'orders' go to no destination, sampled by the caller as"
						+ " kosmos.tracing.sampling.caller has it, else RateLimit{100.0/s of AlwaysOnSampler},"
						+ " propagated in [b3]");
	}

	@Test
	void shouldSayThatThereIsNoDestination() {
		report(this.runner.withPropertyValues("kosmos.tracing.exporter.enabled=false",
				"kosmos.tracing.propagation.type=w3c", "kosmos.tracing.sampling.enabled=false"),
				"Traces of service 'orders' go to no destination, sampled by AlwaysOffSampler, propagated in"
						+ " [traceparent, tracestate, baggage]");
	}

	@Test
	void shouldSayAllDestinations() {
		report(this.runner.withPropertyValues("kosmos.tracing.propagation.type=w3c")
			.withBean(InMemorySpanExporter.class, InMemorySpanExporter::create),
				"Traces of service 'orders' go to http://localhost:4318/v1/traces (http) and"
						+ " InMemorySpanExporter, sampled by the caller, else AlwaysOnSampler, propagated in"
						+ " [traceparent, tracestate, baggage]");
	}

	@Test
	void shouldSayTheDestinationOfTheApplicationsExporter() {
		report(this.runner.withPropertyValues("kosmos.tracing.propagation.type=w3c")
			.withBean(OtlpHttpSpanExporter.class,
					() -> OtlpHttpSpanExporter.builder().setEndpoint("https://own.example/traces").build()),
				"Traces of service 'orders' go to https://own.example/traces (OtlpHttpSpanExporter), sampled by the"
						+ " caller, else AlwaysOnSampler, propagated in [traceparent, tracestate, baggage]");
	}

	@Test
	void shouldKeepSecretsToItself(CapturedOutput output) {
		report(this.runner.withPropertyValues("kosmos.tracing.propagation.type=w3c",
				"kosmos.tracing.exporter.headers.authorization=Bearer s3cret",
				"kosmos.tracing.exporter.endpoint=https://me:s3cret,too@host.example/otel?api-key=s3cret"),
				"Traces of service 'orders' go to https://host.example/otel/v1/traces (http), sampled"
						+ " by the caller, else AlwaysOnSampler, propagated in [traceparent, tracestate, baggage]");
		assertThat(output).contains("Traces of service 'orders'").doesNotContain("s3cret");
	}

	private static void report(ApplicationContextRunner runner, String line) {
		runner.run((context) -> assertThat(context.getBean(StartupReport.class).describe()).isEqualTo(line));
	}

}
