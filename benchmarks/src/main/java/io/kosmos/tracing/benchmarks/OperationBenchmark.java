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
 * The span of an agent with five attributes and that of a call of a model with usage and
 * cost, against the OpenTelemetry API by hand in the same context.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class OperationBenchmark {

	@Param
	Sampling sampling;

	String message = "pump P-101 vibration";

	private BootContext context;

	private RawOperationWork raw;

	private OperationWork work;

	@Setup
	public void start() {
		this.context = BootContext.start(this.sampling, true);
		this.raw = this.context.bean(RawOperationWork.class);
		this.work = this.context.bean(OperationWork.class);
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	public String rawAgent() {
		return this.raw.route(this.message);
	}

	@Benchmark
	public String agent() {
		return this.work.route(this.message);
	}

	@Benchmark
	public String rawLlm() {
		return this.raw.complete(this.message);
	}

	@Benchmark
	public String llm() {
		return this.work.complete(this.message);
	}

}
