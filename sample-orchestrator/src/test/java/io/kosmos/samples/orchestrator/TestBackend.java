package io.kosmos.samples.orchestrator;

import java.io.IOException;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistrar;

/**
 * A gateway to talk to and a place where spans are kept.
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
	SpanProcessor recordingSpanProcessor(InMemorySpanExporter recordedSpans) {
		return SimpleSpanProcessor.create(recordedSpans);
	}

}
