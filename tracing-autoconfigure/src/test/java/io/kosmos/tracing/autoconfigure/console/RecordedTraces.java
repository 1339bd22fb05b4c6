package io.kosmos.tracing.autoconfigure.console;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.time.TestClock;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;

/**
 * The real SDK with a clock that stands still and ids that count, printing into memory.
 */
class RecordedTraces {

	final TestClock clock = TestClock.create(Instant.parse("2026-01-02T03:04:05Z"));

	final SdkTracerProvider provider;

	final Tracer tracer;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	RecordedTraces(Function<ConsoleOutput, SpanProcessor> processor) {
		this(processor, Sampler.alwaysOn());
	}

	RecordedTraces(Function<ConsoleOutput, SpanProcessor> processor, Sampler sampler) {
		this.provider = SdkTracerProvider.builder()
			.setClock(this.clock)
			.setSampler(sampler)
			.setIdGenerator(new CountingIds())
			.setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "orchestrator")))
			.addSpanProcessor(processor.apply(new ConsoleOutput(new PrintStream(this.output), List.of())))
			.build();
		this.tracer = this.provider.get("test");
	}

	Span start(String name) {
		return this.tracer.spanBuilder(name).setNoParent().startSpan();
	}

	Span start(String name, Span parent) {
		return child(name, parent).startSpan();
	}

	SpanBuilder child(String name, Span parent) {
		return this.tracer.spanBuilder(name).setParent(Context.root().with(parent));
	}

	void advance(long milliseconds) {
		this.clock.advance(Duration.ofMillis(milliseconds));
	}

	String printed() {
		return this.output.toString(StandardCharsets.UTF_8);
	}

	private static final class CountingIds implements IdGenerator {

		private final AtomicLong traces = new AtomicLong();

		private final AtomicLong spans = new AtomicLong();

		@Override
		public String generateTraceId() {
			return String.format("%032x", this.traces.incrementAndGet());
		}

		@Override
		public String generateSpanId() {
			return String.format("%016x", this.spans.incrementAndGet());
		}

	}

}
