package io.kosmos.tracing.autoconfigure.service;

import java.util.List;

import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;

/**
 * Where a container of Jaeger listens: on the ports of OTLP, in both of its images.
 */
final class JaegerPorts {

	/** That of version 2, and that of version 1. */
	static final List<String> IMAGES = List.of("jaegertracing/jaeger", "jaegertracing/all-in-one");

	static final String REQUIRED_CLASS = "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp."
			+ "OtlpTracingConnectionDetails";

	private JaegerPorts() {
	}

	static int of(Transport transport) {
		return switch (transport) {
			case GRPC -> 4317;
			case HTTP -> 4318;
		};
	}

	static String url(boolean ssl, String host, int port) {
		return (ssl ? "https" : "http") + "://" + host + ":" + port + "/v1/traces";
	}

}
