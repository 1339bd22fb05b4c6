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
		if (own == null && boot != null) {
			Allowed.httpUrl(BOOT_PREFIX + "endpoint", boot);
		}
		URI endpoint = URI.create((own != null) ? own : (boot != null) ? boot : DEFAULT_ENDPOINT);
		Protocol protocol = protocol(properties.protocol(), environment, endpoint);
		// Boot's property is the whole URL by its documentation, and is left as it is.
		return (protocol == Protocol.HTTP && own == null && boot != null) ? new OtlpDestination(boot, protocol)
				: of(endpoint, protocol);
	}

	/**
	 * Return the destination at an endpoint.
	 * @param endpoint http or https URL
	 * @param protocol the protocol, {@code null} for the one of the port
	 * @return the destination
	 */
	static OtlpDestination of(String endpoint, @Nullable Protocol protocol) {
		URI uri = URI.create(endpoint);
		return of(uri, (protocol != null) ? protocol : protocolOfPort(uri));
	}

	private static OtlpDestination of(URI endpoint, Protocol protocol) {
		return new OtlpDestination((protocol == Protocol.GRPC) ? withoutPath(endpoint) : withTracesPath(endpoint),
				protocol);
	}

	private static Protocol protocol(@Nullable Protocol own, Environment environment, URI endpoint) {
		if (own != null) {
			return own;
		}
		Protocol boot = Binder.get(environment).bind(BOOT_PREFIX + "transport", Protocol.class).orElse(null);
		if (boot != null) {
			return boot;
		}
		return protocolOfPort(endpoint);
	}

	private static Protocol protocolOfPort(URI endpoint) {
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

}
