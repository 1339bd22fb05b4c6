package io.kosmos.tracing.benchmarks;

import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
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
 * What kosmos-tracing offers, and the OpenTelemetry API by hand in the same context.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class KosmosBenchmark {

	private static final AttributeKey<String> QUERY = AttributeKey.stringKey("query");

	private static final AttributeKey<Long> LIMIT = AttributeKey.longKey("limit");

	@Param
	Sampling sampling;

	String query = "pump P-101 vibration";

	int limit = 10;

	private BootContext context;

	private RawWork raw;

	private TracedWork traced;

	private Spans spans;

	@Setup
	public void start() {
		this.context = BootContext.start(this.sampling, true);
		this.raw = this.context.bean(RawWork.class);
		this.traced = this.context.bean(TracedWork.class);
		this.spans = this.context.bean(Spans.class);
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	public String rawApi() {
		return this.raw.search(this.query, this.limit);
	}

	@Benchmark
	public String traced() {
		return this.traced.search(this.query, this.limit);
	}

	@Benchmark
	public String tracedWithoutAttributes() {
		return this.traced.withoutAttributes(this.query, this.limit);
	}

	@Benchmark
	public String tracedWithExpression() {
		return this.traced.withExpression(this.query, this.limit);
	}

	@Benchmark
	public String spans() {
		return this.spans.span("search")
			.attribute(QUERY, this.query)
			.attribute(LIMIT, (long) this.limit)
			.in(() -> this.query);
	}

}
