package io.kosmos.tracing.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * CPU time of the measuring threads for each operation, without the compiler's and the
 * garbage collector's. On a machine that is shared it says what the work costs where
 * elapsed time says how long it had to wait.
 */
public final class CpuProfiler implements InternalProfiler {

	static final String RESULT = "cpu.norm";

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private long start;

	@Override
	public String getDescription() {
		return "CPU time of the measuring threads per operation";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.start = cpuTime();
	}

	@Override
	public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		long used = cpuTime() - this.start;
		return List.of(new ScalarResult(RESULT, (double) used / result.getMetadata().getAllOps(), "ns/op",
				AggregationPolicy.AVG));
	}

	private long cpuTime() {
		long sum = 0;
		for (ThreadInfo thread : this.threads.getThreadInfo(this.threads.getAllThreadIds())) {
			if (thread != null && thread.getThreadName().contains("jmh-worker")) {
				sum += this.threads.getThreadCpuTime(thread.getThreadId());
			}
		}
		return sum;
	}

}
