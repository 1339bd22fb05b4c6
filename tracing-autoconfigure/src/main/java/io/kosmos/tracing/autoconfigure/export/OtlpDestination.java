package io.kosmos.tracing.autoconfigure.export;

import java.net.URI;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Where the configuration sends spans, and by which protocol: from
 * {@code kosmos.tracing.exporter.*}, else from Boot's properties, onto which Boot maps
 * the OTEL_* variables, else the port of OTLP over HTTP on this host.
 */
record OtlpDestination(String url, Protocol protocol) {

	/**
	 * See <a href= "https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port">the
	 * OTLP specification</a>.
	 */
	private static final String DEFAULT_ENDPOINT = "http://localhost:4318";

	private static final String BOOT_PREFIX = "management.opentelemetry.tracing.export.otlp.";

	private static final int GRPC_PORT = 4317;

	private static final String TRACES_PATH = "/v1/traces";

	static OtlpDestination from(Environment environment) {
		ExporterProperties properties = Binder.get(environment)
			.bindOrCreate("kosmos.tracing.exporter", ExporterProperties.class);
		String own = properties.endpoint();
		String boot = environment.getProperty(BOOT_PREFIX + "endpoint");
		String endpoint = (own != null) ? own : (boot != null) ? boot : DEFAULT_ENDPOINT;
		Protocol protocol = protocol(properties.protocol(), environment, endpoint);
		if (protocol == Protocol.GRPC) {
			return new OtlpDestination(withoutPath(endpoint), protocol);
		}
		// Boot's property is the whole URL by its documentation, and is left as it is.
		return new OtlpDestination((own == null && boot != null) ? boot : withTracesPath(endpoint), protocol);
	}

	private static Protocol protocol(@Nullable Protocol own, Environment environment, String endpoint) {
		if (own != null) {
			return own;
		}
		Protocol boot = Binder.get(environment).bind(BOOT_PREFIX + "transport", Protocol.class).orElse(null);
		if (boot != null) {
			return boot;
		}
		return (URI.create(endpoint).getPort() == GRPC_PORT) ? Protocol.GRPC : Protocol.HTTP;
	}

	private static String withoutPath(String endpoint) {
		URI uri = URI.create(endpoint);
		return uri.getScheme() + "://" + uri.getRawAuthority();
	}

	private static String withTracesPath(String endpoint) {
		String base = endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint;
		return base.endsWith(TRACES_PATH) ? base : base + TRACES_PATH;
	}

}
