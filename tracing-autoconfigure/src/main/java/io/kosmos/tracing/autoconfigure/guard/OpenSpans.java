package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts the recorded spans that have begun and not ended, whatever timestamps they say
 * they have. One that does not end in time is reported as leaked and counted no longer.
 * Thread-safe. It keeps an id, a time and a name for each open span, in arrays that are
 * reused, divided so that threads seldom meet.
 */
final class OpenSpans implements SpanProcessor {

	private static final int STRIPES = 64;

	private static final int MAX_EXAMPLES = 5;

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final int max;

	private final Duration timeout;

	private final LongSupplier nanoTime;

	private final UnaryOperator<String> redaction;

	private final Stripe[] stripes = new Stripe[STRIPES];

	private final LongAdder open = new LongAdder();

	private final LongAdder leaked = new LongAdder();

	private final LongAdder refused = new LongAdder();

	private final AtomicBoolean over = new AtomicBoolean();

	private final AtomicLong nextSweep;

	private final Set<String> leakedNames = new LinkedHashSet<>();

	OpenSpans(int max, Duration timeout, LongSupplier nanoTime, UnaryOperator<String> redaction) {
		this.max = max;
		this.timeout = timeout;
		this.nanoTime = nanoTime;
		this.redaction = redaction;
		this.nextSweep = new AtomicLong(nanoTime.getAsLong() + sweepInterval());
		// Spans of a trace that is recorded are counted beyond the limit, and ids fall
		// unevenly.
		int perStripe = Math.max(16, Math.toIntExact(4L * max / STRIPES));
		Arrays.setAll(this.stripes, (i) -> new Stripe(perStripe));
	}

