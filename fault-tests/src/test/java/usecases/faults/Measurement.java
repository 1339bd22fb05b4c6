package usecases.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import usecases.faults.ApplicationProcess.LogLines;

/**
 * Counts what became of a range of spans and compares it with what is promised.
 */
final class Measurement {

	/** Spans of one request that the application sends unless told otherwise. */
	private static final int BATCH = 512;

	private final Trial trial;

	private final FaultyReceiver receiver;

	private final String destination;

	private final String scenario;

	private final List<String> misses = new ArrayList<>();

	private final List<String> remarks = new ArrayList<>();

	private final List<Integer> missing = new ArrayList<>();

	private int ended;

	private int delivered;

	private int duplicates;

	private String dropped = "";

	private String shutdown = "";

	private int logLines;

	Measurement(Trial trial, String scenario) {
		this(trial, trial.receiver(), "default", scenario);
	}

	Measurement(Trial trial, FaultyReceiver receiver, String destination, String scenario) {
		this.trial = trial;
		this.receiver = receiver;
		this.destination = destination;
		this.scenario = scenario;
	}

	/**
	 * Wait until the receiver has all spans of a range, or until nothing more comes.
	 * @param application the application, if it runs
	 * @param from number of the first span
	 * @param to number after the last one
	 * @return how long that took
	 */
	Duration await(ApplicationProcess application, int from, int to) throws IOException, InterruptedException {
		long begin = System.nanoTime();
		long news = begin;
		int missing = missing(from, to);
		while (missing > 0) {
			Thread.sleep(20);
			int now = missing(from, to);
			if (now != missing) {
				missing = now;
				news = System.nanoTime();
			}
			long quiet = System.nanoTime() - news;
			if (quiet > Scale.patience().toNanos() || (quiet > 1_500_000_000L && isIdle(application))) {
				break;
			}
		}
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private int missing(int from, int to) {
		int missing = 0;
		for (int number = from; number < to; number++) {
			if (this.receiver.inbox().times(number) == 0 && this.trial.journal().endedAt(number) != 0) {
				missing++;
			}
		}
		return missing;
	}

	private boolean isIdle(ApplicationProcess application) throws IOException, InterruptedException {
		Ledger ledger = application.isAlive() ? application.ledger(this.destination) : null;
		return ledger != null && ledger.pending() == 0;
	}

	/**
	 * Count a range of spans.
	 * @param from number of the first one
	 * @param to number after the last one
	 */
	void count(int from, int to) {
		Inbox inbox = this.receiver.inbox();
		for (int number = from; number < to; number++) {
			int times = inbox.times(number);
			if (times > 0) {
				this.delivered++;
				this.duplicates += times - 1;
			}
			if (this.trial.journal().endedAt(number) != 0) {
				this.ended++;
				if (times == 0) {
					this.missing.add(number);
				}
			}
			else if (times > 0) {
				// Killed between sending and writing it down.
				this.ended++;
			}
		}
		int bound = Math.max(BATCH, inbox.largestRequest());
		expect(this.duplicates <= bound, "more duplicates than one batch of " + bound);
		expect(this.ended > 0, "nothing ended");
		expect(inbox.unknown() == 0, "received spans that nobody made: " + inbox.unknown());
	}

	int ended() {
		return this.ended;
	}

	int delivered() {
		return this.delivered;
	}

	int lost() {
		return this.missing.size();
	}

	/** Return the numbers of the spans that are lost. */
	List<Integer> missing() {
		return this.missing;
	}

	void nothingLost() {
		expect(lost() == 0, "lost " + lost());
	}

	/**
	 * Expect something.
	 * @param kept whether it is so
	 * @param miss what else to say
	 */
	void expect(boolean kept, String miss) {
		if (!kept) {
			this.misses.add(miss);
		}
	}

	void remark(String remark) {
		this.remarks.add(remark);
	}

	/**
	 * Compare the application's own count with this one.
	 * @param ledger its ledger of the same range
	 */
	void ledger(@Nullable Ledger ledger) {
		if (balanced(ledger)) {
			expect(ledger.ended() + ledger.recovered() == this.ended,
					"ledger says ended " + ledger.ended() + " + recovered " + ledger.recovered());
			expect(ledger.delivered() == this.delivered, "ledger says delivered " + ledger.delivered());
			expect(ledger.lost() == lost(), "ledger says dropped " + ledger.lost());
			expect(ledger.pending() == 0, "ledger says pending " + ledger.pending());
		}
	}

	/**
	 * Compare the application's own counts in two lives with this one.
	 * @param first its ledger at the end of the first one
	 * @param second its ledger now
	 */
	void ledgers(@Nullable Ledger first, @Nullable Ledger second) {
		if (balanced(first) && balanced(second)) {
			expect(first.ended() + second.ended() == this.ended,
					"ledgers say ended " + first.ended() + " and " + second.ended());
			expect(first.pending() == second.recovered(),
					"left behind " + first.pending() + ", recovered " + second.recovered());
			expect(first.delivered() + second.delivered() == this.delivered,
					"ledgers say delivered " + first.delivered() + " and " + second.delivered());
			expect(first.lost() + second.lost() == lost(),
					"ledgers say dropped " + first.dropped() + " and " + second.dropped());
			expect(second.pending() == 0, "ledger says pending " + second.pending());
		}
	}

	private boolean balanced(@Nullable Ledger ledger) {
		if (ledger == null) {
			expect(false, "no ledger");
			return false;
		}
		Map<String, Long> reasons = ledger.dropped();
		if (!reasons.isEmpty()) {
			this.dropped = (this.dropped + " " + reasons).trim().replaceAll("[{}]", "");
		}
		expect(ledger.isExact(), "ledger does not add up: " + ledger);
		return true;
	}

	/**
	 * Expect at most so many lines about tracing.
	 * @param lines what was logged
	 * @param most how many there may be
	 */
	void log(LogLines lines, int most) {
		this.logLines += lines.aboutTracing().size();
		expect(lines.aboutTracing().size() <= most,
				lines.aboutTracing().size() + " log lines instead of " + most + " at most");
		expect(!lines.stackTrace(), "a stack trace in the log");
		expect(!lines.outOfMemory(), "OutOfMemoryError");
	}

	void prober(Prober prober) {
		expect(prober.failures().isEmpty(), prober.failures().size() + " failed requests");
		double faulty = prober.faultyMillis();
		double calm = prober.calmMillis();
		if (faulty > 0 && calm > 0) {
			remark("request p99 %.1f ms, without fault %.1f ms: %.2f".formatted(faulty, calm, faulty / calm));
			expect(!Scale.FULL || faulty <= calm * 1.05 + 1, "slower requests");
		}
	}

	/**
	 * Expect an end in time.
	 * @param took how long it took
	 * @param most how long it may take
	 */
	void shutdown(Duration took, Duration most) {
		this.shutdown = Long.toString(took.toMillis());
		expect(took.compareTo(most) <= 0, "shutdown took " + took.toMillis() + " ms");
	}

	/**
	 * Expect spans to have arrived soon.
	 * @param from number of the first one
	 * @param to number after the last one
	 */
	void delay(int from, int to) {
		List<Long> delays = new ArrayList<>();
		for (int number = from; number < to; number++) {
			if (this.receiver.inbox().times(number) > 0 && this.trial.journal().endedAt(number) != 0) {
				delays.add(this.receiver.inbox().arrivedAt(number) - this.trial.journal().endedAt(number));
			}
		}
		delays.sort(null);
		if (!delays.isEmpty()) {
			long p95 = delays.get((int) (delays.size() * 0.95));
			remark("end to delivery p95 " + p95 + " ms");
			expect(p95 <= Scale.delay().toMillis(), "95 % delivered after " + p95 + " ms only");
		}
	}

	Row row() {
		return new Row(this.scenario, this.trial.protocol().toString(), this.trial.storage().toString(), this.ended,
				this.delivered, this.duplicates, lost(), this.dropped, this.shutdown, this.logLines,
				String.join("; ", this.remarks), this.misses);
	}

}
