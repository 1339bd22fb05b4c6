package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.autoconfigure.ConditionalOnEnabledTracingExport;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpGrpcSpanExporterBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.opentelemetry.autoconfigure.ConditionalOnEnabledOpenTelemetry;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the OTLP exporter, the batch
 * processor before it, and the span limits. A setting is taken from
 * {@code kosmos.tracing.*}, else from Boot's property, onto which Boot maps the OTEL_*
 * variables, else it is our default.
 */
@AutoConfiguration(before = { OpenTelemetryTracingAutoConfiguration.class, OtlpTracingAutoConfiguration.class },
		after = SslAutoConfiguration.class)
@ConditionalOnClass({ OtelTracer.class, SdkTracerProvider.class, OtlpHttpSpanExporter.class,
		OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ ExporterProperties.class, BatchProperties.class, LimitsProperties.class,
		OtlpTracingProperties.class, OpenTelemetryTracingProperties.class })
public final class ExportAutoConfiguration {

	private static final String BOOT_EXPORT = "management.opentelemetry.tracing.export.";

	private static final String BOOT_LIMITS = "management.opentelemetry.tracing.limits.";

	/**
	 * Shorter than the 5 s of the OpenTelemetry SDK: nobody likes to wait for a trace.
	 */
	private static final Duration BATCH_DELAY = Duration.ofSeconds(1);

	/**
	 * A backend refuses a batch for one huge value; the OpenTelemetry SDK has no limit.
	 */
	private static final int ATTRIBUTE_VALUE_LENGTH = 2048;

	/**
	 * Room for a conversation, when it is recorded.
	 */
	private static final int CONTENT_VALUE_LENGTH = 256 * 1024;

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.exporter.enabled", matchIfMissing = true)
	OtlpTracingConnectionDetails kosmosOtlpConnectionDetails(Environment environment, ExporterProperties properties,
			OtlpTracingProperties boot, ObjectProvider<SslBundles> sslBundles) {
		SslBundle sslBundle = StringUtils.hasText(properties.ssl().bundle())
				? sslBundle("kosmos.tracing.exporter.ssl.bundle", properties.ssl().bundle(), sslBundles)
				: sslBundle("management.opentelemetry.tracing.export.otlp.ssl.bundle", boot.getSsl().getBundle(),
						sslBundles);
		return new ConfiguredConnectionDetails(OtlpDestination.from(environment).url(), sslBundle);
	}

	private static @Nullable SslBundle sslBundle(String property, @Nullable String name,
			ObjectProvider<SslBundles> sslBundles) {
		if (!StringUtils.hasText(name)) {
			return null;
		}
		try {
			return sslBundles.getObject().getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidConfigurationPropertyValueException(property, name,
					"It must be the name of an SSL bundle below spring.ssl.bundle. There are "
							+ sslBundles.getObject().getBundleNames() + ".",
					ex);
		}
	}

