package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class ExportAutoConfigurationTests {

	private static final String BOOT_EXPORT = "management.opentelemetry.tracing.export.";

	private static final String BOOT_LIMITS = "management.opentelemetry.tracing.limits.";

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldSupplyOneOfEach() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(OtlpTracingConnectionDetails.class)
			.hasSingleBean(SpanExporter.class)
			.hasBean("kosmosOtlpHttpSpanExporter")
			.hasSingleBean(BatchSpanProcessor.class)
			.hasBean("kosmosBatchSpanProcessor")
			.hasSingleBean(SpanLimits.class)
			.hasBean("kosmosSpanLimits"));
	}

	@Test
	void shouldSupplyOneOfEachWhenBootHasAnEndpointToo() {
		this.runner.withPropertyValues(BOOT_EXPORT + "otlp.endpoint=http://localhost:4318/v1/traces")
			.run((context) -> assertThat(context).hasSingleBean(OtlpTracingConnectionDetails.class)
				.hasSingleBean(SpanExporter.class)
				.hasBean("kosmosOtlpHttpSpanExporter"));
	}

	@Test
	void shouldSpeakGrpcToItsPort() {
		this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:4317")
			.run((context) -> assertThat(context).hasSingleBean(SpanExporter.class)
				.hasSingleBean(OtlpGrpcSpanExporter.class));
	}

	@Test
	void shouldUseTheServiceConnection() {
		this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://ignored:4318")
			.withBean(OtlpTracingConnectionDetails.class, () -> (transport) -> "http://connection/" + transport)
			.run((context) -> {
				assertThat(context).hasSingleBean(OtlpTracingConnectionDetails.class);
				assertThat(context.getBean(OtlpHttpSpanExporter.class).toString())
					.contains("endpoint=http://connection/" + Transport.HTTP);
			});
	}

	@Test
	void shouldBackOffForTheExporterOfTheApplication() {
		this.runner.withBean("own", OtlpHttpSpanExporter.class, OtlpHttpSpanExporter::getDefault)
			.withPropertyValues("kosmos.tracing.exporter.protocol=grpc")
			.run((context) -> assertThat(context).hasSingleBean(SpanExporter.class).hasBean("own"));
		this.runner.withBean("own", OtlpGrpcSpanExporter.class, OtlpGrpcSpanExporter::getDefault)
			.run((context) -> assertThat(context).hasSingleBean(SpanExporter.class).hasBean("own"));
	}

	@Test
	void shouldStayBesideAnExporterOfAnotherType() {
		this.runner.withBean("own", InMemorySpanExporter.class, InMemorySpanExporter::create)
			.run((context) -> assertThat(context).hasBean("own").hasSingleBean(OtlpHttpSpanExporter.class));
	}

	@Test
	void shouldCustomizeTheExporter() {
		this.runner
			.withBean(OtlpHttpSpanExporterBuilderCustomizer.class,
					() -> (builder) -> builder.setEndpoint("http://customized/"))
			.run((context) -> assertThat(context.getBean(OtlpHttpSpanExporter.class).toString())
				.contains("endpoint=http://customized/"));
	}

	@Test
	void shouldBackOffForTheProcessorOfTheApplication() {
		BatchSpanProcessor own = BatchSpanProcessor.builder(InMemorySpanExporter.create()).build();
		this.runner.withBean("own", BatchSpanProcessor.class, () -> own)
			.run((context) -> assertThat(context).getBean(BatchSpanProcessor.class).isSameAs(own));
	}

	@Test
	void shouldBackOffForTheLimitsOfTheApplication() {
		SpanLimits own = SpanLimits.getDefault();
		this.runner.withBean("own", SpanLimits.class, () -> own)
			.run((context) -> assertThat(context).getBean(SpanLimits.class).isSameAs(own));
	}

	@Test
	void shouldNotExportWhenSwitchedOff() {
		this.runner.withPropertyValues("kosmos.tracing.exporter.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanExporter.class)
				.doesNotHaveBean(OtlpTracingConnectionDetails.class)
				.hasSingleBean(BatchSpanProcessor.class));
		this.runner.withPropertyValues("management.tracing.export.otlp.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanExporter.class));
		this.runner.withPropertyValues("management.tracing.export.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SpanExporter.class));
	}

	@Test
	void shouldBackOffWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SpanExporter.class)
				.doesNotHaveBean("kosmosBatchSpanProcessor")
				.doesNotHaveBean("kosmosSpanLimits"));
	}

	@Test
	void shouldBackOffWithoutTheExporter() {
		this.runner.withClassLoader(new FilteredClassLoader(OtlpHttpSpanExporter.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ExportAutoConfiguration.class)
				.hasSingleBean(BatchSpanProcessor.class));
	}

	@Test
	void shouldHaveDefaultsOfBatchAndExporter() {
		this.runner.run((context) -> {
			assertThat(processor(context.getBean(BatchSpanProcessor.class))).contains("maxExportBatchSize=512",
					"exporterTimeoutNanos=" + Duration.ofSeconds(30).toNanos(),
					"scheduleDelayNanos=" + Duration.ofSeconds(1).toNanos());
			assertThat(context.getBean(OtlpHttpSpanExporter.class).toString()).contains(
					"endpoint=http://localhost:4318/v1/traces", "timeoutNanos=" + Duration.ofSeconds(10).toNanos(),
					"compressorEncoding=null");
		});
	}

	@Test
	void shouldTakeBootsBatch() {
		this.runner
			.withPropertyValues(BOOT_EXPORT + "max-batch-size=7", BOOT_EXPORT + "timeout=8s",
					BOOT_EXPORT + "schedule-delay=9s", BOOT_EXPORT + "otlp.timeout=3s",
					BOOT_EXPORT + "otlp.compression=gzip")
			.run((context) -> {
				assertThat(processor(context.getBean(BatchSpanProcessor.class))).contains("maxExportBatchSize=7",
						"exporterTimeoutNanos=" + Duration.ofSeconds(8).toNanos(),
						"scheduleDelayNanos=" + Duration.ofSeconds(9).toNanos());
				assertThat(context.getBean(OtlpHttpSpanExporter.class).toString())
					.contains("timeoutNanos=" + Duration.ofSeconds(3).toNanos(), "compressorEncoding=gzip");
			});
	}

	@Test
	void shouldPreferOwnBatchToBoots() {
		this.runner
			.withPropertyValues(BOOT_EXPORT + "max-batch-size=7", BOOT_EXPORT + "timeout=8s",
					BOOT_EXPORT + "schedule-delay=9s", BOOT_EXPORT + "otlp.timeout=3s",
					BOOT_EXPORT + "otlp.compression=gzip", "kosmos.tracing.batch.max-size=70",
					"kosmos.tracing.batch.export-timeout=80s", "kosmos.tracing.batch.delay=90s",
					"kosmos.tracing.exporter.timeout=30s", "kosmos.tracing.exporter.compression=none")
			.run((context) -> {
				assertThat(processor(context.getBean(BatchSpanProcessor.class))).contains("maxExportBatchSize=70",
						"exporterTimeoutNanos=" + Duration.ofSeconds(80).toNanos(),
						"scheduleDelayNanos=" + Duration.ofSeconds(90).toNanos());
				assertThat(context.getBean(OtlpHttpSpanExporter.class).toString())
					.contains("timeoutNanos=" + Duration.ofSeconds(30).toNanos(), "compressorEncoding=null");
			});
	}

	@Test
	void shouldShrinkTheDefaultBatchToASmallQueue() {
		this.runner.withPropertyValues("kosmos.tracing.batch.queue-size=100")
			.run((context) -> assertThat(processor(context.getBean(BatchSpanProcessor.class)))
				.contains("maxExportBatchSize=100"));
	}

	@Test
	void shouldMakeRoomForContentThatIsRecorded() {
		this.runner.withPropertyValues("kosmos.tracing.content.capture=FULL")
			.run((context) -> assertThat(context.getBean(SpanLimits.class).getMaxAttributeValueLength())
				.isEqualTo(262_144));
		this.runner
			.withPropertyValues("kosmos.tracing.content.capture=truncated",
					"kosmos.tracing.limits.attribute-value-length=77")
			.run((context) -> assertThat(context.getBean(SpanLimits.class).getMaxAttributeValueLength()).isEqualTo(77));
	}

	@Test
	void shouldHaveDefaultLimits() {
		this.runner.run((context) -> {
			SpanLimits limits = context.getBean(SpanLimits.class);
			assertThat(limits.getMaxAttributeValueLength()).isEqualTo(2048);
			assertThat(limits.getMaxNumberOfAttributes()).isEqualTo(128);
			assertThat(limits.getMaxNumberOfEvents()).isEqualTo(128);
			assertThat(limits.getMaxNumberOfLinks()).isEqualTo(128);
			assertThat(limits.getMaxNumberOfAttributesPerEvent()).isEqualTo(128);
			assertThat(limits.getMaxNumberOfAttributesPerLink()).isEqualTo(128);
		});
	}

	@Test
	void shouldPreferOwnLimitsToBoots() {
		ApplicationContextRunner boot = this.runner.withPropertyValues(BOOT_LIMITS + "max-attribute-value-length=1",
				BOOT_LIMITS + "max-attributes=2", BOOT_LIMITS + "max-events=3", BOOT_LIMITS + "max-links=4",
				BOOT_LIMITS + "max-attributes-per-event=5", BOOT_LIMITS + "max-attributes-per-link=6");
		boot.run((context) -> assertThat(context.getBean(SpanLimits.class)).isEqualTo(limits(1)));
		boot.withPropertyValues("kosmos.tracing.limits.attribute-value-length=11",
				"kosmos.tracing.limits.attributes=12", "kosmos.tracing.limits.events=13",
				"kosmos.tracing.limits.links=14", "kosmos.tracing.limits.attributes-per-event=15",
				"kosmos.tracing.limits.attributes-per-link=16")
			.run((context) -> assertThat(context.getBean(SpanLimits.class)).isEqualTo(limits(11)));
	}

	private static SpanLimits limits(int first) {
		return SpanLimits.builder()
			.setMaxAttributeValueLength(first)
			.setMaxNumberOfAttributes(first + 1)
			.setMaxNumberOfEvents(first + 2)
			.setMaxNumberOfLinks(first + 3)
			.setMaxNumberOfAttributesPerEvent(first + 4)
			.setMaxNumberOfAttributesPerLink(first + 5)
			.build();
	}

	// The processor has no getters but says all but the size of its queue.
	private static String processor(BatchSpanProcessor processor) {
		return processor.toString();
	}

}
