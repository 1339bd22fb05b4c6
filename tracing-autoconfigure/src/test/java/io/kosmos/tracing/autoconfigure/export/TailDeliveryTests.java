package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanReporter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Delivery} with a {@link TailBuffer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TailDeliveryTests {

	private final ScriptedReceiver receiver = new ScriptedReceiver();

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withPropertyValues("kosmos.tracing.tail.enabled=true", "kosmos.tracing.tail.probability=0");

	@Test
	void shouldHaveNoBufferUnlessEnabled() {
		BootTracing.runner().run((context) -> assertThat(context).doesNotHaveBean(TailBuffer.class));
		this.runner.run((context) -> assertThat(context).hasSingleBean(TailBuffer.class)
			.hasSingleBean(TailSection.class)
			.hasSingleBean(TailMeters.class));
	}

	@Test
	void shouldKeepTheLedgerWhileSpansAreHeldAndDecideAllAtTheEnd() throws Exception {
		try (OtlpReceiver collector = new OtlpReceiver(null)) {
			this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:" + collector.port())
				.run((context) -> {
					Tracer tracer = context.getBean(Tracer.class);
					Delivery delivery = context.getBean(Delivery.class);
					Span root = begin(tracer, "child", StatusCode.UNSET);
					assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
					DestinationState held = delivery.destinations().get(0);
					assertThat(held.ended()).isEqualTo(1);
					assertThat(held.pending()).isEqualTo(1);
					assertThat(context.getBean(TailBuffer.class).state().spans()).isEqualTo(1);
					root.end();
					await().untilAsserted(() -> {
						DestinationState state = delivery.destinations().get(0);
						assertThat(state.dropped()).isEqualTo(Map.of(DropReason.TAIL, 2L));
						assertThat(state.ended()).isEqualTo(2);
						assertThat(state.pending()).isZero();
					});
					begin(tracer, "failed child", StatusCode.ERROR);
					begin(tracer, "other child", StatusCode.OK);
				});
			List<String> names = collector.requests()
				.stream()
				.flatMap((request) -> request.spans())
				.map((span) -> span.getName())
				.toList();
			assertThat(names).containsExactly("failed child");
		}
	}

	@Test
	void shouldWarnWhenTheSamplerDropsMost(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("The tail buffer sees few traces"));
		this.runner.withPropertyValues("kosmos.tracing.sampling.probability=0.1")
			.run((context) -> assertThat(output)
				.containsOnlyOnce("The tail buffer sees few traces, since kosmos.tracing.sampling.probability=0.1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.sampling.sampler=never", "kosmos.tracing.sampling.rate-limit=10" })
	void shouldWarnWhenTheSamplerDropsWithoutAShare(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(output)
				.containsOnlyOnce("The tail buffer sees few traces, since " + property + " drops"));
	}

	@Test
	void shouldNotFailForAProbabilityThatIsEmpty(CapturedOutput output) {
		this.runner.withPropertyValues("kosmos.tracing.sampling.probability=").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("The tail buffer sees few traces");
		});
	}

	@Test
	void shouldWarnWhenItCannotWork(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("does nothing"));
		this.runner
			.withBean("own", BatchSpanProcessor.class,
					() -> BatchSpanProcessor.builder(InMemorySpanExporter.create()).build())
			.run((context) -> {
				assertThat(context).doesNotHaveBean(TailBuffer.class);
				assertThat(output).containsOnlyOnce("kosmos.tracing.tail.enabled=true does nothing");
			});
	}

	@Test
	void shouldSumUpWhatAgentsDo() {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		BootTracing.runner()
			.withBean(SpanExporter.class, () -> exporter)
			.withPropertyValues("kosmos.tracing.exporter.enabled=false")
			.run((context) -> {
				AgentSpans agents = context.getBean(AgentSpans.class);
				agents.agent("zeus").in(() -> {
					call(agents, 0.4, 10, () -> call(agents, 0.4, 10, () -> {
					}));
					call(agents, 0.2, 20, () -> agents.tool("search").in(() -> call(agents, 0.1, 5, () -> {
					})));
					call(agents, 0.3, 30,
							() -> agents.embeddings("openai", "small")
								.attribute(KosmosAttributes.LLM_COST, 0.01)
								.attribute(KosmosAttributes.LLM_TOTAL_TOKENS, 3L)
								.in(() -> {
								}));
				});
				context.getBean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS);
				List<SpanData> spans = exporter.getFinishedSpanItems();
				SpanData root = spans.get(spans.size() - 1);
				Double cost = root.getAttributes().get(KosmosAttributes.LLM_COST_AGGREGATED);
				Long tokens = root.getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED);
				assertThat(cost).isEqualTo(1.01);
				assertThat(tokens).isEqualTo(68);
				assertThat(rules(cost - 1e-9, null).reason(spans, root, 0)).isEqualTo(TailRules.COST);
				assertThat(rules(cost + 1e-9, null).reason(spans, root, 0)).isNull();
				assertThat(rules(null, tokens).reason(spans, root, 0)).isEqualTo(TailRules.TOKENS);
				assertThat(rules(null, tokens + 1).reason(spans, root, 0)).isNull();
			});
	}

	private static void call(AgentSpans agents, double cost, long tokens, Runnable within) {
		agents.llm("openai", "mini")
			.attribute(KosmosAttributes.LLM_COST, cost)
			.attribute(KosmosAttributes.LLM_TOTAL_TOKENS, tokens)
			.in(within::run);
	}

	private static TailRules rules(@Nullable Double cost, @Nullable Long tokens) {
		return new TailRules(new TailProperties(true, 0, true, null, cost, tokens, List.of(), Duration.ofSeconds(60),
				1000, 1000, DataSize.ofMegabytes(1), 1000));
	}

	@Test
	void shouldHaveRoomForAllThatIsKeptAtOnce() {
		CountDownLatch go = new CountDownLatch(1);
		WaitingExporter waiting = new WaitingExporter(go);
		this.runner.withBean(SpanExporter.class, () -> waiting)
			.withPropertyValues("kosmos.tracing.exporter.enabled=false")
			.run((context) -> {
				Tracer tracer = context.getBean(Tracer.class);
				TailBuffer buffer = context.getBean(TailBuffer.class);
				Span root = tracer.spanBuilder("root").startSpan();
				try (Scope scope = root.makeCurrent()) {
					for (int i = 0; i < 30_000; i++) {
						tracer.spanBuilder("child").startSpan().end();
					}
				}
				await().until(() -> buffer.state().spans() == 30_000);
				root.setStatus(StatusCode.ERROR).end();
				await().until(() -> buffer.state().spans() == 0);
				go.countDown();
				await().untilAsserted(() -> assertThat(waiting.spans.getFinishedSpanItems()).hasSize(30_001));
			});
	}

	@Test
	void shouldDecideWhatIsDueUnderLoad() {
		TailBuffer buffer = buffer(Duration.ofMillis(20));
		AtomicReference<Delivery> delivery = new AtomicReference<>();
		AtomicBoolean load = new AtomicBoolean(true);
		delivery.set(delivery(new Door(buffer, (span) -> {
			if (load.get() && span.getName().equals("load")) {
				delivery.get().accept(span("load", 3, 0, StatusData.error()));
			}
			return span;
		}, null)));
		delivery.get().accept(span("held", 1, 7, StatusData.unset()));
		delivery.get().accept(span("load", 3, 0, StatusData.error()));
		await().untilAsserted(() -> assertThat(buffer.state().evicted()).containsEntry(TailBuffer.Bound.WAIT, 1L));
		load.set(false);
		delivery.get().close();
		ledger(delivery.get());
	}

	@Test
	void shouldLoseNothingWhenASpanCannotBeRead() {
		Delivery delivery = delivery(new Door(buffer(Duration.ofMinutes(1)), Function.identity(), null));
		SpanData broken = new DelegatingSpanData(span("broken", 5, 4, StatusData.unset())) {
			@Override
			public SpanContext getParentSpanContext() {
				throw new IllegalStateException("broken");
			}
		};
		delivery.accept(span("child", 2, 1, StatusData.error()));
		delivery.accept(broken);
		delivery.accept(span("root", 1, 0, StatusData.unset()));
		assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
		assertThat(this.receiver.spans()).containsExactlyInAnyOrder("child", "root");
		assertThat(ledger(delivery).dropped()).isEqualTo(Map.of(DropReason.FAILED, 1L));
		delivery.close();
	}

	@Test
	void shouldCountWhatIsHeldWhenItCannotBeDecidedAtTheEnd() {
		CountDownLatch blocked = new CountDownLatch(1);
		TailBuffer buffer = buffer(Duration.ofMinutes(1));
		Delivery delivery = delivery(new Door(buffer, (span) -> {
			if (span.getName().equals("blocks")) {
				awaitLatch(blocked);
			}
			return span;
		}, null));
		for (int i = 4; i < 7; i++) {
			delivery.accept(span("held", i, 99, StatusData.unset()));
		}
		await().until(() -> buffer.state().spans() == 3);
		delivery.accept(span("blocks", 3, 0, StatusData.error()));
		delivery.close();
		assertThat(ledger(delivery).dropped()).containsEntry(DropReason.SHUTDOWN, 3L);
		blocked.countDown();
	}

	@Test
	void shouldNotWaitForExportersThatDoNotEnd() {
		CountDownLatch never = new CountDownLatch(1);
		InMemorySpanExporter third = InMemorySpanExporter.create();
		SpanReporter reporter = new SpanReporter() {
			@Override
			public void report(FinishedSpan span) {
			}

			@Override
			public void close() {
				awaitLatch(never);
			}
		};
		ApplicationExporters exporters = new ApplicationExporters(Stream
			.of(new WaitingExporter(never),
					new CompositeSpanExporter(List.of(), List.of(), List.of(reporter), List.of()), third)
			.map((exporter) -> BatchSpanProcessor.builder(exporter).build())
			.toList());
		Delivery delivery = delivery(new Door(null, Function.identity(), exporters));
		delivery.accept(span("work", 1, 0, StatusData.unset()));
		long start = System.nanoTime();
		delivery.close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
		assertThat(this.receiver.spans()).containsExactly("work");
		// It ended, and so has forgotten what it got.
		await().untilAsserted(() -> assertThat(third.export(List.of()).isSuccess()).isFalse());
		assertThat(exporters.flush().isSuccess()).isTrue();
		never.countDown();
	}

	private Delivery delivery(Door door) {
		return new Delivery(
				List.of(new Delivery.Part(ScriptedDelivery.settings("default", "http://localhost:4318/v1/traces",
						ExporterProperties.Protocol.HTTP, Map.of(), null), this.receiver)),
				null, door, (site, failure) -> {
				}, (destination, outcome, duration) -> {
				}, Duration.ofSeconds(1));
	}

	private static DestinationState ledger(Delivery delivery) {
		DestinationState state = delivery.destinations().get(0);
		assertThat(state.ended()).isEqualTo(state.delivered() + state.pending()
				+ state.dropped().values().stream().mapToLong(Long::longValue).sum());
		return state;
	}

	private static TailBuffer buffer(Duration maxWait) {
		return new TailBuffer(new TailProperties(true, 0, true, null, null, null, List.of(), maxWait, 1000, 1000,
				DataSize.ofMegabytes(1), 1000), System::nanoTime, (failure) -> {
				});
	}

	// All are of one trace but the third.
	private static SpanData span(String name, int id, int parent, StatusData status) {
		return TestSpanData.builder()
			.setName(name)
			.setKind(SpanKind.INTERNAL)
			.setSpanContext(context((id == 3) ? 2 : 1, id))
			.setParentSpanContext((parent != 0) ? context((id == 3) ? 2 : 1, parent) : SpanContext.getInvalid())
			.setStatus(status)
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true)
			.build();
	}

	private static SpanContext context(int trace, int id) {
		return SpanContext.create(String.format("%032x", trace), String.format("%016x", id), TraceFlags.getSampled(),
				TraceState.getDefault());
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Span begin(Tracer tracer, String child, StatusCode status) {
		Span root = tracer.spanBuilder("root").startSpan();
		try (Scope scope = root.makeCurrent()) {
			tracer.spanBuilder(child).startSpan().setStatus(status).end();
		}
		return root;
	}

	/**
	 * Exports and ends when it may.
	 */
	private static final class WaitingExporter implements SpanExporter {

		private final InMemorySpanExporter spans = InMemorySpanExporter.create();

		private final CountDownLatch go;

		WaitingExporter(CountDownLatch go) {
			this.go = go;
		}

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			awaitLatch(this.go);
			return this.spans.export(spans);
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			awaitLatch(this.go);
			return CompletableResultCode.ofSuccess();
		}

	}

}
