package io.kosmos.tracing.autoconfigure.export;

import java.net.URI;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
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

	private static final int MAX_PORT = 65535;

	private static final String TRACES_PATH = "/v1/traces";

	static OtlpDestination from(Environment environment) {
		ExporterProperties properties = Binder.get(environment)
			.bindOrCreate("kosmos.tracing.exporter", ExporterProperties.class);
		String own = properties.endpoint();
		String boot = environment.getProperty(BOOT_PREFIX + "endpoint");
		if (own == null && boot != null) {
			requireHttpUrl(BOOT_PREFIX + "endpoint", boot);
		}
		URI endpoint = URI.create((own != null) ? own : (boot != null) ? boot : DEFAULT_ENDPOINT);
		Protocol protocol = protocol(properties.protocol(), environment, endpoint);
		if (protocol == Protocol.GRPC) {
			return new OtlpDestination(withoutPath(endpoint), protocol);
		}
		// Boot's property is the whole URL by its documentation, and is left as it is.
		return new OtlpDestination((own == null && boot != null) ? boot : withTracesPath(endpoint), protocol);
	}

	private static Protocol protocol(@Nullable Protocol own, Environment environment, URI endpoint) {
		if (own != null) {
			return own;
		}
		Protocol boot = Binder.get(environment).bind(BOOT_PREFIX + "transport", Protocol.class).orElse(null);
		if (boot != null) {
			return boot;
		}
		return (endpoint.getPort() == GRPC_PORT) ? Protocol.GRPC : Protocol.HTTP;
	}

	private static String withoutPath(URI endpoint) {
		return endpoint.getScheme() + "://" + endpoint.getRawAuthority();
	}

	private static String withTracesPath(URI endpoint) {
		String path = endpoint.getRawPath().replaceFirst("/+$", "");
		String query = (endpoint.getRawQuery() != null) ? "?" + endpoint.getRawQuery() : "";
		return withoutPath(endpoint) + path + (path.endsWith(TRACES_PATH) ? "" : TRACES_PATH) + query;
	}

	static void requireHttpUrl(String property, String endpoint) {
		if (!isHttpUrl(endpoint)) {
			throw new InvalidConfigurationPropertyValueException(property, endpoint,
					"It must be an http or https URL with a host, such as http://localhost:4318.");
		}
	}

	private static boolean isHttpUrl(String endpoint) {
		try {
			URI uri = URI.create(endpoint);
			return uri.getHost() != null && uri.getPort() <= MAX_PORT
					&& ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
