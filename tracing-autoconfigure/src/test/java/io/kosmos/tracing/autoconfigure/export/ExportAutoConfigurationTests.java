package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class ExportAutoConfigurationTests {

	private static final String BOOT_EXPORT = "management.opentelemetry.tracing.export.";

	private static final String BOOT_LIMITS = "management.opentelemetry.tracing.limits.";

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldSupplyOneOfEach() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(Delivery.class)
			.hasSingleBean(DeliverySpanProcessor.class)
			.hasSingleBean(SpanLimits.class)
			.hasBean("kosmosSpanLimits"));
	}

	@Test
	void shouldHaveNoExporterBesides() {
		this.runner.withPropertyValues(BOOT_EXPORT + "otlp.endpoint=http://localhost:4318/v1/traces").run((context) -> {
			assertThat(context.getBeanProvider(SpanExporter.class).stream()).isEmpty();
			assertThat(context.getBeanProvider(SpanProcessor.class).stream())
				.noneMatch((processor) -> processor instanceof BatchSpanProcessor)
				.hasAtLeastOneElementOfType(DeliverySpanProcessor.class);
			assertThat(urls(context)).containsExactly("http://localhost:4318/v1/traces");
		});
	}

	@Test
	void shouldSpeakGrpcToItsPort() {
		this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:4317")
			.run((context) -> assertThat(context.getBean(Delivery.class).destinations()).singleElement()
				.extracting(DestinationState::url, DestinationState::protocol)
				.containsExactly("http://localhost:4317", "grpc"));
	}

	@Test
	void shouldDeliverToAllDestinations() {
		this.runner
			.withPropertyValues("kosmos.tracing.exporter.endpoint=http://one:4318",
					"kosmos.tracing.exporter.destinations.two.endpoint=http://two:4317")
			.run((context) -> assertThat(urls(context)).containsExactly("http://one:4318/v1/traces",
					"http://two:4317"));
	}

	@Test
	void shouldUseTheServiceConnection() {
		this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://ignored:4318")
			.withBean(OtlpTracingConnectionDetails.class, () -> (transport) -> "http://connection/" + transport)
			.run((context) -> {
				assertThat(context).hasSingleBean(OtlpTracingConnectionDetails.class);
				assertThat(urls(context)).containsExactly("http://connection/" + Transport.HTTP);
			});
	}

	@Test
	void shouldLeaveTheDefaultDestinationToTheExporterOfTheApplication() {
		this.runner.withBean("own", OtlpHttpSpanExporter.class, OtlpHttpSpanExporter::getDefault)
			.withPropertyValues("kosmos.tracing.exporter.protocol=grpc",
					"kosmos.tracing.exporter.endpoint=http://one:4318",
					"kosmos.tracing.exporter.destinations.two.endpoint=http://two:4317")
			.run((context) -> {
				assertThat(context).hasSingleBean(SpanExporter.class).hasBean("own");
				assertThat(urls(context)).containsExactly("http://two:4317");
				assertThat(context.getBean(Door.class).exporters()).isNotNull();
				assertThat(context.getBeanProvider(BatchSpanProcessor.class).stream()).isEmpty();
			});
		this.runner.withBean("own", OtlpGrpcSpanExporter.class, OtlpGrpcSpanExporter::getDefault).run((context) -> {
			assertThat(context).hasSingleBean(SpanExporter.class).hasBean("own");
			assertThat(urls(context)).isEmpty();
		});
	}

	@Test
	void shouldStayBesideAnExporterOfAnotherType() {
		this.runner.withBean("own", InMemorySpanExporter.class, InMemorySpanExporter::create).run((context) -> {
			assertThat(context).hasBean("own");
			assertThat(urls(context)).containsExactly("http://localhost:4318/v1/traces");
			assertThat(context.getBean(Door.class).exporters()).isNotNull();
			assertThat(context.getBeanProvider(BatchSpanProcessor.class).stream()).isEmpty();
		});
	}

	@Test
	void shouldSayThatACustomizerHasNoEffect(CapturedOutput output) {
		this.runner
			.withBean(OtlpHttpSpanExporterBuilderCustomizer.class,
					() -> (builder) -> builder.setEndpoint("http://customized/"))
			.run((context) -> assertThat(output).containsOnlyOnce("Nothing is customized by "));
	}

	@Test
	void shouldBackOffForTheProcessorOfTheApplication() {
		BatchSpanProcessor own = BatchSpanProcessor.builder(InMemorySpanExporter.create()).build();
		this.runner.withBean("own", BatchSpanProcessor.class, () -> own)
			.run((context) -> assertThat(context).doesNotHaveBean(Delivery.class)
				.getBean(BatchSpanProcessor.class)
				.isSameAs(own));
	}

	@Test
	void shouldBackOffForTheLimitsOfTheApplication() {
		SpanLimits own = SpanLimits.getDefault();
		this.runner.withBean("own", SpanLimits.class, () -> own)
			.run((context) -> assertThat(context).getBean(SpanLimits.class).isSameAs(own));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.exporter.enabled", "management.tracing.export.otlp.enabled",
			"management.tracing.export.enabled" })
	void shouldNotExportWhenSwitchedOff(String property) {
		this.runner.withPropertyValues(property + "=false").run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(Delivery.class).doesNotHaveBean(SpanExporter.class);
			assertThat(context.getBeanProvider(DeliverySpanProcessor.class).stream()).isEmpty();
		});
	}

	@Test
	void shouldBackOffWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Delivery.class)
				.doesNotHaveBean(SpanExporter.class)
				.doesNotHaveBean(Door.class)
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
	void shouldBatchForTheExporterOfTheApplication() {
		ApplicationContextRunner own = this.runner.withBean(InMemorySpanExporter.class, InMemorySpanExporter::create);
		own.run((context) -> assertThat(processor(context)).contains("maxExportBatchSize=512",
				"exporterTimeoutNanos=" + Duration.ofSeconds(30).toNanos(),
				"scheduleDelayNanos=" + Duration.ofMillis(25).toNanos()));
		ApplicationContextRunner boot = own.withPropertyValues(BOOT_EXPORT + "max-batch-size=7",
				BOOT_EXPORT + "timeout=8s", BOOT_EXPORT + "schedule-delay=9s");
		boot.run((context) -> assertThat(processor(context)).contains("maxExportBatchSize=7",
				"exporterTimeoutNanos=" + Duration.ofSeconds(8).toNanos(),
				"scheduleDelayNanos=" + Duration.ofSeconds(9).toNanos()));
		boot.withPropertyValues("kosmos.tracing.batch.max-size=70", "kosmos.tracing.batch.export-timeout=80s",
				"kosmos.tracing.batch.delay=90s")
			.run((context) -> assertThat(processor(context)).contains("maxExportBatchSize=70",
					"exporterTimeoutNanos=" + Duration.ofSeconds(80).toNanos(),
					"scheduleDelayNanos=" + Duration.ofSeconds(90).toNanos()));
		own.withPropertyValues("kosmos.tracing.batch.queue-size=100")
			.run((context) -> assertThat(processor(context)).contains("maxExportBatchSize=100"));
	}

	@Test
	void shouldLetSpansThroughTheFiltersOfTheApplicationAndReportThemOnce() {
		List<String> reported = new CopyOnWriteArrayList<>();
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		this.runner.withBean(SpanExporter.class, () -> exporter)
			.withBean(SpanExportingPredicate.class, () -> (span) -> !span.getName().equals("secret"))
			.withBean(SpanFilter.class, () -> (span) -> span.setName(span.getName() + " filtered"))
			.withBean(SpanReporter.class, () -> (span) -> reported.add(span.getName()))
			.run((context) -> {
				Tracer tracer = context.getBean(Tracer.class);
				tracer.spanBuilder("secret").startSpan().end();
				tracer.spanBuilder("work").startSpan().end();
				await().untilAsserted(() -> assertThat(reported).containsExactly("work filtered"));
				await().untilAsserted(() -> {
					DestinationState state = context.getBean(Delivery.class).destinations().get(0);
					assertThat(state.ended()).isEqualTo(2);
					assertThat(state.dropped()).isEqualTo(Map.of(DropReason.FILTERED, 1L));
				});
				await().untilAsserted(() -> assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName)
					.containsExactly("work filtered"));
				assertThat(reported).hasSize(1);
			});
	}

	@Test
	void shouldReportEachSpanBesideTheExporterOfTheApplication() {
		List<String> reported = new CopyOnWriteArrayList<>();
		this.runner.withBean("own", OtlpHttpSpanExporter.class, OtlpHttpSpanExporter::getDefault)
			.withBean(SpanReporter.class, () -> (span) -> reported.add(span.getName()))
			.run((context) -> {
				assertThat(urls(context)).isEmpty();
				Tracer tracer = context.getBean(Tracer.class);
				for (int i = 0; i < 1000; i++) {
					tracer.spanBuilder("work").startSpan().end();
				}
				await().untilAsserted(() -> assertThat(reported).hasSize(1000));
			});
	}

	@Test
	void shouldBackOffWithoutTheHttpClient() {
		this.runner.withClassLoader(new FilteredClassLoader(OkHttpClient.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Delivery.class)
				.hasSingleBean(SpanLimits.class)
				.hasSingleBean(BatchSpanProcessor.class));
	}

	@Test
	void shouldChangeWhatLeaves() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			withOperator().withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:" + receiver.port())
				.run((context) -> {
					context.getBean(Tracer.class).spanBuilder("work").startSpan().end();
					assertThat(context.getBean(Delivery.class).flush(Duration.ofSeconds(10))).isTrue();
					assertThat(receiver.requests().get(0).spans()).extracting(Span::getName).containsExactly("changed");
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.exporter.enabled=true", "kosmos.tracing.exporter.enabled=false",
			"management.tracing.export.otlp.enabled=false" })
	void shouldChangeWhatExportersAndReportersOfTheApplicationGet(String property) {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		List<String> reported = new CopyOnWriteArrayList<>();
		withOperator().withBean(SpanExporter.class, () -> exporter)
			.withBean(SpanReporter.class, () -> (span) -> reported.add(span.getName()))
			.withBean(SpanExportingPredicate.class, () -> (span) -> !span.getName().equals("secret"))
			.withPropertyValues(property)
			.run((context) -> {
				Tracer tracer = context.getBean(Tracer.class);
				tracer.spanBuilder("secret").startSpan().end();
				tracer.spanBuilder("work").startSpan().end();
				context.getBean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS);
				assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactly("changed");
				assertThat(reported).containsExactly("changed");
			});
	}

	@ParameterizedTest
	@CsvSource({ "true, 2", "false, 1" })
	void shouldExportUnsampledSpansOnlyIfTheyAreIncluded(boolean included, int exported) {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		this.runner.withBean(SpanExporter.class, () -> exporter)
			.withPropertyValues("kosmos.tracing.exporter.enabled=false", BOOT_EXPORT + "include-unsampled=" + included)
			.withBean(Sampler.class, () -> new NamedSampler("recorded"))
			.run((context) -> {
				Tracer tracer = context.getBean(Tracer.class);
				tracer.spanBuilder("recorded").startSpan().end();
				tracer.spanBuilder("work").startSpan().end();
				context.getBean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS);
				assertThat(exporter.getFinishedSpanItems()).hasSize(exported);
			});
	}

	@Test
	void shouldDeliverWhateverTheExporterOfTheApplicationDoes() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			CountDownLatch never = new CountDownLatch(1);
			SpanExporter hanging = new HangingExporter(never);
			AtomicLong closing = new AtomicLong();
			this.runner.withBean(SpanExporter.class, () -> hanging)
				.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:" + receiver.port(),
						"kosmos.tracing.exporter.shutdown-timeout=1s")
				.run((context) -> {
					Delivery delivery = context.getBean(Delivery.class);
					context.getBean(Tracer.class).spanBuilder("work").startSpan().end();
					assertThat(delivery.flush(Duration.ofMillis(500))).isFalse();
					assertThat(receiver.requests().get(0).spans()).extracting(Span::getName).containsExactly("work");
					context.getBean(Tracer.class).spanBuilder("last").startSpan().end();
					closing.set(System.nanoTime());
				});
			assertThat(Duration.ofNanos(System.nanoTime() - closing.get())).isLessThan(Duration.ofMillis(1500));
			assertThat(receiver.requests()).flatExtracting((request) -> request.spans().toList())
				.extracting(Span::getName)
				.containsExactly("work", "last");
			never.countDown();
		}
	}

	@Test
	void shouldExportWhatEndedBeforeTheEnd() {
		List<String> exported = new CopyOnWriteArrayList<>();
		this.runner.withBean(SpanReporter.class, () -> new SpanReporter() {
			@Override
			public void report(FinishedSpan span) {
				exported.add(span.getName());
			}

			@Override
			public void close() {
				exported.add("end");
			}
		}).run((context) -> {
			for (int i = 0; i < 1000; i++) {
				context.getBean(Tracer.class).spanBuilder("work").startSpan().end();
			}
		});
		assertThat(exported.subList(0, exported.indexOf("end"))).hasSize(1000).containsOnly("work");
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

	private ApplicationContextRunner withOperator() {
		UnaryOperator<SpanData> operator = (span) -> new DelegatingSpanData(span) {
			@Override
			public String getName() {
				return "changed";
			}
		};
		ResolvableType type = ResolvableType.forClassWithGenerics(UnaryOperator.class, SpanData.class);
		RootBeanDefinition definition = new RootBeanDefinition(UnaryOperator.class, () -> operator);
		definition.setTargetType(type);
		return this.runner.withInitializer((context) -> ((BeanDefinitionRegistry) context.getBeanFactory())
			.registerBeanDefinition("operator", definition));
	}

	private static List<String> urls(ApplicationContext context) {
		return context.getBean(Delivery.class).destinations().stream().map(DestinationState::url).toList();
	}

	// The processor has no getters but says all but the size of its queue.
	private static String processor(ApplicationContext context) {
		return String.valueOf(context.getBean(Door.class).exporters());
	}

	/**
	 * Records the spans of one name without sampling them, and samples all others.
	 */
	private record NamedSampler(String recordedOnly) implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind kind,
				Attributes attributes, List<LinkData> links) {
			return name.equals(this.recordedOnly) ? SamplingResult.recordOnly() : SamplingResult.recordAndSample();
		}

		@Override
		public String getDescription() {
			return toString();
		}

	}

	private record HangingExporter(CountDownLatch until) implements SpanExporter {

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			try {
				this.until.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			throw new IllegalStateException("broken");
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
