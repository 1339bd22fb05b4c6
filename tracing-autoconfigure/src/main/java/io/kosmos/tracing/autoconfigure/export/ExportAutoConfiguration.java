package io.kosmos.tracing.autoconfigure.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.kosmos.tracing.Redaction;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessorBuilder;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import okhttp3.OkHttpClient;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
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
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the delivery of spans, and of the
 * span limits. A setting is taken from {@code kosmos.tracing.*}, else from Boot's
 * property, onto which Boot maps the OTEL_* variables, else it is our default.
 */
@AutoConfiguration(before = { OpenTelemetryTracingAutoConfiguration.class, OtlpTracingAutoConfiguration.class },
		after = SslAutoConfiguration.class)
@ConditionalOnClass({ OtelTracer.class, SdkTracerProvider.class, OtlpHttpSpanExporter.class,
		OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ ExporterProperties.class, BatchProperties.class, LimitsProperties.class,
		TailProperties.class, OtlpTracingProperties.class, OpenTelemetryTracingProperties.class })
public final class ExportAutoConfiguration {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private static final String BOOT_LIMITS = "management.opentelemetry.tracing.limits.";

	/**
	 * A backend refuses a batch for one huge value; the OpenTelemetry SDK has no limit.
	 */
	private static final int ATTRIBUTE_VALUE_LENGTH = 2048;

	/**
	 * Room for a conversation, when it is recorded.
	 */
	private static final int CONTENT_VALUE_LENGTH = 256 * 1024;

	/**
	 * Spans come to exporters some thousand at once, where the SDK's default expects them
	 * one by one.
	 */
	private static final int EXPORTER_QUEUE_SIZE = 16_384;

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
	 * Says that the tail buffer was asked for in vain.
	 */
	@Bean
	@ConditionalOnEnabledOpenTelemetry
	@ConditionalOnBooleanProperty("kosmos.tracing.tail.enabled")
	static SmartInitializingSingleton kosmosTailCheck(ObjectProvider<Door> door) {
		return () -> {
			if (door.stream().findAny().isEmpty()) {
				logger
					.warn("kosmos.tracing.tail.enabled=true does nothing, since spans do not leave by our delivery: the"
							+ " application has a BatchSpanProcessor of its own, or no com.squareup.okhttp3:okhttp-jvm");
			}
		};
	}

	/**
	 * What brings spans to the destinations. An application that has a batch processor of
	 * its own has taken that over.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnEnabledOpenTelemetry
	@ConditionalOnClass(OkHttpClient.class)
	@ConditionalOnMissingBean(BatchSpanProcessor.class)
	static class DeliveryConfiguration {

		@Bean
		static DeliveryShutdown kosmosDeliveryShutdown() {
			return new DeliveryShutdown();
		}

		/**
		 * What spans go through, also where no destination is ours.
		 */
		@Bean
		Door kosmosDoor(ObjectProvider<TailBuffer> tail, ObjectProvider<SpanExportingPredicate> predicates,
				ObjectProvider<SpanFilter> filters, ObjectProvider<UnaryOperator<SpanData>> operators,
				ObjectProvider<SpanReporter> reporters, SpanExporters exporters, BatchProperties batch,
				OpenTelemetryTracingProperties boot, Environment environment,
				ObjectProvider<MeterProvider> meterProvider) {
			TailBuffer buffer = tail.getIfAvailable();
			return new Door(buffer, leaving(predicates, filters, operators),
					exporters(exporters.list(), reporters.orderedStream().toList(), batch, boot.getExport(),
							environment, meterProvider, (buffer != null) ? buffer.properties().maxSpans() : 0));
		}

