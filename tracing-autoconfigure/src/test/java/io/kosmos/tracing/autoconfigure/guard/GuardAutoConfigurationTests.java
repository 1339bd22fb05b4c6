package io.kosmos.tracing.autoconfigure.guard;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.TracingSection;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;

class GuardAutoConfigurationTests {

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withConfiguration(AutoConfigurations.of(GuardAutoConfiguration.class))
		.withPropertyValues("kosmos.tracing.exporter.enabled=false");

	@Test
	void shouldGuardNamesBeforeSizes() {
		this.runner.run((context) -> {
			ObjectProvider<UnaryOperator<SpanData>> operators = context
				.getBeanProvider(ResolvableType.forClassWithGenerics(UnaryOperator.class, SpanData.class));
			assertThat(operators.orderedStream().map(Object::getClass).map(Class::getSimpleName).toList())
				.containsSubsequence("SpanNames", "SpanSize");
			assertThat(context).hasSingleBean(OpenSpans.class).hasSingleBean(PlainBaggageListener.class);
			assertThat(context.getBean(Slf4JBaggageEventListener.class)).isInstanceOf(PlainBaggageListener.class);
		});
	}

	@Test
	void shouldBeSwitchedOff() {
		this.runner.withPropertyValues("kosmos.tracing.guard.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(OpenSpans.class)
				.doesNotHaveBean(SpanNames.class)
				.doesNotHaveBean(SpanSize.class)
				.doesNotHaveBean(GuardSection.class)
				.doesNotHaveBean(GuardMeters.class)
				.hasSingleBean(PlainBaggageListener.class));
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(OpenSpans.class)
				.doesNotHaveBean(PlainBaggageListener.class));
	}

	@Test
	void shouldLeaveTheBaggageInTheMdcToTheApplication() {
		this.runner.withBean(Slf4JBaggageEventListener.class, () -> new Slf4JBaggageEventListener(List.of()))
			.run((context) -> assertThat(context).hasSingleBean(Slf4JBaggageEventListener.class)
				.doesNotHaveBean(PlainBaggageListener.class));
		this.runner.withPropertyValues("management.tracing.baggage.correlation.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Slf4JBaggageEventListener.class));
	}

	@Test
	void shouldDoWithoutMeters() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasSingleBean(OpenSpans.class).doesNotHaveBean("kosmosGuardMeters"));
	}

	@Test
	void shouldTakeItsLimitsFromTheProperties() {
		this.runner
			.withPropertyValues("kosmos.tracing.guard.max-open-spans=2",
					"kosmos.tracing.guard.max-names-per-template=1", "kosmos.tracing.guard.max-span-size=64KB",
					"kosmos.tracing.guard.open-span-timeout=10s")
			.run((context) -> {
				io.opentelemetry.api.trace.Tracer tracer = context.getBean(OpenTelemetrySdk.class).getTracer("test");
				Span one = tracer.spanBuilder("one").setNoParent().startSpan();
				Span two = tracer.spanBuilder("two").setNoParent().startSpan();
				assertThat(tracer.spanBuilder("three").setNoParent().startSpan().isRecording()).isFalse();
				assertThat(context.getBean(Tracer.class).nextSpan().name("four").start().context().sampled()).isFalse();
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				context.getBean(GuardMeters.class).bindTo(registry);
				assertThat(registry.get("kosmos.tracing.spans.open").gauge().value()).isEqualTo(2);
				assertThat(registry.get("kosmos.tracing.spans.refused").functionCounter().count()).isEqualTo(2);
				one.end();
				two.end();
				Map<String, ?> guards = section(context.getBeanProvider(TracingSection.class), "guards");
				assertThat(guards).isEqualTo(Map.of("openSpans",
						Map.of("state", "over", "open", 0L, "max", 2, "timeout", "10s", "leaked", 0L, "leakedNames",
								List.of(), "refused", 2L),
						"spanNames",
						Map.of("maxPerTemplate", 1, "maxPerScope", 1000, "collapsed", 0L, "renamedSpans", 0L),
						"spanSize", Map.of("max", 65536L, "trimmedSpans", 0L, "trimmedBytes", 0L)));
				assertThat(section(context.getBeanProvider(TracingSection.class), "collapsed-names"))
					.isEqualTo(Map.of("names", List.of()));
				assertThat(context.getBean(SdkTracerProvider.class).toString()).doesNotContain("OpenSpanSampler");
			});
	}

	@Test
	void shouldLimitTheSpansOfEveryTracer() {
		this.runner.withUserConfiguration(Recording.class)
			.withPropertyValues("kosmos.tracing.limits.attributes=3", "kosmos.tracing.limits.events=2",
					"kosmos.tracing.limits.links=1", "kosmos.tracing.limits.attribute-value-length=5",
					"kosmos.tracing.limits.attributes-per-event=1", "kosmos.tracing.limits.attributes-per-link=1")
			.run((context) -> {
				Attributes many = Attributes.of(AttributeKey.stringKey("a"), "123456789", AttributeKey.stringKey("b"),
						"123456789");
				Span sdk = context.getBean(OpenTelemetrySdk.class)
					.getTracer("a library")
					.spanBuilder("sdk")
					.addLink(linked(1), many)
					.addLink(linked(2))
					.startSpan();
				io.micrometer.tracing.Span bridged = context.getBean(Tracer.class)
					.spanBuilder()
					.name("bridged")
					.start();
				for (int i = 0; i < 10; i++) {
					sdk.setAttribute("key " + i, "123456789");
					sdk.addEvent("event", many);
					bridged.tag("key " + i, "123456789");
					bridged.event("event");
				}
				sdk.recordException(new IllegalStateException("123456789"));
				sdk.end();
				bridged.end();
				List<SpanData> spans = context.getBean(Recorder.class).exporter().getFinishedSpanItems();
				assertThat(spans).extracting(SpanData::getName).containsExactly("sdk", "bridged");
				assertThat(spans).allSatisfy((span) -> {
					assertThat(span.getAttributes().size()).isEqualTo(3);
					assertThat(span.getTotalAttributeCount()).isGreaterThanOrEqualTo(10);
					assertThat(span.getAttributes().asMap().values())
						.allMatch((value) -> !(value instanceof String text) || text.length() <= 5);
					assertThat(span.getEvents()).hasSize(2).allMatch((event) -> event.getAttributes().size() <= 1);
					assertThat(span.getTotalRecordedEvents()).isGreaterThanOrEqualTo(10);
				});
				assertThat(spans.get(0).getLinks()).singleElement()
					.satisfies((link) -> assertThat(link.getAttributes().size()).isEqualTo(1));
				assertThat(spans.get(0).getTotalRecordedLinks()).isEqualTo(2);
			});
	}

	private static SpanContext linked(int number) {
		return SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b716920333" + number,
				TraceFlags.getDefault(), TraceState.getDefault());
	}

	private static Map<String, ?> section(ObjectProvider<TracingSection> sections, String name) {
		return sections.stream().filter((section) -> section.name().equals(name)).findFirst().orElseThrow().read();
	}

	record Recorder(InMemorySpanExporter exporter) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Recording {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

		@Bean
		Sampler sampler() {
			return Sampler.alwaysOn();
		}

	}

}
