package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class OpenSpansTests {

	private final AtomicLong time = new AtomicLong();

	private final OpenSpans open = new OpenSpans(100, Duration.ofMinutes(16), this.time::get,
			(text) -> text.replace("hunter", "[redacted]"));

	private final Tracer tracer = tracer(this.open);

	@Test
	void shouldRecordNoNewTraceWhileTooManySpansAreOpen(CapturedOutput output) {
		List<Span> spans = start(100);
		assertThat(spans).allMatch(Span::isRecording);
		Span refused = this.tracer.spanBuilder("one too many").startSpan();
		assertThat(refused.isRecording()).isFalse();
		assertThat(refused.getSpanContext().isSampled()).isFalse();
		Span ofCaller = this.tracer.spanBuilder("of a caller").setParent(remote()).startSpan();
		assertThat(ofCaller.isRecording()).isFalse();
		Span child = this.tracer.spanBuilder("child").setParent(Context.root().with(spans.get(0))).startSpan();
		assertThat(child.isRecording()).isTrue();
		child.end();
		spans.subList(0, 10).forEach(Span::end);
		assertThat(this.tracer.spanBuilder("still too many").startSpan().isRecording()).isFalse();
		spans.get(10).end();
		Span next = this.tracer.spanBuilder("again").startSpan();
		assertThat(next.isRecording()).isTrue();
		assertThat(this.open.open()).isEqualTo(90);
		assertThat(this.open.refused()).isEqualTo(3);
		assertThat(output).containsOnlyOnce("100 spans are open, so no new trace is recorded")
			.containsOnlyOnce("Traces are recorded again: 89 spans are open, 3 were not recorded");
	}

	@Test
	void shouldRecordNothingWhileTwiceTooManySpansAreOpen() {
		Context parent = Context.root().with(this.tracer.spanBuilder("root").startSpan());
		for (int i = 1; i < 200; i++) {
			assertThat(this.tracer.spanBuilder("child").setParent(parent).startSpan().isRecording()).isTrue();
		}
		assertThat(this.tracer.spanBuilder("child").setParent(parent).startSpan().isRecording()).isFalse();
		assertThat(this.open.open()).isEqualTo(200);
	}

	@Test
	void shouldReportSpansThatDoNotEndAndCountThemNoLonger(CapturedOutput output) {
		List<Span> leaked = start(100);
		this.time.addAndGet(Duration.ofMinutes(10).toNanos());
		assertThat(this.tracer.spanBuilder("refused").startSpan().isRecording()).isFalse();
		this.time.addAndGet(Duration.ofMinutes(7).toNanos());
		Span next = this.tracer.spanBuilder("next").startSpan();
		assertThat(next.isRecording()).isTrue();
		assertThat(this.open.open()).isOne();
		assertThat(this.open.leaked()).isEqualTo(100);
		assertThat(this.open.leakedNames()).hasSizeLessThanOrEqualTo(5).contains("work {}");
		leaked.forEach(Span::end);
		next.end();
		assertThat(this.open.open()).isZero();
		assertThat(output).containsOnlyOnce(
				"100 spans have not ended within PT16M and are taken for leaked, among" + " them 'work {}'.");
	}

	@Test
	void shouldShowOfNamesWhatMayLeave(CapturedOutput output) {
		this.tracer.spanBuilder("login\npassword=hunter").setNoParent().startSpan();
		this.time.addAndGet(Duration.ofMinutes(17).toNanos());
		this.tracer.spanBuilder("next").startSpan().end();
		assertThat(this.open.leakedNames()).containsExactly("login_password=[redacted]");
		assertThat(output).contains("among them 'login_password=[redacted]'.").doesNotContain("hunter");
	}

	@Test
	void shouldCountSpansWithTimestampsOfTheirOwn() {
		Span span = this.tracer.spanBuilder("told later").setStartTimestamp(1, TimeUnit.HOURS).startSpan();
		assertThat(this.open.open()).isOne();
		span.end(2, TimeUnit.HOURS);
		assertThat(this.open.open()).isZero();
		assertThat(this.open.leaked()).isZero();
	}

	@Test
	void shouldCountExactlyOnAllThreads() throws Exception {
		OpenSpans many = new OpenSpans(1_000_000, Duration.ofHours(1), System::nanoTime, (text) -> text);
		Tracer tracer = tracer(many);
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<List<Span>>> left = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				Random random = new Random(thread);
				left.add(executor.submit(() -> {
					List<Span> spans = new ArrayList<>();
					for (int i = 0; i < 50_000; i++) {
						if (spans.isEmpty() || random.nextInt(100) < 51) {
							spans.add(tracer.spanBuilder("span").setNoParent().startSpan());
						}
						else {
							spans.remove(random.nextInt(spans.size())).end();
						}
					}
					return spans;
				}));
			}
			List<Span> spans = new ArrayList<>();
			for (Future<List<Span>> each : left) {
				spans.addAll(each.get());
			}
			assertThat(many.open()).isEqualTo(spans.size()).isPositive();
			// Those of one thread may end on another.
			List<Future<?>> ends = spans.stream().<Future<?>>map((span) -> executor.submit(() -> span.end())).toList();
			for (Future<?> end : ends) {
				end.get();
			}
			assertThat(many.open()).isZero();
		}
		finally {
			executor.shutdownNow();
		}
	}

	private List<Span> start(int count) {
		List<Span> spans = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			spans.add(this.tracer.spanBuilder("work " + i).setNoParent().startSpan());
		}
		return spans;
	}

	private static Context remote() {
		return Context.root()
			.with(Span.wrap(SpanContext.createFromRemoteParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getSampled(), TraceState.getDefault())));
	}

	private static Tracer tracer(OpenSpans open) {
		return SdkTracerProvider.builder()
			.setSampler(new OpenSpanSampler(Sampler.parentBased(Sampler.alwaysOn()), open))
			.addSpanProcessor(open)
			.build()
			.get("test");
	}

}