		@Bean(destroyMethod = "")
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "kosmos.tracing.exporter.enabled", matchIfMissing = true)
		@ConditionalOnEnabledTracingExport("otlp")
		Delivery kosmosDelivery(DeliveryShutdown shutdown, Environment environment, ExporterProperties properties,
				BatchProperties batch, OtlpTracingProperties boot,
				ObjectProvider<OtlpTracingConnectionDetails> connection, ObjectProvider<SslBundles> sslBundles,
				ObjectProvider<SpanExporter> exporters, Door door, ObjectProvider<TracingFailures> failures,
				ObjectProvider<ExportTimer> timer) {
			OtlpTracingConnectionDetails details = connection.getIfAvailable();
			List<DestinationSettings> settings = Destinations.from(environment, properties, batch, boot,
					(details instanceof NoConnectionDetails) ? null : details, sslBundles);
			boolean own = exporters.stream()
				.anyMatch((exporter) -> exporter instanceof OtlpHttpSpanExporter
						|| exporter instanceof OtlpGrpcSpanExporter);
			// Built ahead of time, it may be switched off when it runs.
			boolean off = !environment.getProperty("management.tracing.export.enabled", Boolean.class, true);
			List<Delivery.Part> parts = settings.stream()
				.filter((destination) -> !off)
				.filter((destination) -> !own || !destination.name().equals(Destinations.DEFAULT))
				.map((destination) -> part(destination, sslBundles))
				.toList();
			return shutdown
				.after(new Delivery(parts, off ? null : properties.spool().settings(), door, recording(failures),
						(destination, outcome, duration) -> timer
							.ifAvailable((sink) -> sink.exported(destination, outcome, duration)),
						properties.shutdownTimeout()));
		}

		private static TracingFailures recording(ObjectProvider<TracingFailures> failures) {
			return (site, failure) -> {
				try {
					failures.ifAvailable((sink) -> sink.record(site, failure));
				}
				catch (RuntimeException | Error ex) {
					// Its context may be closed.
				}
			};
		}

		private static Delivery.Part part(DestinationSettings settings, ObjectProvider<SslBundles> sslBundles) {
			OkHttpOtlpSender sender = new OkHttpOtlpSender(settings);
			String bundleName = settings.sslBundleName();
			if (bundleName != null) {
				sslBundles.ifAvailable((bundles) -> bundles.addBundleUpdateHandler(bundleName,
						(bundle) -> rotate(settings, sender, bundle)));
			}
			return new Delivery.Part(settings, sender);
		}

		// Boot tells others after us, whom a failure of ours must not concern.
		private static void rotate(DestinationSettings settings, OkHttpOtlpSender sender, SslBundle bundle) {
			try {
				sender.useSslBundle(bundle);
			}
			catch (RuntimeException ex) {
				logger.warn("What changed in the SSL bundle '" + settings.sslBundleName()
						+ "' cannot be used for the destination '" + settings.name()
						+ "', and what was there before stays (" + NestedExceptionUtils.getMostSpecificCause(ex) + ")");
			}
		}

		private static Function<SpanData, @Nullable SpanData> leaving(ObjectProvider<SpanExportingPredicate> predicates,
				ObjectProvider<SpanFilter> filters, ObjectProvider<UnaryOperator<SpanData>> operators) {
			Function<SpanData, @Nullable SpanData> leaving = MicrometerFilters.of(predicates.orderedStream().toList(),
					filters.orderedStream().toList());
			// An operator without an order that is registered after the redaction would
			// follow it.
			List<UnaryOperator<SpanData>> redactionLast = operators.orderedStream()
				.sorted(Comparator.comparing(Redaction.class::isInstance))
				.toList();
			for (UnaryOperator<SpanData> operator : redactionLast) {
				Function<SpanData, @Nullable SpanData> before = leaving;
				leaving = (span) -> {
					SpanData left = before.apply(span);
					return (left != null) ? operator.apply(left) : null;
				};
			}
			return leaving;
		}

		private static @Nullable ApplicationExporters exporters(List<SpanExporter> exporters,
				List<SpanReporter> reporters, BatchProperties properties, OpenTelemetryTracingProperties.Export boot,
				Environment environment, ObjectProvider<MeterProvider> meterProvider, int atOnce) {
			if (exporters.isEmpty() && reporters.isEmpty()) {
				return null;
			}
			List<BatchSpanProcessor> processors = new ArrayList<>();
			exporters.forEach((exporter) -> processors
				.add(processor(exporter, properties, boot, environment, meterProvider, atOnce)));
			if (!reporters.isEmpty()) {
				processors.add(processor(new CompositeSpanExporter(List.of(), List.of(), reporters, List.of()),
						properties, boot, environment, meterProvider, atOnce));
			}
			return new ApplicationExporters(processors);
		}

		private static BatchSpanProcessor processor(SpanExporter exporter, BatchProperties properties,
				OpenTelemetryTracingProperties.Export boot, Environment environment,
				ObjectProvider<MeterProvider> meterProvider, int atOnce) {
			int queueSize = Math.max(atOnce,
					or(properties.queueSize(), Math.max(boot.getMaxQueueSize(), EXPORTER_QUEUE_SIZE)));
			BatchSpanProcessorBuilder builder = BatchSpanProcessor.builder(exporter)
				.setExportUnsampledSpans(true)
				.setMaxQueueSize(queueSize)
				.setMaxExportBatchSize(Math.min(or(properties.maxSize(), boot.getMaxBatchSize()), queueSize))
				.setScheduleDelay(Destinations.batch(environment, properties).delay())
				.setExporterTimeout(
						(properties.exportTimeout() != null) ? properties.exportTimeout() : boot.getTimeout());
			meterProvider.ifAvailable(builder::setMeterProvider);
			return builder.build();
		}

		/**
		 * Takes what ends, for our destinations and the exporters of the application.
		 * @return nothing, if there is neither
		 */
		@Bean
		@Nullable DeliverySpanProcessor kosmosDeliverySpanProcessor(ObjectProvider<Delivery> delivery, DeliveryShutdown shutdown,
				ObjectProvider<Door> door, ExporterProperties properties, ObjectProvider<TracingFailures> failures,
				OpenTelemetryTracingProperties boot, ObjectProvider<OtlpHttpSpanExporterBuilderCustomizer> http,
				ObjectProvider<OtlpGrpcSpanExporterBuilderCustomizer> grpc) {
			Delivery ours = delivery.getIfAvailable();
			if (ours != null) {
				Stream.concat(http.stream(), grpc.stream())
					.forEach((customizer) -> logger.warn("Nothing is customized by " + customizer
							+ ", since spans do not leave by OpenTelemetry's exporter; use kosmos.tracing.exporter.*, or"
							+ " supply an exporter"));
				return new DeliverySpanProcessor(ours, boot.getExport().isIncludeUnsampled());
			}
			Door toExporters = door.getObject();
			if (toExporters.exporters() == null) {
				return null;
			}
			return new DeliverySpanProcessor(shutdown.after(new Delivery(List.of(), null, toExporters,
					recording(failures), (destination, outcome, duration) -> {
					}, properties.shutdownTimeout())), boot.getExport().isIncludeUnsampled());
		}

		/**
		 * Keeps Boot from making one of its own, which would come before our properties.
		 */
		@Bean
		@ConditionalOnBean(Delivery.class)
		@ConditionalOnMissingBean
		OtlpTracingConnectionDetails kosmosNoConnectionDetails() {
			return new NoConnectionDetails();
		}

		/**
		 * Keeps Boot from making one of its own, to which spans would go as well.
		 * @return nothing
		 */
		@Bean
		@ConditionalOnBean(Delivery.class)
		@ConditionalOnMissingBean({ OtlpHttpSpanExporter.class, OtlpGrpcSpanExporter.class })
		@Nullable OtlpHttpSpanExporter kosmosNoSpanExporter() {
			return null;
		}

		/**
		 * Keeps Boot from making one of its own, from which exporters would get spans as
		 * they end.
		 * @return nothing
		 */
		@Bean
		@Nullable BatchSpanProcessor kosmosNoBatchSpanProcessor() {
			return null;
		}

		/**
		 * What decides about traces once they have ended here.
		 */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnBooleanProperty("kosmos.tracing.tail.enabled")
		static class TailConfiguration {

			@Bean
			TailBuffer kosmosTailBuffer(TailProperties properties, Environment environment,
					ObjectProvider<TracingFailures> failures) {
				warnOfSampler(environment);
				TracingFailures sink = recording(failures);
				return new TailBuffer(properties, System::nanoTime,
						(failure) -> sink.record("the decision about a trace", failure));
			}

			private static void warnOfSampler(Environment environment) {
				String sampler = environment.getProperty("kosmos.tracing.sampling.sampler", "");
				if (sampler.equalsIgnoreCase("never")) {
					warn("kosmos.tracing.sampling.sampler=" + sampler, "all");
					return;
				}
				String rate = environment.getProperty("kosmos.tracing.sampling.rate-limit", "");
				if (!rate.isEmpty()) {
					warn("kosmos.tracing.sampling.rate-limit=" + rate, "all above it");
				}
				Stream.of("kosmos.tracing.sampling.probability", "management.tracing.sampling.probability")
					.filter(environment::containsProperty)
					.findFirst()
					.filter((key) -> isLow(environment.getProperty(key, "")))
					.ifPresent((key) -> warn(key + "=" + environment.getProperty(key), "most"));
			}

			private static boolean isLow(String probability) {
				try {
					return Double.parseDouble(probability) < 0.5;
				}
				catch (NumberFormatException ex) {
					// What binds it says so.
					return false;
				}
			}

			private static void warn(String property, String which) {
				logger.warn("The tail buffer sees few traces, since " + property + " drops " + which
						+ " when they begin, those with errors too; leave it out, and set"
						+ " kosmos.tracing.tail.probability to what shall be kept of the rest");
			}

			@Bean
			TailSection kosmosTailSection(TailBuffer buffer) {
				return new TailSection(buffer);
			}

			@Configuration(proxyBeanMethods = false)
			@ConditionalOnClass(MeterBinder.class)
			static class MeterConfiguration {

				@Bean
				TailMeters kosmosTailMeters(TailBuffer buffer) {
					return new TailMeters(buffer);
				}

			}

		}

	}

	/**
	 * Stands where there is no service connection.
	 */
	private static final class NoConnectionDetails implements OtlpTracingConnectionDetails {

		@Override
		public String getUrl(Transport transport) {
			throw new IllegalStateException("Spans are delivered as kosmos.tracing.exporter.* says");
		}

	}

}
