package io.kosmos.tracing.benchmarks;

import java.util.concurrent.TimeUnit;

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
 * What the OpenTelemetry Spring Boot starter offers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class StarterBenchmark {

	@Param
	Sampling sampling;

	String query = "pump P-101 vibration";

	int limit = 10;

	private StarterContext context;

	private WithSpanWork withSpan;

	@Setup
	public void start() {
		this.context = StarterContext.start(this.sampling);
		this.withSpan = this.context.bean(WithSpanWork.class);
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	public String withSpan() {
		return this.withSpan.search(this.query, this.limit);
	}

}
