package io.kosmos.tracing.autoconfigure.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.kosmos.tracing.autoconfigure.export.DestinationSettings.Batch;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one destination holds: those that wait, in four lanes, and those that
 * are under way, which are in none. It knows what they take, in memory and in the spool.
 * Guarded by the destination's lock.
 */
final class Lanes {

	private static final int MAX_MERGED = 64 * 1024;

	private final Batch batch;

	// Not in the spool yet, oldest first.
	private final Deque<Waiting> incoming = new ArrayDeque<>();

	// In memory, oldest first, and in the spool as well, if there is one.
	private final Deque<Waiting> fresh = new ArrayDeque<>();

	// Only in the spool, oldest first.
	private final Deque<Waiting> backlog = new ArrayDeque<>();

	// Halves of requests that were refused or too large, to be sent alone.
	private final Deque<List<Waiting>> suspects = new ArrayDeque<>();

	private final Map<Spooled, Waiting> bySpooled = new IdentityHashMap<>();

	private long held;

	private long memorySpans;

	private long memoryBytes;

	private long freshSpans;

	private long freshBytes;

	private long spoolSpans;

	Lanes(Batch batch) {
		this.batch = batch;
	}

	/**
	 * Return the number of spans that are held, under way or not.
	 */
	long held() {
		return this.held;
	}

	long memorySpans() {
		return this.memorySpans;
	}

	long memoryBytes() {
		return this.memoryBytes;
	}

	long spoolSpans() {
		return this.spoolSpans;
	}

	@Nullable Waiting oldestIncoming() {
		return this.incoming.peek();
	}

	@Nullable Waiting oldestFresh() {
		return this.fresh.peek();
	}

	boolean hasBacklog() {
		return !this.backlog.isEmpty();
	}

	boolean hasSuspects() {
		return !this.suspects.isEmpty();
	}

	/**
	 * Return whether what is fresh fills a request.
	 */
	boolean isFull(int maxBytes) {
		return this.freshSpans >= this.batch.maxSize() || this.freshBytes >= maxBytes;
	}

	void recover(Spooled spooled) {
		Waiting waiting = new Waiting(spooled, System.nanoTime());
		this.bySpooled.put(spooled, waiting);
		this.held += waiting.spans;
		this.spoolSpans += waiting.spans;
		this.backlog.add(waiting);
	}

	/**
	 * Begin to hold a message, in no lane yet.
	 */
	void hold(Waiting waiting) {
		this.held += waiting.spans;
		this.memorySpans += waiting.spans;
		this.memoryBytes += waiting.memory();
	}

	void addIncoming(Waiting waiting) {
		this.incoming.add(waiting);
	}

	void addFresh(Waiting waiting) {
		this.fresh.add(waiting);
		countFresh(waiting, 1);
	}

	void addSuspects(List<Waiting> messages) {
		this.suspects.addFirst(messages);
	}

	private void countFresh(Waiting waiting, int sign) {
		this.freshSpans += sign * waiting.spans;
		this.freshBytes += sign * (long) waiting.length;
	}

	/**
	 * Take all that is not in the spool yet.
	 * @param merge whether to make few large messages of many small ones
	 */
	void takeIncoming(Deque<Waiting> taken, boolean merge) {
		for (Waiting next = this.incoming.poll(); next != null; next = this.incoming.poll()) {
			Waiting last = taken.peekLast();
			if (merge && last != null && last.length + next.length <= MAX_MERGED) {
				taken.removeLast();
				taken.add(merge(last, next));
			}
			else {
				taken.add(next);
			}
		}
	}

