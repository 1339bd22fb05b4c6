package io.kosmos.tracing.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real OTEL_* variables, which a JVM reads only from its own process.
 */
class OtelEnvironmentTests {

	private static final Map<String, String> VARIABLES = Map.ofEntries(Map.entry("OTEL_SERVICE_NAME", "otel-service"),
			Map.entry("OTEL_RESOURCE_ATTRIBUTES", "service.name=hidden,team=zeus%20team,zone=a"),
			Map.entry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"),
			Map.entry("OTEL_EXPORTER_OTLP_HEADERS", "api-key=s3cret"),
			Map.entry("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), Map.entry("OTEL_EXPORTER_OTLP_TIMEOUT", "2000"),
			Map.entry("OTEL_TRACES_SAMPLER", "traceidratio"), Map.entry("OTEL_TRACES_SAMPLER_ARG", "0.25"),
			Map.entry("OTEL_PROPAGATORS", "b3"), Map.entry("OTEL_BSP_SCHEDULE_DELAY", "3000"),
			Map.entry("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"), Map.entry("OTEL_BSP_EXPORT_TIMEOUT", "4000"),
			Map.entry("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "99"),
			Map.entry("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "98"), Map.entry("OTEL_SPAN_EVENT_COUNT_LIMIT", "97"),
			Map.entry("OTEL_SPAN_LINK_COUNT_LIMIT", "96"), Map.entry("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "95"),
			Map.entry("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "94"));

	@Test
	void shouldBeConfiguredByVariablesAlone() throws Exception {
		String report = report(VARIABLES, "--spring.application.name=orders");
		assertThat(report).contains("service.name=\"otel-service\"", "team=\"zeus team\"", "zone=\"a\"");
		assertThat(report).contains("Sampler: [TraceIdRatioBased{0.250000}]")
			.contains("Delivery{endpoint=http://localhost:4317 protocol=grpc headers=[api-key] compression=GZIP"
					+ " timeout=PT2S ssl=null ", "maxSize=100", "delay=PT3S")
			.contains("maxAttributeValueLength=99", "maxNumberOfAttributes=98", "maxNumberOfEvents=97",
					"maxNumberOfLinks=96", "maxNumberOfAttributesPerEvent=95", "maxNumberOfAttributesPerLink=94")
			.contains("propagated: [b3]")
			.contains("Traces of service 'otel-service' go to http://localhost:4317 (grpc), sampled by"
					+ " TraceIdRatioBased{0.250000}, propagated in [b3]")
			.doesNotContain("s3cret");
	}

	@Test
	void shouldPreferOwnPropertiesToVariablesAndVariablesToBoots() throws Exception {
		String report = report(VARIABLES, "--kosmos.tracing.service.name=own",
				"--kosmos.tracing.resource-attributes.team=own-team",
				"--kosmos.tracing.exporter.endpoint=http://localhost:4318",
				"--kosmos.tracing.exporter.headers.api-key=x", "--kosmos.tracing.exporter.compression=none",
				"--kosmos.tracing.sampling.probability=0.75", "--kosmos.tracing.propagation.type=w3c",
				"--kosmos.tracing.batch.delay=5s", "--kosmos.tracing.limits.attribute-value-length=1000",
				"--management.opentelemetry.tracing.export.timeout=9s",
				"--management.opentelemetry.tracing.limits.max-events=1");
		assertThat(report)
			.contains("service.name=\"own\"", "team=\"own-team\"", "zone=\"a\"",
					"Sampler: [ParentBased{root:TraceIdRatioBased{0.750000}")
			.contains("Delivery{endpoint=http://localhost:4318/v1/traces protocol=http headers=[api-key]"
					+ " compression=NONE ", "delay=PT5S", "maxAttributeValueLength=1000")
			.contains("propagated: [traceparent, tracestate]");
		assertThat(report).contains("maxNumberOfEvents=97");
	}

	@Test
	void shouldTakeOwnPropertiesFromTheEnvironment() throws Exception {
		assertThat(report(Map.of("KOSMOS_TRACING_SERVICE_NAME", "own", "KOSMOS_TRACING_EXPORTER_ENDPOINT",
				"http://localhost:4317", "KOSMOS_TRACING_SAMPLING_PROBABILITY", "0.5",
				"KOSMOS_TRACING_LIMITS_ATTRIBUTEVALUELENGTH", "1000", "KOSMOS_TRACING_PROPAGATION_TYPE", "b3,w3c",
				"OTEL_SERVICE_NAME", "otel", "OTEL_TRACES_SAMPLER", "always_off")))
			.contains("Traces of service 'own' go to http://localhost:4317 (grpc), sampled by the"
					+ " caller, else TraceIdRatioBased{0.500000}, propagated in [b3, traceparent, tracestate, baggage]")
			.contains("maxAttributeValueLength=1000");
	}

	@Test
	void shouldExportNothingWhenTheVariableSaysSo() throws Exception {
		assertThat(report(Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318",
				"OTEL_PROPAGATORS", "none")))
			.contains("go to no destination, ", "propagated: []");
	}

	@Test
	void shouldPropagateInEveryFormatThatTheVariableNames() throws Exception {
		Map<String, String> variables = Map.of("OTEL_PROPAGATORS", "tracecontext,baggage, b3multi,jaeger");
		assertThat(report(variables, "--management.tracing.propagation.type=b3"))
			.contains("propagated: [traceparent, tracestate, X-B3-TraceId, X-B3-SpanId, X-B3-Sampled, uber-trace-id,"
					+ " baggage]");
		assertThat(report(variables, "--kosmos.tracing.propagation.produce=b3")).contains("propagated: [b3, baggage]");
	}

	@Test
	void shouldStartWithoutTracesWhenTheSdkIsDisabled() throws Exception {
		assertThat(report(Map.of("OTEL_SDK_DISABLED", "true")))
			.contains("REPORT There are no traces, because OpenTelemetry is off");
	}

	private static String report(Map<String, String> variables, String... arguments)
			throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				OtelEnvironmentReport.class.getName());
		builder.command().addAll(List.of(arguments));
		builder.environment().keySet().removeIf((name) -> name.startsWith("OTEL_") || name.startsWith("KOSMOS_"));
		builder.environment().putAll(variables);
		Process process = builder.redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		String report = output.lines().filter((line) -> line.startsWith("REPORT ")).collect(Collectors.joining("\n"));
		assertThat(report).as(output).isNotEmpty();
		return report;
	}

}
