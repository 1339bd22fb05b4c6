package io.kosmos.tracing.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Redaction of one span, as the encoder's thread does it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class RedactionBenchmark {

	@Param
	Content content;

	private BootContext boot;

	private UnaryOperator<SpanData> redaction;

	private SpanData span;

	@Setup
	public void start() {
		this.boot = BootContext.start(Sampling.SAMPLED, true);
		this.redaction = this.boot.spanOperator();
		try (SdkTracerProvider provider = SdkTracerProvider.builder().build()) {
			Tracer tracer = provider.get("benchmark");
			Span span = tracer.spanBuilder("http get /orders/{id}").startSpan();
			this.content.writer.accept(span);
			span.end();
			this.span = ((ReadableSpan) span).toSpanData();
		}
	}

	@TearDown
	public void stop() {
		this.boot.close();
	}

	@Benchmark
	public SpanData redact() {
		return this.redaction.apply(this.span);
	}

	/**
	 * What is in the span.
	 */
	public enum Content {

		/** Ten attributes of a request, with nothing to take out. */
		CLEAN(Content::clean),

		/** Ten attributes, of which one has a secret's name and one a secret in its value. */
		TWO_SECRETS((span) -> {
			clean(span);
			span.setAttribute("client.address", "user=jane, password=hunter2, host=a");
			span.setAttribute("http.request.header.authorization", "Bearer abcdef123456");
		}),

		/** A prompt of 2 kB. */
		PROMPT((span) -> span.setAttribute("gen_ai.input.messages",
				"[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\""
						+ "Please sum up what the customer said about order 4711 on 2026-11-22. ".repeat(28) + "\"}]}]")),

		/** An exception with its stack trace. */
		EXCEPTION((span) -> span.recordException(new IllegalStateException("No such order: 4711")));

		private final Consumer<Span> writer;

		Content(Consumer<Span> writer) {
			this.writer = writer;
		}

		private static void clean(Span span) {
			span.setAttribute("http.request.method", "GET")
				.setAttribute("http.route", "/orders/{id}")
				.setAttribute("http.response.status_code", 200)
				.setAttribute("url.path", "/orders/4711")
				.setAttribute("url.scheme", "http")
				.setAttribute("server.address", "orders.internal")
				.setAttribute("server.port", 8080)
				.setAttribute("network.protocol.version", "1.1")
				.setAttribute("user_agent.original", "ReactorNetty/1.3.0")
				.setAttribute("client.address", "10.1.2.3");
		}

	}

}
