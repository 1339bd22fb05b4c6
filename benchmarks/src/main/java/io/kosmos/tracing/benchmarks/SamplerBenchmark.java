package io.kosmos.tracing.benchmarks;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
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

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * One decision of the sampler that an application has, about the span of an HTTP request.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class SamplerBenchmark {

	private static final int TRACES = 1024;

	@Param
	Configured sampler;

	private ConfigurableApplicationContext context;

	private Sampler decides;

	private String[] traceIds;

	private Context parent;

	private Attributes attributes;

	private int next;

	@Setup
	public void start() {
		if (this.sampler == Configured.SDK_PROBABILITY) {
			this.decides = Sampler.parentBased(Sampler.traceIdRatioBased(0.5));
		}
		else {
			this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.run(Stream.concat(Stream.of("logging.level.root=warn", "spring.main.banner-mode=off",
						"kosmos.tracing.exporter.enabled=false", "otel.instrumentation.common.default-enabled=false"),
						this.sampler.properties.stream().map((property) -> "kosmos.tracing.sampling." + property))
					.map((property) -> "--" + property)
					.toArray(String[]::new));
			this.decides = this.context.getBean(Sampler.class);
		}
		SplittableRandom random = new SplittableRandom(1);
		this.traceIds = IntStream.range(0, TRACES)
			.mapToObj((index) -> "%016x%016x".formatted(random.nextLong() | 1, random.nextLong()))
			.toArray(String[]::new);
		this.parent = Context.root()
			.with(Span.wrap(SpanContext.create(this.traceIds[0], "b7ad6b7169203331", TraceFlags.getSampled(),
					TraceState.getDefault())));
		this.attributes = Attributes.of(AttributeKey.stringKey("http.request.method"), "GET",
				AttributeKey.stringKey("url.path"), "/api/orders/4711/lines");
	}

	@TearDown
	public void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@Benchmark
	public SamplingResult root() {
		this.next = (this.next + 1) % TRACES;
		return this.decides.shouldSample(Context.root(), this.traceIds[this.next], "http get", SpanKind.SERVER,
				this.attributes, List.of());
	}

	@Benchmark
	public SamplingResult child() {
		return this.decides.shouldSample(this.parent, this.traceIds[0], "http get", SpanKind.SERVER, this.attributes,
				List.of());
	}

	/**
	 * How the sampler is configured.
	 */
	public enum Configured {

		/** The one of the SDK that takes half of the traces and follows parents. */
		SDK_PROBABILITY,

		/** Every trace. */
		ALWAYS("sampler=always"),

		/** Half of the traces. */
		PROBABILITY("probability=0.5"),

		/** A hundred traces per second, of many more. */
		RATE_LIMIT("rate-limit=100"),

		/** Ten rules for routes, of which the last one matches. */
		TEN_RULES(rules()),

		/** Jaeger's strategies file, with a strategy for each of ten operations. */
		STRATEGIES("strategies.file=classpath:strategies.json");

		private final List<String> properties;

		Configured(String... properties) {
			this.properties = List.of(properties);
		}

		private static String[] rules() {
			return IntStream.range(0, 10)
				.boxed()
				.flatMap((index) -> Stream.of(
						"rules[" + index + "].route=/api/" + ((index < 9) ? "resource" + index : "orders") + "/{id}/**",
						"rules[" + index + "].probability=0.5"))
				.toArray(String[]::new);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration")
	static class Application {

	}

}
