package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Batch;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Destination;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The destinations that the configuration names. A setting is taken from
 * {@code kosmos.tracing.*}, else from Boot's property, onto which Boot maps the OTEL_*
 * variables, else it is our default. A named destination shares the batches, timeouts and
 * the compression of the destination named default, and nothing that is meant for its
 * receiver: neither headers nor TLS.
 */
final class Destinations {

	/**
	 * Name of the destination that has no name in the configuration.
	 */
	static final String DEFAULT = "default";

	private static final String BOOT_EXPORT = "management.opentelemetry.tracing.export.";

	private static final String BOOT_OTLP = BOOT_EXPORT + "otlp.";

	/**
	 * The bytes are the bound: so many spans of 256 bytes are the 64 MB. What is sent at
	 * once is below the 4 MiB that receivers of gRPC take unless told otherwise, and the
	 * delay leaves most of the 100 ms within which a span shall be there.
	 */
	static final DestinationSettings.Batch BATCH = new DestinationSettings.Batch(262_144,
			DataSize.ofMegabytes(64).toBytes(), 8192, (int) DataSize.ofMegabytes(3).toBytes(), Duration.ofMillis(25));

	private final Environment environment;

	private final ExporterProperties exporter;

	private final OtlpTracingProperties boot;

	private final ObjectProvider<SslBundles> sslBundles;

	private final DestinationSettings.Batch batch;

	private Destinations(Environment environment, ExporterProperties exporter, BatchProperties batch,
			OtlpTracingProperties boot, ObjectProvider<SslBundles> sslBundles) {
		this.environment = environment;
		this.exporter = exporter;
		this.boot = boot;
		this.sslBundles = sslBundles;
		this.batch = batch(environment, batch);
	}

	/**
	 * Return the destinations that are not switched off, the default one first.
	 * @param environment what Boot's properties were really set to
	 * @param exporter our destinations
	 * @param batch our batches
	 * @param boot destination of Boot
	 * @param connection where a service connection or the application itself sends spans,
	 * which comes before every property, or {@code null}
	 * @param sslBundles all SSL bundles
	 * @return the settings
	 * @throws InvalidConfigurationPropertyValueException if a value is not allowed
	 */
	static List<DestinationSettings> from(Environment environment, ExporterProperties exporter, BatchProperties batch,
			OtlpTracingProperties boot, @Nullable OtlpTracingConnectionDetails connection,
			ObjectProvider<SslBundles> sslBundles) {
		List<DestinationSettings> all = new ArrayList<>();
		if (exporter.enabled()) {
			Destinations destinations = new Destinations(environment, exporter, batch, boot, sslBundles);
			if (connection != null || destinations.hasEndpoint() || exporter.destinations().isEmpty()) {
				all.add(destinations.unnamed(connection));
			}
			destinations.named().forEach((name, destination) -> {
				if (destination.enabled()) {
					all.add(destinations.named(name, destination));
				}
			});
		}
		return List.copyOf(all);
	}

	private boolean hasEndpoint() {
		return this.exporter.endpoint() != null || this.boot.getEndpoint() != null;
	}

	private DestinationSettings unnamed(@Nullable OtlpTracingConnectionDetails connection) {
		OtlpDestination configured = OtlpDestination.from(this.environment);
		Allowed.headers(BOOT_OTLP + "headers", this.boot.getHeaders());
		// Names of headers have no case.
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.putAll(this.boot.getHeaders());
		headers.putAll(this.exporter.headers());
		if (connection != null) {
			boolean grpc = configured.protocol() == Protocol.GRPC;
			String url = connection.getUrl(grpc ? Transport.GRPC : Transport.HTTP);
			Allowed.httpUrl("OtlpTracingConnectionDetails.getUrl", url);
			OtlpDestination connected = grpc ? OtlpDestination.of(url, Protocol.GRPC)
					: new OtlpDestination(url, Protocol.HTTP);
			return settings(DEFAULT, connected, headers, compression(), timeout(), connection.getSslBundle(), null,
					this.batch, null);
		}
		String own = this.exporter.ssl().bundle();
		String name = StringUtils.hasText(own) ? own : this.boot.getSsl().getBundle();
		String key = (StringUtils.hasText(own) ? ExporterProperties.PREFIX : BOOT_OTLP) + "ssl.bundle";
		return settings(DEFAULT, configured, headers, compression(), timeout(), sslBundle(key, name), name, this.batch,
				null);
	}

	private Map<String, Destination> named() {
		// A variable of the environment has no dashes: what it adds to the destination
		// new-relic is bound there, and as a destination newrelic besides.
		Map<String, String> names = new LinkedHashMap<>();
		this.exporter.destinations()
			.keySet()
			.forEach((name) -> names.merge(name.replace("-", ""), name,
					(one, other) -> (one.length() >= other.length()) ? one : other));
		Map<String, Destination> named = new LinkedHashMap<>();
		names.values()
			.stream()
			.sorted(Comparator.naturalOrder())
			.forEach((name) -> named.put(name, this.exporter.destinations().get(name)));
		return named;
	}

