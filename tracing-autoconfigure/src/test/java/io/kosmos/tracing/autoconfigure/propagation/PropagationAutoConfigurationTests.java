package io.kosmos.tracing.autoconfigure.propagation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class PropagationAutoConfigurationTests {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String OTHER_TRACE = "1af7651916cd43dd8448eb211c80319c";

	private static final String SPAN = "b7ad6b7169203331";

	private static final String TRACEPARENT = "00-" + TRACE + "-" + SPAN + "-01";

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldWriteW3cAndB3Multi() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(ContextPropagators.class).hasBean("kosmosContextPropagators");
			assertThat(inject(propagator(context.getBean(ContextPropagators.class)))).containsOnly(
					Map.entry("traceparent", TRACEPARENT), Map.entry("X-B3-TraceId", TRACE),
					Map.entry("X-B3-SpanId", SPAN), Map.entry("X-B3-Sampled", "1"));
		});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			w3c,         traceparent
			b3,          b3
			b3-multi,    X-B3-TraceId;X-B3-SpanId;X-B3-Sampled
			jaeger,      uber-trace-id
			'b3,w3c',    b3;traceparent
			""")
	void shouldWriteOnlyTheChosenFormats(String type, String headers) {
		this.runner
			.withPropertyValues("kosmos.tracing.propagation.type=" + type,
					"management.tracing.propagation.type=w3c,b3,b3_multi")
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class))))
				.containsOnlyKeys(headers.split(";")));
	}

	@Test
	void shouldWriteAndReadDifferentFormats() {
		this.runner
			.withPropertyValues("kosmos.tracing.propagation.type=b3", "kosmos.tracing.propagation.consume=jaeger,w3c")
			.run((context) -> {
				TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
				assertThat(inject(propagator)).containsOnlyKeys("b3");
				assertThat(extract(propagator, Map.of("traceparent", TRACEPARENT)).isValid()).isTrue();
				assertThat(extract(propagator, Map.of("uber-trace-id", TRACE + ":" + SPAN + ":0:1")).isValid())
					.isTrue();
				assertThat(extract(propagator, Map.of("b3", TRACE + "-" + SPAN + "-1")).isValid()).isFalse();
			});
		this.runner
			.withPropertyValues("kosmos.tracing.propagation.produce=jaeger",
					"management.tracing.propagation.consume=b3")
			.run((context) -> {
				TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
				assertThat(inject(propagator)).containsExactly(Map.entry("uber-trace-id", TRACE + ":" + SPAN + ":0:1"));
				assertThat(extract(propagator, Map.of("b3", TRACE + "-" + SPAN + "-1")).isValid()).isTrue();
			});
	}

	@Test
	void shouldWriteNothingWhenNoFormatIsProduced() {
		this.runner.withPropertyValues("kosmos.tracing.propagation.produce=").run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			assertThat(inject(propagator)).isEmpty();
			assertThat(extract(propagator, Map.of("traceparent", TRACEPARENT)).isValid()).isTrue();
		});
	}

	@Test
	void shouldReadAndWriteOnlyAllowedBaggageOfJaeger() {
		this.runner
			.withPropertyValues("kosmos.tracing.propagation.type=jaeger", "kosmos.tracing.baggage.keys=region",
					"kosmos.tracing.baggage.hosts=inventory")
			.run((context) -> {
				TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
				Context extracted = propagator.extract(Context.root(),
						Map.of("uberctx-region", "n%C3%B6rdlich", "uberctx-other", "1", "jaeger-baggage", "secret=1"),
						Headers.INSTANCE);
				assertThat(Baggage.fromContext(extracted).asMap()).containsOnlyKeys("region");
				assertThat(Baggage.fromContext(extracted).getEntryValue("region")).isEqualTo("n\u00f6rdlich");
				ManyHeaders headers = ManyHeaders.to("inventory");
				propagator.inject(extracted, headers, ManyHeaders.SETTER);
				assertThat(headers.values()).containsOnly(Map.entry("baggage", List.of("region=n%C3%B6rdlich")),
						Map.entry("uberctx-region", List.of("n%C3%B6rdlich")));
				ManyHeaders others = ManyHeaders.to("elsewhere");
				propagator.inject(extracted, others, ManyHeaders.SETTER);
				assertThat(others.values()).isEmpty();
			});
	}

	@Test
	void shouldJudgeThePeerThatACarrierKnowsAndOthersAsConfigured() {
		ApplicationContextRunner network = this.runner
			.withPropertyValues("kosmos.tracing.propagation.trust.networks=10.0.0.0/8");
		network.run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			assertTaken(propagator, ManyHeaders.from("10.1.2.3", null), true);
			for (String address : new String[] { "192.168.1.1", "ten", "", null }) {
				assertTaken(propagator, ManyHeaders.from(address, "/a"), false);
			}
			assertThat(extract(propagator, Map.of("traceparent", TRACEPARENT)).isValid()).isTrue();
		});
		network.withPropertyValues("kosmos.tracing.propagation.trust.unknown=false")
			.run((context) -> assertThat(
					extract(propagator(context.getBean(ContextPropagators.class)), Map.of("traceparent", TRACEPARENT))
						.isValid())
				.isFalse());
		this.runner.withPropertyValues("kosmos.tracing.propagation.trust.paths=/package.Service/*").run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			assertTaken(propagator, ManyHeaders.from("10.1.2.3", "/package.Service/Method"), true);
			assertTaken(propagator, ManyHeaders.from("10.1.2.3", "/other.Service/Method"), false);
			assertTaken(propagator, ManyHeaders.from("10.1.2.3", "/package.Service/.."), false);
			assertTaken(propagator, ManyHeaders.from("10.1.2.3", null), false);
		});
	}

	private static void assertTaken(TextMapPropagator propagator, ManyHeaders headers, boolean taken) {
		Context extracted = propagator.extract(Context.root(),
				headers.add("traceparent", TRACEPARENT).add("baggage", "region=north"), ManyHeaders.GETTER);
		assertThat(Span.fromContext(extracted).getSpanContext().isValid()).as(headers.toString()).isEqualTo(taken);
		assertThat(Baggage.fromContext(extracted).isEmpty()).isEqualTo(!taken);
	}

	@Test
	void shouldSpareTheCallWhatFailsInAPropagatorOrACarrier() {
		List<String> failures = new ArrayList<>();
		this.runner.withBean("own", TextMapPropagator.class, FailingPropagator::new)
			.withBean(TracingFailures.class, () -> (site, failure) -> failures.add(site + ": " + failure.getMessage()),
					(bean) -> bean.setPrimary(true))
			.run((context) -> {
				TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
				assertThat(inject(propagator)).containsKey("traceparent");
				assertThat(extract(propagator, Map.of("traceparent", TRACEPARENT)).isValid()).isTrue();
				Span span = Span
					.wrap(SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault()));
				propagator.inject(Context.root().with(span), Map.<String, String>of(), Map::put);
				assertThat(failures).contains("the writing of propagation headers: own",
						"the reading of propagation headers: own", "the writing of propagation headers: null");
			});
	}

	@Test
	void shouldTakeBootsTypes() {
		this.runner.withPropertyValues("management.tracing.propagation.type=b3")
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class))))
				.containsOnlyKeys("b3"));
		this.runner
			.withPropertyValues("management.tracing.propagation.produce=b3",
					"management.tracing.propagation.consume=w3c")
			.run((context) -> {
				TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
				assertThat(inject(propagator)).containsOnlyKeys("b3");
				assertThat(extract(propagator, Map.of("traceparent", TRACEPARENT)).isValid()).isTrue();
				assertThat(extract(propagator, Map.of("b3", TRACE + "-" + SPAN + "-1")).isValid()).isFalse();
			});
	}

	@Test
	void shouldWriteNothingWhenBootsTypesAreEmpty() {
		this.runner
			.withPropertyValues("management.tracing.propagation.type=", "management.tracing.baggage.enabled=false")
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class)))).isEmpty());
	}

	@Test
	void shouldReadEveryFormat() {
		this.runner.run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			for (Map<String, String> headers : List.of(Map.of("traceparent", TRACEPARENT),
					Map.of("b3", TRACE + "-" + SPAN + "-1"),
					Map.of("X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN, "X-B3-Sampled", "1"),
					Map.of("x-b3-traceid", TRACE, "x-b3-spanid", SPAN, "x-b3-flags", "1"))) {
				SpanContext extracted = extract(propagator, headers);
				assertThat(extracted.getTraceId()).as(headers.toString()).isEqualTo(TRACE);
				assertThat(extracted.getSpanId()).isEqualTo(SPAN);
				assertThat(extracted.isSampled()).isTrue();
				assertThat(extracted.isRemote()).isTrue();
			}
		});
	}

	@Test
	void shouldTakeTheFirstFormatThatHoldsATrace() {
		Map<String, String> both = Map.of("traceparent", TRACEPARENT, "X-B3-TraceId", OTHER_TRACE, "X-B3-SpanId", SPAN,
				"X-B3-Sampled", "1");
		this.runner.run((context) -> assertThat(
				extract(propagator(context.getBean(ContextPropagators.class)), both).getTraceId())
			.isEqualTo(TRACE));
		this.runner.withPropertyValues("kosmos.tracing.propagation.type=b3-multi,w3c")
			.run((context) -> assertThat(
					extract(propagator(context.getBean(ContextPropagators.class)), both).getTraceId())
				.isEqualTo(OTHER_TRACE));
	}

	@Test
	void shouldReadB3WhenTheW3cHeaderIsInvalid() {
		this.runner.run((context) -> assertThat(extract(propagator(context.getBean(ContextPropagators.class)),
				Map.of("traceparent", "00-0-0-00", "b3", TRACE + "-" + SPAN + "-1"))
			.getTraceId()).isEqualTo(TRACE));
	}

	@Test
	void shouldReadTheB3TraceBesideBaggage() {
		this.runner.run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			Context extracted = propagator.extract(Context.root(),
					Map.of("baggage", "tenant=a", "X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN, "X-B3-Sampled", "1"),
					Headers.INSTANCE);
			assertThat(Span.fromContext(extracted).getSpanContext().getTraceId()).isEqualTo(TRACE);
			assertThat(Baggage.fromContext(extracted).getEntryValue("tenant")).isEqualTo("a");
		});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			traceparent,  ''
			traceparent,  garbage
			traceparent,  00-00000000000000000000000000000000-b7ad6b7169203331-01
			traceparent,  00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01
			traceparent,  ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
			b3,           ''
			b3,           0
			b3,           garbage-garbage
			X-B3-TraceId, garbage
			uber-trace-id, garbage
			uber-trace-id, %zz
			uber-trace-id, '0:0:0:0'
			baggage,      '=;,=%ZZ'
			tracestate,   ',,,='
			""")
	void shouldBeginANewTraceWhenTheHeaderIsInvalid(String name, String value) {
		this.runner.withPropertyValues("kosmos.tracing.propagation.type=w3c,b3,b3-multi,jaeger")
			.run((context) -> assertThat(
					extract(propagator(context.getBean(ContextPropagators.class)), Map.of(name, value)).isValid())
				.isFalse());
	}

	@Test
	void shouldReadAndWriteBaggageUnlessSwitchedOff() {
		this.runner.withPropertyValues("management.tracing.baggage.remote-fields=x-tenant").run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			Context extracted = propagator.extract(Context.root(), Map.of("x-tenant", "a"), Headers.INSTANCE);
			assertThat(Baggage.fromContext(extracted).getEntryValue("x-tenant")).isEqualTo("a");
		});
		this.runner.withPropertyValues("management.tracing.baggage.enabled=false").run((context) -> {
			TextMapPropagator propagator = propagator(context.getBean(ContextPropagators.class));
			assertThat(propagator.fields()).doesNotContain("baggage");
			Context extracted = propagator.extract(Context.root(), Map.of("baggage", "tenant=a"), Headers.INSTANCE);
			assertThat(Baggage.fromContext(extracted).isEmpty()).isTrue();
		});
	}

	@Test
	void shouldUseThePropagatorOfTheApplicationToo() {
		this.runner.withBean("own", TextMapPropagator.class, OwnPropagator::new)
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class))))
				.containsEntry("x-own", "yes")
				.containsKeys("traceparent", "X-B3-TraceId"));
	}

	@Test
	void shouldUseALibrarysPropagatorThatTheApplicationDeclares() {
		this.runner.withPropertyValues("kosmos.tracing.propagation.type=w3c")
			.withBean("own", TextMapPropagator.class, B3Propagator::injectingSingleHeader)
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class))))
				.containsOnlyKeys("traceparent", "b3"));
	}

	@Test
	void shouldBackOffForThePropagatorsOfTheApplication() {
		this.runner.withBean("own", ContextPropagators.class, ContextPropagators::noop)
			.run((context) -> assertThat(context).getBean(ContextPropagators.class)
				.isSameAs(ContextPropagators.noop()));
	}

	@Test
	void shouldPropagateNothingWhenTracingOrBootsExportIsOff() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("kosmosContextPropagators"));
		this.runner.withPropertyValues("management.tracing.export.enabled=false")
			.run((context) -> assertThat(inject(propagator(context.getBean(ContextPropagators.class)))).isEmpty());
	}

	@Test
	void shouldBackOffWithoutTheB3Format() {
		this.runner.withClassLoader(new FilteredClassLoader(B3Propagator.class))
			.run((context) -> assertThat(context).doesNotHaveBean("kosmosContextPropagators"));
	}

	private static TextMapPropagator propagator(ContextPropagators propagators) {
		return propagators.getTextMapPropagator();
	}

	private static Map<String, String> inject(TextMapPropagator propagator) {
		Span span = Span.wrap(SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault()));
		Map<String, String> headers = new HashMap<>();
		propagator.inject(Context.root().with(span), headers, Map::put);
		return headers;
	}

	private static SpanContext extract(TextMapPropagator propagator, Map<String, String> headers) {
		Map<String, String> request = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		request.putAll(headers);
		return Span.fromContext(propagator.extract(Context.root(), request, Headers.INSTANCE)).getSpanContext();
	}

	private enum Headers implements TextMapGetter<Map<String, String>> {

		INSTANCE;

		@Override
		public Iterable<String> keys(Map<String, String> headers) {
			return headers.keySet();
		}

		@Override
		public @Nullable String get(@Nullable Map<String, String> headers, String name) {
			return (headers != null) ? headers.get(name) : null;
		}

	}

	private static final class FailingPropagator implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of();
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			throw new IllegalStateException("own");
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			throw new IllegalStateException("own");
		}

	}

	private static final class OwnPropagator implements TextMapPropagator {

		@Override
		public Collection<String> fields() {
			return List.of("x-own");
		}

		@Override
		public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
			setter.set(carrier, "x-own", "yes");
		}

		@Override
		public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
			return context;
		}

	}

}
