package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

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
		if (endpoint != null) {
			OtlpDestination.requireHttpUrl("kosmos.tracing.exporter.endpoint", endpoint);
		}
		if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.exporter.timeout", timeout,
					"It must be longer than 0.");
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