	private DestinationSettings named(String name, Destination destination) {
		String prefix = Destination.prefix(name);
		String bundle = destination.ssl().bundle();
		return settings(name,
				OtlpDestination.of(Objects.requireNonNull(destination.endpoint()), destination.protocol()),
				destination.headers(), (destination.compression() != null) ? destination.compression() : compression(),
				(destination.timeout() != null) ? destination.timeout() : timeout(),
				sslBundle(prefix + "ssl.bundle", bundle), bundle,
				batch(prefix + "batch.", destination.batch(), this.batch),
				Selection.of(destination.filter(), destination.redact()));
	}

	private DestinationSettings settings(String name, OtlpDestination destination, Map<String, String> headers,
			Compression compression, Duration timeout, @Nullable SslBundle sslBundle, @Nullable String sslBundleName,
			DestinationSettings.Batch batch, @Nullable Selection selection) {
		return new DestinationSettings(name, destination.url(), destination.protocol(), Map.copyOf(headers),
				compression, timeout, bootsTimeout("connect-timeout", this.boot.getConnectTimeout()), sslBundle,
				(sslBundle != null) ? sslBundleName : null, batch, selection);
	}

	private Compression compression() {
		return (this.exporter.compression() != null) ? this.exporter.compression()
				: Compression.valueOf(this.boot.getCompression().name());
	}

	private Duration timeout() {
		return (this.exporter.timeout() != null) ? this.exporter.timeout()
				: bootsTimeout("timeout", this.boot.getTimeout());
	}

	private static Duration bootsTimeout(String name, Duration value) {
		if (value.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(BOOT_OTLP + name, value, "It must not be negative.");
		}
		// For ever, in the SDK's reading of 0 and in the number that Boot makes of it.
		boolean unlimited = value.isZero() || value.compareTo(ExporterProperties.MAX_TIMEOUT) > 0;
		return unlimited ? ExporterProperties.MAX_TIMEOUT : value;
	}

	private @Nullable SslBundle sslBundle(String key, @Nullable String name) {
		if (!StringUtils.hasText(name)) {
			return null;
		}
		SslBundles bundles = this.sslBundles.getIfAvailable();
		try {
			if (bundles != null) {
				return bundles.getBundle(name);
			}
		}
		catch (NoSuchSslBundleException ex) {
			// Said below, with the key.
		}
		throw new InvalidConfigurationPropertyValueException(key, name,
				"It must be the name of an SSL bundle below spring.ssl.bundle. There are "
						+ ((bundles != null) ? bundles.getBundleNames() : List.of()) + ".");
	}

	static DestinationSettings.Batch batch(Environment environment, BatchProperties properties) {
		return batch(BatchProperties.PREFIX, properties.batch(), bootsBatch(environment));
	}

	private static DestinationSettings.Batch bootsBatch(Environment environment) {
		Binder binder = Binder.get(environment);
		Integer queueSize = binder.bind(BOOT_EXPORT + "max-queue-size", Integer.class).orElse(null);
		Integer maxSize = binder.bind(BOOT_EXPORT + "max-batch-size", Integer.class).orElse(null);
		Duration delay = binder.bind(BOOT_EXPORT + "schedule-delay", Duration.class).orElse(BATCH.delay());
		Allowed.positive(BOOT_EXPORT + "max-queue-size", queueSize);
		Allowed.positive(BOOT_EXPORT + "max-batch-size", maxSize);
		if (delay.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(BOOT_EXPORT + "schedule-delay", delay,
					"It must not be negative.");
		}
		int queue = (queueSize != null) ? queueSize : BATCH.queueSize();
		return new DestinationSettings.Batch(queue, BATCH.queueBytes(),
				Math.min((maxSize != null) ? maxSize : BATCH.maxSize(), queue), BATCH.maxBytes(), delay);
	}

	private static DestinationSettings.Batch batch(String prefix, Batch own, DestinationSettings.Batch inherited) {
		int queueSize = (own.queueSize() != null) ? own.queueSize() : inherited.queueSize();
		long queueBytes = (own.queueBytes() != null) ? own.queueBytes().toBytes() : inherited.queueBytes();
		int maxSize = (own.maxSize() != null) ? own.maxSize() : Math.min(inherited.maxSize(), queueSize);
		long maxBytes = (own.maxBytes() != null) ? own.maxBytes().toBytes()
				: Math.min(inherited.maxBytes(), queueBytes);
		if (maxSize > queueSize) {
			throw new InvalidConfigurationPropertyValueException(prefix + "max-size", maxSize,
					"It must be at most " + prefix + "queue-size, which is " + queueSize + ".");
		}
		if (maxBytes > queueBytes) {
			throw new InvalidConfigurationPropertyValueException(prefix + "max-bytes", own.maxBytes(),
					"It must be at most " + prefix + "queue-bytes, which is " + DataSize.ofBytes(queueBytes) + ".");
		}
		return new DestinationSettings.Batch(queueSize, queueBytes, maxSize, (int) maxBytes,
				(own.delay() != null) ? own.delay() : inherited.delay());
	}

}
