package io.kosmos.tracing.benchmarks;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks with JMH's own command line and closes with what matters: CPU time
 * and bytes of each variant as multiples of the hand-written span, and which targets are
 * reached.
 */
public final class MethodCallReport {

	private final Map<String, Cost> costs = new TreeMap<>();

	private MethodCallReport(Collection<RunResult> results) {
		for (RunResult result : results) {
			String[] name = result.getParams().getBenchmark().split("\\.");
			String variant = name[name.length - 2].replace("Benchmark", "") + "." + name[name.length - 1];
			String sampling = result.getParams().getParam("sampling");
			this.costs.put(((sampling != null) ? sampling : result.getParams().getParam("propagation")) + " " + variant,
					new Cost(result.getPrimaryResult().getScore(), secondary(result, CpuProfiler.RESULT),
							secondary(result, "gc.alloc.rate.norm")));
		}
	}

	private static double secondary(RunResult result, String name) {
		Result<?> secondary = result.getSecondaryResults().get(name);
		return (secondary != null) ? secondary.getScore() : Double.NaN;
	}

	/**
	 * Run the benchmarks.
	 * @param args arguments of JMH; {@code -h} explains them
	 * @throws IOException when the help cannot be printed
	 * @throws CommandLineOptionException when an argument is not one of JMH's
	 * @throws RunnerException when a benchmark fails
	 */
	public static void main(String[] args) throws IOException, CommandLineOptionException, RunnerException {
		CommandLineOptions options = new CommandLineOptions(args);
		if (options.shouldHelp()) {
			options.showHelp();
			return;
		}
		MethodCallReport report = new MethodCallReport(new Runner(new OptionsBuilder().parent(options)
			.addProfiler(GCProfiler.class)
			.addProfiler(CpuProfiler.class)
			.shouldFailOnError(true)
			.build()).run());
		report.table();
		report.targets();
	}

	private void table() {
		System.out.printf("%n%-48s %9s %9s %8s %9s %8s%n", "", "ns/op", "cpu ns/op", "B/op", "x raw cpu", "x raw B");
		this.costs.forEach((variant, cost) -> {
			Cost raw = this.costs.get(raw(variant));
			System.out.printf(Locale.ROOT, "%-48s %9.0f %9.0f %8.0f %9s %8s%n", variant, cost.elapsed(), cost.cpu(),
					cost.bytes(), ratio((raw != null) ? cost.cpu() / raw.cpu() : null),
					ratio((raw != null) ? cost.bytes() / raw.bytes() : null));
		});
	}

	/**
	 * The same work by hand, or by Boot alone.
	 */
	private static String raw(String variant) {
		if (variant.contains(" Operation.")) {
			return variant.replace(".agent", ".rawAgent").replace(".llm", ".rawLlm");
		}
		if (variant.contains(" Propagation.")) {
			return variant.replace("KOSMOS", "BOOT");
		}
		return variant.split(" ")[0] + " Boot.rawApi";
	}

	private static String ratio(@Nullable Double value) {
		return (value != null) ? String.format(Locale.ROOT, "%.2f", value) : "-";
	}

	private void targets() {
		System.out.println();
		Cost traced = this.costs.get("SAMPLED Kosmos.traced");
		Cost raw = this.costs.get("SAMPLED Boot.rawApi");
		if (traced != null && raw != null) {
			atMost("@Traced sampled, time against the raw API", traced.cpu() / raw.cpu(), 1.20);
			atMost("@Traced sampled, bytes against the raw API", traced.bytes() / raw.bytes(), 1.15);
		}
		Cost below = this.costs.get("BELOW_UNSAMPLED_PARENT Kosmos.traced");
		Cost rawBelow = this.costs.get("BELOW_UNSAMPLED_PARENT Boot.rawApi");
		if (below != null && rawBelow != null) {
			atMost("@Traced below an unsampled parent, time against the raw API", below.cpu() / rawBelow.cpu(), 1);
		}
		atMostMicroseconds("KOSMOS Propagation.readLarge", 100);
		atMostMicroseconds("KOSMOS Propagation.readHostile", 100);
		faster(traced, "Starter.withSpan", 1.5);
		faster(traced, "Boot.newSpan", 15);
		faster(traced, "Boot.observed", 15);
		Cost expression = this.costs.get("SAMPLED Kosmos.tracedWithExpression");
		Cost plain = this.costs.get("SAMPLED Kosmos.tracedWithoutAttributes");
		if (expression != null && plain != null) {
			atMost("Expression attribute, ns", expression.cpu() - plain.cpu(), 200);
			atMost("Expression attribute, B", expression.bytes() - plain.bytes(), 300);
		}
	}

	private void atMostMicroseconds(String variant, double limit) {
		Cost cost = this.costs.get(variant);
		if (cost != null) {
			atMost(variant + ", us", cost.cpu() / 1000, limit);
		}
	}

	private void faster(@Nullable Cost traced, String peer, double times) {
		Cost cost = this.costs.get("SAMPLED " + peer);
		if (traced != null && cost != null) {
			double measured = cost.cpu() / traced.cpu();
			target("@Traced sampled faster than " + peer, measured, "at least", times, measured >= times);
		}
	}

	private static void atMost(String what, double measured, double limit) {
		target(what, measured, "at most", limit, measured <= limit);
	}

	private static void target(String what, double measured, String relation, double limit, boolean reached) {
		System.out.printf(Locale.ROOT, "%-62s %8.2f  %8s %7.2f  %s%n", what, measured, relation, limit,
				(reached) ? "reached" : "MISSED");
	}

	/**
	 * What one call costs.
	 *
	 * @param elapsed time in nanoseconds
	 * @param cpu CPU time in nanoseconds
	 * @param bytes allocated bytes
	 */
	private record Cost(double elapsed, double cpu, double bytes) {
	}

}
