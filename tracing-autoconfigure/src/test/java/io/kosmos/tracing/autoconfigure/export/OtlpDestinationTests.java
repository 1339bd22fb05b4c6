package io.kosmos.tracing.autoconfigure.export;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class OtlpDestinationTests {

	private static final String OWN = "kosmos.tracing.exporter.";

	private static final String BOOT = "management.opentelemetry.tracing.export.otlp.";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void shouldBeHttpOnThisHostByDefault() {
		destination("http://localhost:4318/v1/traces", Protocol.HTTP);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			http://jaeger:4317,             GRPC, http://jaeger:4317
			http://jaeger:4317/,            GRPC, http://jaeger:4317
			http://jaeger:4317/v1/traces,   GRPC, http://jaeger:4317
			https://jaeger:4317,            GRPC, https://jaeger:4317
			http://[::1]:4317,              GRPC, http://[::1]:4317
			http://jaeger:4318,             HTTP, http://jaeger:4318/v1/traces
			http://jaeger:4318//,           HTTP, http://jaeger:4318/v1/traces
			http://jaeger,                  HTTP, http://jaeger/v1/traces
			https://host/api/otel,          HTTP, https://host/api/otel/v1/traces
			https://host/api/otel/,         HTTP, https://host/api/otel/v1/traces
			https://host/a/v1/traces,       HTTP, https://host/a/v1/traces
			https://host/a%20b?key=v,       HTTP, https://host/a%20b/v1/traces?key=v
			""")
	void shouldInferProtocolAndPath(String endpoint, Protocol protocol, String url) {
		this.environment.setProperty(OWN + "endpoint", endpoint);
		destination(url, protocol);
	}

	@Test
	void shouldPreferTheProtocolToThePort() {
		this.environment.setProperty(OWN + "endpoint", "http://jaeger:4317");
		this.environment.setProperty(OWN + "protocol", "http");
		destination("http://jaeger:4317/v1/traces", Protocol.HTTP);
		this.environment.setProperty(OWN + "endpoint", "http://jaeger:4318");
		this.environment.setProperty(OWN + "protocol", "grpc");
		destination("http://jaeger:4318", Protocol.GRPC);
	}

	@Test
	void shouldPreferOwnPropertiesToBoots() {
		this.environment.setProperty(BOOT + "endpoint", "http://boot:4318/v1/traces");
		this.environment.setProperty(BOOT + "transport", "http");
		destination("http://boot:4318/v1/traces", Protocol.HTTP);
		this.environment.setProperty(OWN + "endpoint", "http://own:4318");
		destination("http://own:4318/v1/traces", Protocol.HTTP);
		this.environment.setProperty(OWN + "protocol", "grpc");
		destination("http://own:4318", Protocol.GRPC);
	}

	@Test
	void shouldLeaveBootsWholeUrlAsItIs() {
		this.environment.setProperty(BOOT + "endpoint", "https://boot/own/path");
		destination("https://boot/own/path", Protocol.HTTP);
	}

	@Test
	void shouldInferGrpcFromBootsEndpoint() {
		this.environment.setProperty(BOOT + "endpoint", "http://localhost:4317/v1/traces");
		destination("http://localhost:4317", Protocol.GRPC);
	}

	@Test
	void shouldTakeBootsTransport() {
		this.environment.setProperty(BOOT + "transport", "grpc");
		this.environment.setProperty(BOOT + "endpoint", "http://boot:9999");
		destination("http://boot:9999", Protocol.GRPC);
	}

	private void destination(String url, Protocol protocol) {
		assertThat(OtlpDestination.from(this.environment)).isEqualTo(new OtlpDestination(url, protocol));
	}

}