	private Waiting merge(Waiting one, Waiting other) {
		byte[] first = Objects.requireNonNull(one.bytes);
		byte[] second = Objects.requireNonNull(other.bytes);
		byte[] bytes = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, bytes, first.length, second.length);
		Waiting merged = new Waiting(bytes, one.spans + other.spans, null, one.since);
		release(one);
		release(other);
		hold(merged);
		return merged;
	}

	/**
	 * A message is in the spool now.
	 */
	void keep(Waiting waiting, Spooled spooled) {
		waiting.spooled = spooled;
		this.bySpooled.put(spooled, waiting);
		this.spoolSpans += waiting.spans;
	}

	/**
	 * Take what is to be sent alone.
	 * @return the messages, {@code null} if there are none
	 */
	@Nullable List<Waiting> takeSuspects() {
		for (List<Waiting> next = this.suspects.poll(); next != null; next = this.suspects.poll()) {
			List<Waiting> left = next.stream().filter((waiting) -> !waiting.dropped).toList();
			if (!left.isEmpty()) {
				return left;
			}
		}
		return null;
	}

	List<Waiting> takeFresh(boolean single, int maxBytes) {
		return take(this.fresh, single, maxBytes);
	}

	List<Waiting> takeBacklog(boolean single, int maxBytes) {
		return take(this.backlog, single, maxBytes);
	}

	private List<Waiting> take(Deque<Waiting> lane, boolean single, int maxBytes) {
		List<Waiting> taken = new ArrayList<>();
		long spans = 0;
		long bytes = 0;
		for (Waiting first = lane.peek(); first != null; first = lane.peek()) {
			if (!first.dropped) {
				spans += first.spans;
				bytes += first.length;
				boolean fits = spans <= this.batch.maxSize() && bytes <= maxBytes && !first.isSuspect();
				boolean alone = single || !taken.isEmpty() && taken.get(0).isSuspect();
				if (!taken.isEmpty() && (alone || !fits)) {
					break;
				}
				taken.add(first);
			}
			lane.remove();
			if (lane == this.fresh) {
				countFresh(first, -1);
			}
		}
		return taken;
	}

	/**
	 * Put back what was sent in vain.
	 * @param last whether others go first
	 */
	void putBack(Waiting waiting, boolean last) {
		Deque<Waiting> lane = waiting.isInMemory() ? this.fresh : this.backlog;
		if (last) {
			lane.addLast(waiting);
		}
		else {
			lane.addFirst(waiting);
		}
		if (lane == this.fresh) {
			countFresh(waiting, 1);
		}
	}

	/**
	 * Hold a message no more, which is under way.
	 * @return what is to be removed from the spool
	 */
	@Nullable Spooled release(Waiting waiting) {
		this.held -= waiting.spans;
		forget(waiting);
		Spooled spooled = waiting.spooled;
		if (spooled != null) {
			this.bySpooled.remove(spooled);
			this.spoolSpans -= waiting.spans;
			waiting.spooled = null;
		}
		return spooled;
	}

	private void forget(Waiting waiting) {
		if (waiting.isInMemory()) {
			this.memorySpans -= waiting.spans;
			this.memoryBytes -= waiting.memory();
			waiting.bytes = null;
		}
	}

	/**
	 * Let memory hold no more than it may: the oldest are only in the spool then, or
	 * dropped.
	 * @return the number of spans that were dropped
	 */
	long makeRoom() {
		long dropped = 0;
		while (this.memoryBytes > this.batch.queueBytes() || this.memorySpans > this.batch.queueSize()) {
			boolean written = !this.fresh.isEmpty();
			Waiting oldest = written ? this.fresh.peek() : this.incoming.peek();
			// A single message may be larger than the queue.
			if (oldest == null || oldest.memory() == this.memoryBytes) {
				break;
			}
			if (written) {
				this.fresh.remove();
				countFresh(oldest, -1);
			}
			else {
				this.incoming.remove();
			}
			if (oldest.spooled != null) {
				forget(oldest);
				this.backlog.add(oldest);
			}
			else {
				dropped += oldest.spans;
				release(oldest);
			}
		}
		return dropped;
	}

	/**
	 * The spool has a message no more.
	 * @return the number of spans that are dropped by that: none, if the message is in
	 * memory or under way, and -1 if the message is not known
	 */
	long lose(Spooled spooled, DropReason reason) {
		Waiting waiting = this.bySpooled.remove(spooled);
		if (waiting == null) {
			return -1;
		}
		this.spoolSpans -= waiting.spans;
		waiting.spooled = null;
		waiting.lost = reason;
		if (waiting.isInMemory() || waiting.underWay) {
			return 0;
		}
		waiting.dropped = true;
		this.held -= waiting.spans;
		return waiting.spans;
	}

	/**
	 * Offer to the spool what it could not take when it came.
	 */
	void offerToSpoolAgain() {
		List<Waiting> spooled = new ArrayList<>();
		for (Waiting waiting = this.fresh.poll(); waiting != null; waiting = this.fresh.poll()) {
			if (waiting.spooled == null) {
				this.incoming.add(waiting);
			}
			else {
				spooled.add(waiting);
			}
		}
		this.freshSpans = 0;
		this.freshBytes = 0;
		spooled.forEach(this::addFresh);
	}

	/**
	 * Give up all that waits in memory.
	 * @return the number of spans that the spool does not have
	 */
	long loseMemory() {
		long lost = 0;
		for (Deque<Waiting> lane : List.of(this.incoming, this.fresh)) {
			for (Waiting waiting : lane) {
				lost += loseMemory(waiting);
			}
			lane.clear();
		}
		for (List<Waiting> messages : this.suspects) {
			for (Waiting waiting : messages) {
				lost += loseMemory(waiting);
			}
		}
		this.suspects.clear();
		this.freshSpans = 0;
		this.freshBytes = 0;
		return lost;
	}

	/**
	 * Give up one message as far as it is in memory.
	 * @return the number of its spans if the spool does not have it
	 */
	long loseMemory(Waiting waiting) {
		forget(waiting);
		if (waiting.spooled != null || waiting.dropped) {
			return 0;
		}
		this.held -= waiting.spans;
		return waiting.spans;
	}

}