	private long sweepInterval() {
		return this.timeout.toNanos() / 16;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		long now = this.nanoTime.getAsLong();
		long id = id(span);
		if (stripe(id).add(id, now, span.getName())) {
			this.open.increment();
		}
		sweepWhenDue(now);
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		long id = id(span);
		if (stripe(id).remove(id)) {
			this.open.decrement();
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	private static long id(ReadableSpan span) {
		return Long.parseUnsignedLong(span.getSpanContext().getSpanId(), 16);
	}

	private Stripe stripe(long id) {
		return this.stripes[(int) (Stripe.spread(id) >>> 58)];
	}

	/**
	 * Whether a span may be recorded now. While too many are open no trace begins, and
	 * while there are twice as many no span does.
	 * @param local whether the span has a parent in this process
	 */
	boolean admits(boolean local) {
		long now = this.open.sum();
		if (now < this.max && !this.over.get()) {
			return true;
		}
		sweepWhenDue(this.nanoTime.getAsLong());
		now = this.open.sum();
		if (now < this.max - this.max / 10 || now < this.max && !this.over.get()) {
			if (this.over.compareAndSet(true, false)) {
				logger.info("Traces are recorded again: " + now + " spans are open, " + this.refused.sum()
						+ " were not recorded");
			}
			return true;
		}
		if (this.over.compareAndSet(false, true)) {
			logger.warn(now + " spans are open, so no new trace is recorded until there are less"
					+ " (kosmos.tracing.guard.max-open-spans=" + this.max + ")");
		}
		if (local && now < 2L * this.max) {
			return true;
		}
		this.refused.increment();
		return false;
	}

	private void sweepWhenDue(long now) {
		long due = this.nextSweep.get();
		if (now - due >= 0 && this.nextSweep.compareAndSet(due, now + sweepInterval())) {
			sweep(now - this.timeout.toNanos());
		}
	}

	private void sweep(long startedBefore) {
		int found = 0;
		Set<String> names = new LinkedHashSet<>();
		for (Stripe stripe : this.stripes) {
			found += stripe.removeStartedBefore(startedBefore, names);
		}
		if (found == 0) {
			return;
		}
		Set<String> examples = names.stream().map(this::shown).collect(Collectors.toCollection(LinkedHashSet::new));
		this.open.add(-found);
		this.leaked.add(found);
		boolean news;
		synchronized (this.leakedNames) {
			news = this.leakedNames.isEmpty();
			for (String example : examples) {
				if (this.leakedNames.size() < 4 * MAX_EXAMPLES) {
					news |= this.leakedNames.add(example);
				}
			}
		}
		if (news) {
			logger
				.warn(found + " spans have not ended within " + this.timeout + " and are taken for leaked, among them "
						+ examples.stream().collect(Collectors.joining("', '", "'", "'"))
						+ ". Each span must be ended, also on errors. They are no longer counted as open");
		}
	}

	// The template of what was redacted: what is left of a secret is not known for one.
	private String shown(String name) {
		String redacted = this.redaction.apply(name);
		return LogText
			.of(SpanNameTemplate.of(redacted.substring(0, Math.min(redacted.length(), SpanNames.MAX_LENGTH))));
	}

	int max() {
		return this.max;
	}

	Duration timeout() {
		return this.timeout;
	}

	/**
	 * The number of spans that are open.
	 */
	long open() {
		return this.open.sum();
	}

	/**
	 * The number of spans that did not end in time.
	 */
	long leaked() {
		return this.leaked.sum();
	}

	/**
	 * Templates of the names of some of them, redacted.
	 */
	Collection<String> leakedNames() {
		synchronized (this.leakedNames) {
			return Set.copyOf(this.leakedNames);
		}
	}

	/**
	 * The number of spans that were not recorded because too many were open.
	 */
	long refused() {
		return this.refused.sum();
	}

	/**
	 * Whether no new trace is recorded.
	 */
	boolean isOver() {
		return this.over.get();
	}

	/**
	 * A set of span ids with the time and the name of each, by linear probing. An id is
	 * never 0.
	 */
	private static final class Stripe {

		private final int maxSize;

		private long[] ids = new long[16];

		private long[] started = new long[16];

		private String[] names = new String[16];

		private int size;

		Stripe(int maxSize) {
			this.maxSize = maxSize;
		}

		static long spread(long id) {
			return id * 0x9E3779B97F4A7C15L;
		}

		private int slot(long id) {
			return (int) (spread(id) >>> 20) & (this.ids.length - 1);
		}

		private int find(long id) {
			int slot = slot(id);
			while (this.ids[slot] != 0 && this.ids[slot] != id) {
				slot = (slot + 1) & (this.ids.length - 1);
			}
			return slot;
		}

		synchronized boolean add(long id, long now, String name) {
			int slot = find(id);
			if (this.ids[slot] == id || this.size >= this.maxSize) {
				return false;
			}
			put(slot, id, now, name);
			if (++this.size > this.ids.length / 2) {
				grow();
			}
			return true;
		}

		private void put(int slot, long id, long now, String name) {
			this.ids[slot] = id;
			this.started[slot] = now;
			this.names[slot] = name;
		}

		private void grow() {
			long[] oldIds = this.ids;
			long[] oldStarted = this.started;
			String[] oldNames = this.names;
			this.ids = new long[2 * oldIds.length];
			this.started = new long[2 * oldIds.length];
			this.names = new String[2 * oldIds.length];
			for (int i = 0; i < oldIds.length; i++) {
				if (oldIds[i] != 0) {
					put(find(oldIds[i]), oldIds[i], oldStarted[i], oldNames[i]);
				}
			}
		}

		synchronized boolean remove(long id) {
			int slot = find(id);
			if (this.ids[slot] == 0) {
				return false;
			}
			clear(slot);
			return true;
		}

		// What was put off by the one that goes moves up.
		@SuppressWarnings("NullAway")
		private void clear(int slot) {
			this.size--;
			int mask = this.ids.length - 1;
			int hole = slot;
			int next = (hole + 1) & mask;
			while (this.ids[next] != 0) {
				int home = slot(this.ids[next]);
				if (((next - home) & mask) >= ((next - hole) & mask)) {
					put(hole, this.ids[next], this.started[next], this.names[next]);
					hole = next;
				}
				next = (next + 1) & mask;
			}
			put(hole, 0, 0, null);
		}

		synchronized int removeStartedBefore(long time, Set<String> someNames) {
			int found = 0;
			int slot = 0;
			while (slot < this.ids.length) {
				if (this.ids[slot] != 0 && this.started[slot] - time < 0) {
					if (someNames.size() < MAX_EXAMPLES) {
						someNames.add(this.names[slot]);
					}
					clear(slot);
					found++;
				}
				else {
					slot++;
				}
			}
			return found;
		}

	}

}
