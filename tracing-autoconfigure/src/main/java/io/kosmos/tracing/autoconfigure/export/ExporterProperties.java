package io.kosmos.tracing.autoconfigure.export;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Where spans are sent. What is not below {@code destinations}, {@code spool} or
 * {@code shutdown-timeout} is about the destination named default.
 *
 * @param enabled Whether spans are sent by OTLP, to any destination.
 * @param endpoint URL of the OTLP receiver. For HTTP, /v1/traces is appended when
 * missing. With further destinations, spans go there only if this is set.
 * @param protocol Protocol spoken there. Unless set, grpc for port 4317 and http for any
 * other.
 * @param headers Headers sent with every export, such as an API key.
 * @param compression Compression of what is sent. Further destinations have it too,
 * unless they say otherwise.
 * @param timeout Time that one request may take. Further destinations have it too, unless
 * they say otherwise.
 * @param ssl TLS of the connection.
 * @param destinations Further destinations by name. Each needs endpoint and may have
 * enabled, protocol, headers, compression, timeout, ssl.bundle, batch, filter and redact.
 * @param spool Directory for what could not be delivered.
 * @param shutdownTimeout Time that the end of the application may take for what was not
 * delivered yet.
 */
@ConfigurationProperties("kosmos.tracing.exporter")
public record ExporterProperties(@DefaultValue("true") boolean enabled, @Nullable String endpoint,
		@Nullable Protocol protocol, @DefaultValue Map<String, String> headers, @Nullable Compression compression,
		@Nullable Duration timeout, @DefaultValue Ssl ssl, @DefaultValue Map<String, Destination> destinations,
		@DefaultValue Spool spool, @DefaultValue("2s") Duration shutdownTimeout) {

	static final String PREFIX = "kosmos.tracing.exporter.";

	static final Duration MAX_TIMEOUT = Duration.ofHours(1);

	private static final Duration MAX_SHUTDOWN_TIMEOUT = Duration.ofMinutes(5);

	// Names are names of directories and values of tags.
	private static final Predicate<String> NAME = Pattern.compile("[a-z0-9-]{1,64}").asMatchPredicate();

	/**
	 * Check the values.
	 */
	public ExporterProperties {
		if (endpoint != null) {
			Allowed.httpUrl(PREFIX + "endpoint", endpoint);
		}
		Allowed.headers(PREFIX + "headers", headers);
		Allowed.positive(PREFIX + "timeout", timeout, MAX_TIMEOUT, "1 hour");
		destinations.forEach(ExporterProperties::check);
		if (shutdownTimeout.isNegative() || shutdownTimeout.compareTo(MAX_SHUTDOWN_TIMEOUT) > 0) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "shutdown-timeout", shutdownTimeout,
					"It must be from 0 to 5 minutes.");
		}
	}

	private static void check(String name, Destination destination) {
		if (name.equals(Destinations.DEFAULT)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "destinations", name,
					"It must have other names as keys: default is the destination of kosmos.tracing.exporter.endpoint.");
		}
		if (!NAME.test(name)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "destinations", name,
					"It must have names of 1 to 64 characters out of a to z, 0 to 9 and - as keys.");
		}
		destination.check(Destination.prefix(name));
	}

	/**
	 * Describe the properties without what may hold a secret.
	 */
	@Override
	public String toString() {
		return "ExporterProperties[enabled=" + this.enabled + ", endpoint=" + shown(this.endpoint) + ", protocol="
				+ this.protocol + ", headers=" + this.headers.keySet() + ", compression=" + this.compression
				+ ", timeout=" + this.timeout + ", ssl=" + this.ssl + ", destinations=" + this.destinations + ", spool="
				+ this.spool + ", shutdownTimeout=" + this.shutdownTimeout + "]";
	}

	private static @Nullable String shown(@Nullable String endpoint) {
		return (endpoint != null) ? Allowed.masked(endpoint) : null;
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

	/**
	 * A further destination.
	 *
	 * @param enabled Whether spans are sent there.
	 * @param endpoint URL of the OTLP receiver. For HTTP, /v1/traces is appended when
	 * missing.
	 * @param protocol Protocol spoken there. Unless set, grpc for port 4317 and http for
	 * any other.
	 * @param headers Headers sent with every request, such as an API key.
	 * @param compression Compression of what is sent.
	 * @param timeout Time that one request may take.
	 * @param ssl TLS of the connection.
	 * @param batch How spans are gathered for it.
	 * @param filter Which spans it gets.
	 * @param redact Patterns of the keys of attributes whose values it does not get.
	 */
	public record Destination(@DefaultValue("true") boolean enabled, @Nullable String endpoint,
			@Nullable Protocol protocol, @DefaultValue Map<String, String> headers, @Nullable Compression compression,
			@Nullable Duration timeout, @DefaultValue Ssl ssl, @DefaultValue Batch batch, @DefaultValue Filter filter,
			@DefaultValue List<String> redact) {

		static String prefix(String name) {
			return PREFIX + "destinations." + name + ".";
		}

		private void check(String prefix) {
			if (this.endpoint != null) {
				Allowed.httpUrl(prefix + "endpoint", this.endpoint);
			}
			else if (this.enabled) {
				throw new InvalidConfigurationPropertyValueException(prefix + "endpoint", null,
						"Each destination needs the URL of its OTLP receiver.");
			}
			Allowed.headers(prefix + "headers", this.headers);
			Allowed.positive(prefix + "timeout", this.timeout, MAX_TIMEOUT, "1 hour");
			this.batch.check(prefix + "batch.");
			this.filter.include.check(prefix + "filter.include.");
			this.filter.exclude.check(prefix + "filter.exclude.");
			Allowed.patterns(prefix + "redact", this.redact);
		}

		/**
		 * Describe the destination without what may hold a secret.
		 */
		@Override
		public String toString() {
			return "Destination[enabled=" + this.enabled + ", endpoint=" + shown(this.endpoint) + ", protocol="
					+ this.protocol + ", headers=" + this.headers.keySet() + ", compression=" + this.compression
					+ ", timeout=" + this.timeout + ", ssl=" + this.ssl + ", batch=" + this.batch + ", filter="
					+ this.filter + ", redact=" + this.redact + "]";
		}

	}

	/**
	 * How spans are gathered.
	 *
	 * @param queueSize Number of spans that may wait in memory.
	 * @param queueBytes Size of what may wait in memory.
	 * @param maxSize Number of spans sent at once.
	 * @param maxBytes Size of what is sent at once, before compression.
	 * @param delay Time for which spans wait for others.
	 */
	public record Batch(@Nullable Integer queueSize, @Nullable DataSize queueBytes, @Nullable Integer maxSize,
			@Nullable DataSize maxBytes, @Nullable Duration delay) {

		private static final DataSize MIN_BYTES = DataSize.ofKilobytes(64);

		private static final DataSize MAX_BYTES = DataSize.ofMegabytes(256);

		private static final Duration MAX_DELAY = Duration.ofMinutes(5);

		void check(String prefix) {
			Allowed.positive(prefix + "queue-size", this.queueSize);
			Allowed.size(prefix + "queue-bytes", this.queueBytes, MIN_BYTES, "64KB");
			Allowed.positive(prefix + "max-size", this.maxSize);
			if (this.maxBytes != null
					&& (this.maxBytes.compareTo(MIN_BYTES) < 0 || this.maxBytes.compareTo(MAX_BYTES) > 0)) {
				throw new InvalidConfigurationPropertyValueException(prefix + "max-bytes", this.maxBytes,
						"It must be from 64KB to 256MB.");
			}
			Allowed.positive(prefix + "delay", this.delay, MAX_DELAY, "5 minutes");
		}

	}

	/**
	 * Which spans a destination gets: those of {@code include}, or all if that is empty,
	 * but those of {@code exclude}.
	 *
	 * @param include Spans that it gets.
	 * @param exclude Spans that it does not get.
	 * @param errorsOnly Whether it gets spans of errors only.
	 */
	public record Filter(@DefaultValue Spans include, @DefaultValue Spans exclude,
			@DefaultValue("false") boolean errorsOnly) {

	}

	/**
	 * Spans that match one of the patterns, in which * stands for any characters.
	 *
	 * @param names Patterns of the name.
	 * @param attributes Patterns of the values of attributes, by the attribute's key.
	 */
	public record Spans(@DefaultValue List<String> names, @DefaultValue Map<String, String> attributes) {

		boolean isEmpty() {
			return this.names.isEmpty() && this.attributes.isEmpty();
		}

		private void check(String prefix) {
			Allowed.patterns(prefix + "names", this.names);
			this.attributes.forEach((key, pattern) -> Allowed.patterns(prefix + "attributes." + key, List.of(pattern)));
		}

	}

	/**
	 * Directory for what could not be delivered.
	 *
	 * @param directory Directory in which spans survive the end of the application until
	 * they are delivered. Unless set, they are kept in memory only.
	 * @param maxSize Size that the files of one destination may take. The oldest spans of
	 * more are dropped.
	 * @param maxAge Time for which a span is kept.
	 */
	public record Spool(@Nullable String directory, @DefaultValue("1GB") DataSize maxSize,
			@DefaultValue("3d") Duration maxAge) {

		private static final Duration MAX_AGE = Duration.ofDays(365);

		private static final DataSize MIN_SIZE = DataSize.ofMegabytes(1);

		/**
		 * Check the values.
		 */
		public Spool {
			if (directory != null) {
				toPath(directory);
			}
			Allowed.size(PREFIX + "spool.max-size", maxSize, MIN_SIZE, "1MB");
			Allowed.positive(PREFIX + "spool.max-age", maxAge, MAX_AGE, "365 days");
		}

		/**
		 * Return what is set.
		 * @return the settings, or {@code null} if there is no spool
		 */
		@Nullable SpoolSettings settings() {
			return StringUtils.hasText(this.directory)
					? new SpoolSettings(toPath(this.directory), this.maxSize.toBytes(), this.maxAge) : null;
		}

		private static Path toPath(String directory) {
			try {
				return Path.of(directory.strip()).toAbsolutePath().normalize();
			}
			catch (InvalidPathException ex) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "spool.directory", directory,
						"It must be the path of a directory.", ex);
			}
		}

	}

}
