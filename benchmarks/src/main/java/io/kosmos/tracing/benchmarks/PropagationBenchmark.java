package io.kosmos.tracing.benchmarks;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
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
 * Reading and writing the headers of a request: those of every day, and 8 kB of them,
 * more of which a server takes only if it is told to.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class PropagationBenchmark {

	private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	private static final Map<String, List<String>> USUAL = Map.of("traceparent", List.of(TRACEPARENT), "tracestate",
			List.of("kosmos=agent:zeus,other=1"), "baggage", List.of("kosmos.tenant.id=acme,region=north"));

	private static final Map<String, List<String>> LARGE = Map.of("traceparent", List.of(TRACEPARENT), "tracestate",
			List.of(members(32, "value")), "baggage", List.of(members(64, "v".repeat(113))));

	private static final Map<String, List<String>> HOSTILE = Map.of("traceparent", List.of(TRACEPARENT), "tracestate",
			List.of(",".repeat(1000), "a=1,".repeat(200)), "baggage",
			List.of("a=" + "%0a".repeat(1000), ",;=%".repeat(400), "=".repeat(700)));

	@Param
	Propagation propagation;

	private BootContext boot;

	private TextMapPropagator propagator;

	private Context incoming;

	private static String members(int count, String value) {
		return IntStream.range(0, count)
			.mapToObj((index) -> "key" + index + "=" + value)
			.collect(Collectors.joining(","));
	}

	@Setup
	public void start() {
		this.boot = BootContext.start(Sampling.SAMPLED, this.propagation == Propagation.KOSMOS);
		this.propagator = this.boot.bean(ContextPropagators.class).getTextMapPropagator();
		this.incoming = this.propagator.extract(Context.root(), USUAL, Getter.INSTANCE);
	}

	@TearDown
	public void stop() {
		this.boot.close();
	}

	@Benchmark
	public Context readUsual() {
		return this.propagator.extract(Context.root(), USUAL, Getter.INSTANCE);
	}

	@Benchmark
	public Context readLarge() {
		return this.propagator.extract(Context.root(), LARGE, Getter.INSTANCE);
	}

	@Benchmark
	public Context readHostile() {
		return this.propagator.extract(Context.root(), HOSTILE, Getter.INSTANCE);
	}

	@Benchmark
	public Map<String, String> write() {
		Map<String, String> headers = new HashMap<>();
		this.propagator.inject(this.incoming, headers, Map::put);
		return headers;
	}

	/**
	 * Whose propagators.
	 */
	public enum Propagation {

		/** Those of kosmos-tracing: W3C and B3, and baggage as it is allowed. */
		KOSMOS,

		/** Those of Spring Boot alone: W3C, and all baggage. */
		BOOT

	}

	private enum Getter implements TextMapGetter<Map<String, List<String>>> {

		INSTANCE;

		@Override
		public Iterable<String> keys(Map<String, List<String>> headers) {
			return headers.keySet();
		}

		@Override
		public String get(Map<String, List<String>> headers, String name) {
			List<String> values = headers.get(name);
			return (values != null) ? values.get(0) : null;
		}

		@Override
		public Iterator<String> getAll(Map<String, List<String>> headers, String name) {
			return headers.getOrDefault(name, List.of()).iterator();
		}

	}

}
