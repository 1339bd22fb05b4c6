package io.kosmos.tracing.autoconfigure.export;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where spans are sent.
 *
 * @param enabled Whether spans are sent by OTLP.
 * @param endpoint URL of the OTLP receiver. For HTTP, /v1/traces is appended when
 * missing.
 * @param protocol Protocol spoken there. Unless set, grpc for port 4317 and http for any
 * other.
 * @param headers Headers sent with every export, such as an API key.
 * @param compression Compression of what is sent.
 * @param timeout Time that one export may take, retries included.
 * @param ssl TLS of the connection.
 */
@ConfigurationProperties("kosmos.tracing.exporter")
public record ExporterProperties(@DefaultValue("true") boolean enabled, @Nullable String endpoint,
		@Nullable Protocol protocol, @DefaultValue Map<String, String> headers, @Nullable Compression compression,
		@Nullable Duration timeout, @DefaultValue Ssl ssl) {

	/**
	 * Check the values.
	 */
	public ExporterProperties {
		if (endpoint != null && !isHttpUrl(endpoint)) {
			throw new IllegalArgumentException("kosmos.tracing.exporter.endpoint must be an http or https URL with a"
					+ " host, such as http://localhost:4317, but is '" + endpoint + "'");
		}
		if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
			throw new IllegalArgumentException(
					"kosmos.tracing.exporter.timeout must be longer than 0, but is " + timeout);
		}
	}

	private static boolean isHttpUrl(String endpoint) {
		try {
			URI uri = URI.create(endpoint);
			return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * An OTLP protocol.
	 */
	public enum Protocol {

		/** OTLP over gRPC. */
		GRPC,

		/** OTLP as protobuf over HTTP. */
		HTTP

	}

	/**
	 * A compression.
	 */
	public enum Compression {

		/** Nothing is compressed. */
		NONE,

		/** Compressed by gzip. */
		GZIP

	}

	/**
	 * TLS of the connection.
	 *
	 * @param bundle Name of the SSL bundle, which holds the trusted certificates and, for
	 * mutual TLS, the client's key.
	 */
	public record Ssl(@Nullable String bundle) {

	}

}
