package io.kosmos.tracing.benchmarks;

import java.util.concurrent.TimeUnit;

import org.aopalliance.intercept.MethodInterceptor;
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

import org.springframework.aop.framework.ProxyFactory;

/**
 * What Spring Boot offers without kosmos-tracing: the OpenTelemetry API by hand and
 * Micrometer's annotations, and an empty proxy to know what any annotation costs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
@NullUnmarked // JMH fills the fields
public class BootBenchmark {

	@Param
	Sampling sampling;

	String query = "pump P-101 vibration";

	int limit = 10;

	private BootContext context;

	private RawWork raw;

	private MicrometerWork micrometer;

	private MicrometerWork emptyProxy;

	@Setup
	public void start() {
		this.context = BootContext.start(this.sampling, false);
		this.raw = this.context.bean(RawWork.class);
		this.micrometer = this.context.bean(MicrometerWork.class);
		ProxyFactory proxy = new ProxyFactory(new MicrometerWork());
		proxy.setProxyTargetClass(true);
		proxy.addAdvice((MethodInterceptor) (invocation) -> invocation.proceed());
		this.emptyProxy = (MicrometerWork) proxy.getProxy();
	}

	@TearDown
	public void stop() {
		this.context.close();
	}

	@Benchmark
	public String emptyProxy() {
		return this.emptyProxy.observed(this.query, this.limit);
	}

	@Benchmark
	public String rawApi() {
		return this.raw.search(this.query, this.limit);
	}

	@Benchmark
	public String newSpan() {
		return this.micrometer.newSpan(this.query, this.limit);
	}

	@Benchmark
	public String observed() {
		return this.micrometer.observed(this.query, this.limit);
	}

}