	@Bean
	@ConditionalOnMissingBean({ OtlpHttpSpanExporter.class, OtlpGrpcSpanExporter.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.exporter.enabled", matchIfMissing = true)
	@ConditionalOnEnabledTracingExport("otlp")
	@Conditional(OnOtlpProtocol.Http.class)
	OtlpHttpSpanExporter kosmosOtlpHttpSpanExporter(OtlpTracingConnectionDetails connection,
			ExporterProperties properties, OtlpTracingProperties boot, ObjectProvider<MeterProvider> meterProvider,
			ObjectProvider<OtlpHttpSpanExporterBuilderCustomizer> customizers) {
		OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
			.setEndpoint(connection.getUrl(Transport.HTTP))
			.setTimeout(timeout(properties, boot))
			.setConnectTimeout(boot.getConnectTimeout())
			.setCompression(compression(properties, boot));
		headers(properties, boot).forEach(builder::addHeader);
		meterProvider.ifAvailable(builder::setMeterProvider);
		SslBundle sslBundle = connection.getSslBundle();
		if (sslBundle != null) {
			builder.setSslContext(sslBundle.createSslContext(), trustManager(sslBundle));
		}
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean({ OtlpHttpSpanExporter.class, OtlpGrpcSpanExporter.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.exporter.enabled", matchIfMissing = true)
	@ConditionalOnEnabledTracingExport("otlp")
	@Conditional(OnOtlpProtocol.Grpc.class)
	OtlpGrpcSpanExporter kosmosOtlpGrpcSpanExporter(OtlpTracingConnectionDetails connection,
			ExporterProperties properties, OtlpTracingProperties boot, ObjectProvider<MeterProvider> meterProvider,
			ObjectProvider<OtlpGrpcSpanExporterBuilderCustomizer> customizers) {
		OtlpGrpcSpanExporterBuilder builder = OtlpGrpcSpanExporter.builder()
			.setEndpoint(connection.getUrl(Transport.GRPC))
			.setTimeout(timeout(properties, boot))
			.setConnectTimeout(boot.getConnectTimeout())
			.setCompression(compression(properties, boot));
		headers(properties, boot).forEach(builder::addHeader);
		meterProvider.ifAvailable(builder::setMeterProvider);
		SslBundle sslBundle = connection.getSslBundle();
		if (sslBundle != null) {
			builder.setSslContext(sslBundle.createSslContext(), trustManager(sslBundle));
		}
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	private static Duration timeout(ExporterProperties properties, OtlpTracingProperties boot) {
		return (properties.timeout() != null) ? properties.timeout() : boot.getTimeout();
	}

	private static String compression(ExporterProperties properties, OtlpTracingProperties boot) {
		Enum<?> compression = (properties.compression() != null) ? properties.compression() : boot.getCompression();
		return compression.name().toLowerCase(Locale.ROOT);
	}

	private static Map<String, String> headers(ExporterProperties properties, OtlpTracingProperties boot) {
		Map<String, String> headers = new LinkedHashMap<>(boot.getHeaders());
		headers.putAll(properties.headers());
		return headers;
	}

	private static X509TrustManager trustManager(SslBundle sslBundle) {
		for (TrustManager trustManager : sslBundle.getManagers().getTrustManagers()) {
			if (trustManager instanceof X509TrustManager x509TrustManager) {
				return x509TrustManager;
			}
		}
		throw new IllegalStateException("The SSL bundle of the OTLP exporter has no X.509 trust manager");
	}

	private static SpanExporter quiet(SpanExporter exporter, @Nullable OtlpTracingConnectionDetails connection) {
		if (exporter instanceof OtlpHttpSpanExporter) {
			return new FailureLoggingSpanExporter(exporter, url(connection, Transport.HTTP));
		}
		if (exporter instanceof OtlpGrpcSpanExporter) {
			return new FailureLoggingSpanExporter(exporter, url(connection, Transport.GRPC));
		}
		return exporter;
	}

	private static String url(@Nullable OtlpTracingConnectionDetails connection, Transport transport) {
		if (connection == null) {
			return "the OTLP receiver";
		}
		// Without what may hold a secret.
		return connection.getUrl(transport).replaceAll("(?<=//)[^/@]*@|\\?.*$", "");
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledOpenTelemetry
	BatchSpanProcessor kosmosBatchSpanProcessor(BatchProperties properties, OpenTelemetryTracingProperties boot,
			Environment environment, SpanExporters exporters, ObjectProvider<OtlpTracingConnectionDetails> connection,
			ObjectProvider<SpanExportingPredicate> predicates, ObjectProvider<SpanReporter> reporters,
			ObjectProvider<SpanFilter> filters, ObjectProvider<MeterProvider> meterProvider) {
		OpenTelemetryTracingProperties.Export export = boot.getExport();
		int queueSize = (properties.queueSize() != null) ? properties.queueSize() : export.getMaxQueueSize();
		int maxSize = (properties.maxSize() != null) ? properties.maxSize()
				: Math.min(export.getMaxBatchSize(), queueSize);
		if (maxSize > queueSize) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.batch.max-size", maxSize,
					"It must be at most kosmos.tracing.batch.queue-size, which is " + queueSize + ".");
		}
		BatchSpanProcessorBuilder builder = BatchSpanProcessor
			.builder(new CompositeSpanExporter(
					exporters.list().stream().map((exporter) -> quiet(exporter, connection.getIfAvailable())).toList(),
					predicates.orderedStream().toList(), reporters.orderedStream().toList(),
					filters.orderedStream().toList()))
			.setExportUnsampledSpans(export.isIncludeUnsampled())
			.setMaxQueueSize(queueSize)
			.setMaxExportBatchSize(maxSize)
			.setScheduleDelay((properties.delay() != null) ? properties.delay()
					: Binder.get(environment).bind(BOOT_EXPORT + "schedule-delay", Duration.class).orElse(BATCH_DELAY))
			.setExporterTimeout(
					(properties.exportTimeout() != null) ? properties.exportTimeout() : export.getTimeout());
		meterProvider.ifAvailable(builder::setMeterProvider);
		return builder.build();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledOpenTelemetry
	SpanLimits kosmosSpanLimits(LimitsProperties properties, OpenTelemetryTracingProperties boot,
			Environment environment) {
		OpenTelemetryTracingProperties.Limits limits = boot.getLimits();
		return SpanLimits.builder()
			.setMaxAttributeValueLength(or(properties.attributeValueLength(),
					Binder.get(environment)
						.bind(BOOT_LIMITS + "max-attribute-value-length", Integer.class)
						.orElse(recordsContent(environment) ? CONTENT_VALUE_LENGTH : ATTRIBUTE_VALUE_LENGTH)))
			.setMaxNumberOfAttributes(or(properties.attributes(), limits.getMaxAttributes()))
			.setMaxNumberOfEvents(or(properties.events(), limits.getMaxEvents()))
			.setMaxNumberOfLinks(or(properties.links(), limits.getMaxLinks()))
			.setMaxNumberOfAttributesPerEvent(or(properties.attributesPerEvent(), limits.getMaxAttributesPerEvent()))
			.setMaxNumberOfAttributesPerLink(or(properties.attributesPerLink(), limits.getMaxAttributesPerLink()))
			.build();
	}

	private static boolean recordsContent(Environment environment) {
		return !environment.getProperty("kosmos.tracing.content.capture", "none").equalsIgnoreCase("none");
	}

	private static int or(@Nullable Integer own, int other) {
		return (own != null) ? own : other;
	}

	/**
	 * What the properties say, in the place of what a service connection would say.
	 */
	private record ConfiguredConnectionDetails(String url,
			@Nullable SslBundle sslBundle) implements OtlpTracingConnectionDetails {

		@Override
		public String getUrl(Transport transport) {
			return this.url;
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.sslBundle;
		}

	}

}
