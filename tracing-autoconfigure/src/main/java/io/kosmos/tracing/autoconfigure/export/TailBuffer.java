package io.kosmos.tracing.autoconfigure.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Holds spans until the local root of their trace ended, which is a span without parent
 * or with one in another process, and then keeps or drops what is below it. What ends
 * later goes the way of its parent. Once something of a trace was kept, all that follows
 * is, but for what belongs to a root that was dropped. An error that ends late is kept
 * even there, if errors are.
 * <p>
 * When a bound is reached the oldest trace is decided on what is known of it; a root that
 * ends after that decides what came since. Used by one thread, save {@link #state()}.
 */
final class TailBuffer {

	/**
	 * Decisions are remembered for so many times the longest wait.
	 */
	private static final int REMEMBERED_WAITS = 10;

	/**
	 * On the average, where there are as many decisions as are remembered. Beyond, those
	 * with the most forget their oldest.
	 */
	private static final int IDS_PER_DECISION = 16;

	/**
	 * Of one trace. The latest count: what ends late ends below what ended lately.
	 */
	private static final int MAX_IDS_OF_DECISION = 4096;

	private final TailProperties properties;

	private final TailRules rules;

	private final LongSupplier nanoTime;

	private final Consumer<Throwable> failed;

	/** By trace id, the oldest first. */
	private final Map<String, Held> held = new LinkedHashMap<>();

	/** By trace id, the oldest first. */
	private final Map<String, Decision> decisions = new LinkedHashMap<>();

	private volatile int heldSpans;

	private volatile long heldBytes;

	private volatile int heldTraces;

	private volatile int remembered;

	private long rememberedIds;

	private final Map<String, LongAdder> kept = new ConcurrentSkipListMap<>();

	private final LongAdder dropped = new LongAdder();

	private int droppedNow;

	private final LongAdder keptSpans = new LongAdder();

	private final LongAdder droppedSpans = new LongAdder();

	private final Map<Bound, LongAdder> evicted = new HashMap<>();

	/**
	 * Create a buffer.
	 * @param properties what is kept, and the bounds
	 * @param nanoTime the clock, {@link System#nanoTime()} outside of tests
	 * @param failed takes what goes wrong while a trace is decided, which is kept then
	 */
	TailBuffer(TailProperties properties, LongSupplier nanoTime, Consumer<Throwable> failed) {
		this.properties = properties;
		this.rules = new TailRules(properties);
		this.nanoTime = nanoTime;
		this.failed = failed;
		List.of(TailRules.ERROR, TailRules.SLOW, TailRules.COST, TailRules.TOKENS, TailRules.PROBABILITY)
			.forEach((reason) -> this.kept.put(reason, new LongAdder()));
		properties.rules().forEach((rule) -> this.kept.put(TailRules.RULE + rule.name(), new LongAdder()));
		Arrays.stream(Bound.values()).forEach((bound) -> this.evicted.put(bound, new LongAdder()));
	}

	/**
	 * Take spans that ended. One that cannot be read is kept.
	 * @param ended the spans
	 * @param leaving takes what is kept
	 * @return the number of spans that were dropped
	 */
	int take(List<SpanData> ended, List<SpanData> leaving) {
		int before = leaving.size();
		for (SpanData span : ended) {
			try {
				take(span, leaving);
			}
			catch (RuntimeException | Error ex) {
				leaving.add(span);
				failed(ex);
			}
		}
		return count(leaving.size() - before);
	}

	/**
	 * Decide all that was held for too long.
	 * @param leaving takes what is kept
	 * @return the number of spans that were dropped
	 */
	int decideDue(List<SpanData> leaving) {
		int before = leaving.size();
		while (nanosUntilDue() <= 0) {
			evictOldest(Bound.WAIT, leaving);
		}
		forget();
		return count(leaving.size() - before);
	}

	/**
	 * Decide all that is held.
	 * @param leaving takes what is kept
	 * @return the number of spans that were dropped
	 */
	int decideAll(List<SpanData> leaving) {
		int before = leaving.size();
		while (!this.held.isEmpty()) {
			evictOldest(Bound.SHUTDOWN, leaving);
		}
		return count(leaving.size() - before);
	}

	/**
	 * Return the time until {@link #decideDue} has something to do.
	 * @return nanoseconds, or {@link Long#MAX_VALUE} if nothing is held
	 */
	long nanosUntilDue() {
		return this.held.isEmpty() ? Long.MAX_VALUE : this.held.values().iterator().next().since
				+ this.properties.maxWait().toNanos() - this.nanoTime.getAsLong();
	}

	private int count(int keptNow) {
		int counted = this.droppedNow;
		this.droppedNow = 0;
		this.keptSpans.add(keptNow);
		this.droppedSpans.add(counted);
		this.heldTraces = this.held.size();
		this.remembered = this.decisions.size();
		return counted;
	}

	private void take(SpanData span, List<SpanData> leaving) {
		while (true) {
			boolean root = isLocalRoot(span);
			Decision decision = this.decisions.get(span.getTraceId());
			if (!root && decision != null && decision.dropped(span.getParentSpanId())) {
				follow(withDescendants(span), decision, leaving);
				return;
			}
			if (root || decision != null && decision.keepsAll()) {
				decide(withDescendants(span), root ? span : null, 0, leaving);
				return;
			}
			int size = SpanEncoder.size(span);
			Bound bound = reached(span, size);
			if (bound == null) {
				hold(span, size);
				return;
			}
			if (this.held.isEmpty() || size > this.properties.maxBytes().toBytes()) {
				count(bound);
				decide(List.of(span), null, 0, leaving);
				return;
			}
			// It may be of the same trace, so that there is a decision now.
			evictOldest(bound, leaving);
		}
	}

	/**
	 * Drop what is below a span that was dropped, unless there is an error in it.
	 */
	private void follow(List<SpanData> part, Decision decision, List<SpanData> leaving) {
		if (this.properties.errors() && part.stream().anyMatch(TailRules::isError)) {
			decide(part, null, 0, leaving);
		}
		else {
			drop(part, decision);
		}
	}

	private static boolean isLocalRoot(SpanData span) {
		return !span.getParentSpanContext().isValid() || span.getParentSpanContext().isRemote();
	}

	private @Nullable Bound reached(SpanData span, int size) {
		if (this.heldSpans + 1 > this.properties.maxSpans()) {
			return Bound.SPANS;
		}
		if (this.heldBytes + size > this.properties.maxBytes().toBytes()) {
			return Bound.BYTES;
		}
		return (this.held.size() + 1 > this.properties.maxTraces() && !this.held.containsKey(span.getTraceId()))
				? Bound.TRACES : null;
	}

	private void hold(SpanData span, int size) {
		Held trace = this.held.computeIfAbsent(span.getTraceId(), (id) -> new Held(this.nanoTime.getAsLong()));
		trace.children.computeIfAbsent(span.getParentSpanId(), (id) -> new ArrayList<>(2)).add(span);
		add(1, size);
	}

	@SuppressWarnings("NonAtomicVolatileUpdate")
	private void add(int spans, long bytes) {
		this.heldSpans += spans;
		this.heldBytes += bytes;
	}

	/**
	 * Return a span with all that is held and below it, which is held no longer.
	 */
	private List<SpanData> withDescendants(SpanData top) {
		List<SpanData> part = new ArrayList<>();
		part.add(top);
		Held trace = this.held.get(top.getTraceId());
		if (trace == null) {
			return part;
		}
		for (int i = 0; i < part.size(); i++) {
			List<SpanData> children = trace.children.remove(part.get(i).getSpanId());
			if (children != null) {
				part.addAll(children);
				children.forEach((child) -> add(-1, -SpanEncoder.size(child)));
			}
		}
		if (trace.children.isEmpty()) {
			this.held.remove(top.getTraceId());
		}
		return part;
	}

	private void evictOldest(Bound bound, List<SpanData> leaving) {
		Map.Entry<String, Held> oldest = this.held.entrySet().iterator().next();
		long waited = this.nanoTime.getAsLong() - oldest.getValue().since;
		count(bound);
		decide(rest(oldest.getKey()), null, waited, leaving);
	}

	private List<SpanData> rest(String traceId) {
		List<SpanData> rest = new ArrayList<>();
		Held trace = this.held.remove(traceId);
		if (trace != null) {
			trace.children.values().forEach(rest::addAll);
			rest.forEach((span) -> add(-1, -SpanEncoder.size(span)));
		}
		return rest;
	}

	private void count(Bound bound) {
		LongAdder adder = this.evicted.get(bound);
		if (adder != null) {
			adder.increment();
		}
	}

	private void decide(List<SpanData> part, @Nullable SpanData root, long waitedNanos, List<SpanData> leaving) {
		String traceId = part.get(0).getTraceId();
		Decision decision = this.decisions.get(traceId);
		boolean keptBefore = decision != null && decision.reason != null;
		String reason = (keptBefore && root == null) ? null : reason(part, root, waitedNanos);
		if (reason != null) {
			LongAdder adder = this.kept.get(reason);
			if (adder != null) {
				adder.increment();
			}
		}
		if (reason == null && decision != null) {
			reason = decision.reason;
		}
		if (reason == null) {
			this.dropped.increment();
			drop(part, (decision != null) ? decision : new Decision());
			return;
		}
		for (SpanData span : part) {
			leaving.add((span == root) ? kept(span, reason) : span);
		}
		decision = (decision != null) ? decision : new Decision();
		if (!keptBefore) {
			decision.reason = reason;
		}
		remember(traceId, decision);
		if (!keptBefore && decision.keepsAll()) {
			leaving.addAll(rest(traceId));
		}
	}

	private @Nullable String reason(List<SpanData> part, @Nullable SpanData root, long waitedNanos) {
		try {
			return this.rules.reason(part, root, waitedNanos);
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return TailRules.ERROR;
		}
	}

	private SpanData kept(SpanData root, String reason) {
		try {
			return new Kept(root, reason);
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return root;
		}
	}

	private void failed(Throwable failure) {
		try {
			this.failed.accept(failure);
		}
		catch (RuntimeException | Error ex) {
			// It is a bean of a context that may be closed.
		}
	}

	private void drop(List<SpanData> part, Decision decision) {
		this.droppedNow += part.size();
		for (SpanData span : part) {
			if (decision.drop(id(span.getSpanId()))) {
				this.rememberedIds++;
			}
		}
		remember(part.get(0).getTraceId(), decision);
	}

	private void remember(String traceId, Decision decision) {
		decision.at = this.nanoTime.getAsLong();
		this.decisions.remove(traceId);
		this.decisions.put(traceId, decision);
		forget();
	}

	private void forget() {
		Iterator<Decision> oldest = this.decisions.values().iterator();
		long since = this.nanoTime.getAsLong() - REMEMBERED_WAITS * this.properties.maxWait().toNanos();
		while (oldest.hasNext()) {
			Decision decision = oldest.next();
			if (this.decisions.size() <= this.properties.decisions() && decision.at - since > 0) {
				break;
			}
			oldest.remove();
			this.rememberedIds -= decision.count;
		}
		long max = (long) IDS_PER_DECISION * this.properties.decisions();
		if (this.rememberedIds > max) {
			forgetIds(max / 4 * 3);
		}
	}

	// So far below the bound that it is not reached again soon.
	private void forgetIds(long target) {
		for (int most = MAX_IDS_OF_DECISION / 2; this.rememberedIds > target && most > 0; most /= 2) {
			for (Decision decision : this.decisions.values()) {
				this.rememberedIds -= decision.forgetAllBut(most);
			}
		}
	}

	private static long id(String spanId) {
		return SpanId.isValid(spanId) ? Long.parseUnsignedLong(spanId, 16) : 0;
	}

	/**
	 * Return what is held and what was decided. Thread-safe.
	 */
	State state() {
		Map<String, Long> reasons = new LinkedHashMap<>();
		this.kept.forEach((reason, adder) -> reasons.put(reason, adder.sum()));
		Map<Bound, Long> bounds = new LinkedHashMap<>();
		Arrays.stream(Bound.values()).forEach((bound) -> {
			LongAdder adder = this.evicted.get(bound);
			bounds.put(bound, (adder != null) ? adder.sum() : 0);
		});
		return new State(this.heldSpans, this.heldTraces, this.heldBytes, reasons, this.dropped.sum(),
				this.keptSpans.sum(), this.droppedSpans.sum(), bounds, this.remembered);
	}

	TailProperties properties() {
		return this.properties;
	}

	/**
	 * Why a trace was decided before its local root ended.
	 */
	enum Bound {

		/** Too many spans were held. */
		SPANS,

		/** Too many traces were held. */
		TRACES,

		/** What was held was too large. */
		BYTES,

		/** It was held for too long. */
		WAIT,

		/** The application ended. */
		SHUTDOWN;

		/**
		 * Return the name in meters and in the actuator.
		 * @return the name in lower case
		 */
		String tag() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * What is held and what was decided.
	 *
	 * @param spans spans that are held
	 * @param traces traces that are held
	 * @param bytes size of the spans that are held
	 * @param kept decisions to keep, by reason
	 * @param dropped decisions to drop
	 * @param keptSpans spans that were kept
	 * @param droppedSpans spans that were dropped
	 * @param evicted decisions before the local root ended, by bound
	 * @param remembered traces whose decision is remembered
	 */
	record State(int spans, int traces, long bytes, Map<String, Long> kept, long dropped, long keptSpans,
			long droppedSpans, Map<Bound, Long> evicted, int remembered) {

	}

	/**
	 * Spans of one trace, by the id of their parent.
	 */
	private static final class Held {

		private final long since;

		private final Map<String, List<SpanData>> children = new HashMap<>();

		Held(long since) {
			this.since = since;
		}

	}

	/**
	 * What was decided about a trace: why some of it was kept, if it was, and which spans
	 * were dropped, of which it knows the latest {@value #MAX_IDS_OF_DECISION}.
	 */
	private static final class Decision {

		private @Nullable String reason;

		private long at;

		/** A ring once it is full. */
		private long[] ids = new long[0];

		private int count;

		/** Where the next goes once it is full. */
		private int next;

		/**
		 * Return whether all that is still to come is kept. Where something was dropped,
		 * it is not known to which root a span belongs before its parent has ended.
		 */
		boolean keepsAll() {
			return this.reason != null && this.count == 0;
		}

		boolean dropped(String spanId) {
			long id = id(spanId);
			for (int i = 0; i < this.count; i++) {
				if (this.ids[i] == id) {
					return true;
				}
			}
			return false;
		}

		/**
		 * Remember that a span was dropped.
		 * @return whether there is one more now
		 */
		boolean drop(long id) {
			if (this.count == MAX_IDS_OF_DECISION) {
				this.ids[this.next] = id;
				this.next = (this.next + 1) % MAX_IDS_OF_DECISION;
				return false;
			}
			if (this.count == this.ids.length) {
				this.ids = Arrays.copyOf(this.ids, Math.min(Math.max(4, this.count * 2), MAX_IDS_OF_DECISION));
			}
			this.ids[this.count] = id;
			this.count++;
			return true;
		}

		/**
		 * Forget the oldest spans.
		 * @return how many
		 */
		int forgetAllBut(int most) {
			int less = this.count - most;
			if (less <= 0) {
				return 0;
			}
			long[] latest = new long[most];
			for (int i = 0; i < most; i++) {
				latest[i] = this.ids[(this.next + less + i) % this.count];
			}
			this.ids = latest;
			this.count = most;
			this.next = 0;
			return less;
		}

	}

	/**
	 * A local root that says why it was kept.
	 */
	private static final class Kept extends DelegatingSpanData {

		private final Attributes attributes;

		Kept(SpanData span, String reason) {
			super(span);
			this.attributes = span.getAttributes().toBuilder().put(KosmosAttributes.SAMPLING_REASON, reason).build();
		}

		@Override
		public Attributes getAttributes() {
			return this.attributes;
		}

		@Override
		public int getTotalAttributeCount() {
			return super.getTotalAttributeCount() + 1;
		}

	}

}
