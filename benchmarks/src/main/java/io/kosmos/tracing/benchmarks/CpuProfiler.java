package io.kosmos.tracing.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * CPU time of the whole process for each operation. On a machine that is shared it says
 * what the work costs where elapsed time says how long it had to wait.
 */
public final class CpuProfiler implements InternalProfiler {

	static final String RESULT = "cpu.norm";

	private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

	private long start;

	@Override
	public String getDescription() {
		return "CPU time of the process per operation";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.start = this.system.getProcessCpuTime();
	}

	@Override
	public Collection<ScalarResult> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		long used = this.system.getProcessCpuTime() - this.start;
		return List.of(new ScalarResult(RESULT, (double) used / result.getMetadata().getAllOps(), "ns/op",
				AggregationPolicy.AVG));
	}

}
