package io.kosmos.samples.orchestrator;

import java.io.IOException;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;

/**
 * A gateway to talk to and an exporter that keeps the spans.
 */
@TestConfiguration(proxyBeanMethods = false)
class TestBackend {

	@Bean
	GatewayStub gateway() throws IOException {
		return new GatewayStub();
	}

	@Bean
	DynamicPropertyRegistrar gatewayUrl(GatewayStub gateway) {
		return (registry) -> registry.add("orchestrator.gateway.url", gateway::url);
	}

	@Bean
	InMemorySpanExporter recordedSpans() {
		return InMemorySpanExporter.create();
	}

	@Bean
	Traces traces(InMemorySpanExporter recordedSpans) {
		return new Traces(recordedSpans);
	}

}
