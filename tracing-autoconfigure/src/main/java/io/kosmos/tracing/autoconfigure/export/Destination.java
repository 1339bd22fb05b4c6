package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.kosmos.tracing.autoconfigure.export.DestinationSettings.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages to one receiver, at least once, and knows of each span what became of
 * it. A message that cannot be delivered waits: in memory, bounded in bytes and spans,
 * and in the spool, if there is one, into which each message is written before it is
 * sent. Nothing that happens here delays another destination or the code that is traced.
 * <p>
 * One thread plans; requests are sent on threads of the executor. Thread-safe. The spool
 * is never called with the lock held, since it tells what it drops while it is called.
 */
final class Destination {

	/**
	 * Requests at once to a receiver that is slow but takes what it gets.
	 */
	private static final int MAX_CONCURRENCY = 4;

	/**
	 * Together with what the encoder waits for, less than the 50 ms after which a span
	 * shall survive the process.
	 */
	private static final Duration SPOOLING_DELAY = Duration.ofMillis(20);

	private static final Duration MIN_BACK_OFF = Duration.ofMillis(100);

	/**
	 * Short enough that a receiver that is back is soon seen, long enough to spare it.
	 */
	private static final Duration MAX_BACK_OFF = Duration.ofSeconds(5);

	/**
	 * A receiver that refuses so many requests in a row has a problem of its own.
	 */
	private static final int MAX_REFUSALS = 32;

	/**
	 * No receiver has a smaller limit, and no smaller request is worth the overhead.
	 */
	private static final int SMALLEST_LIMIT = 64 * 1024;

	/**
	 * What is left of a span that no receiver takes.
	 */
	private static final int SMALLEST_SPAN = 4 * 1024;

	/**
	 * Time for which threads are waited for that have nothing to wait for.
	 */
	private static final Duration PATIENCE = Duration.ofMillis(200);

	private final DestinationSettings settings;

	private final Batch batch;

	private final OtlpSender sender;

	private final Executor executor;

	private final Intake intake;

	private final ExportTimer timer;

	private final DestinationLog log;

	private final @Nullable Spool spool;

	private final Thread planner;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition work = this.lock.newCondition();

	private final Condition settled = this.lock.newCondition();

	private final Lanes lanes;

	private final Ledger ledger = new Ledger();

	private long accepted;

	private int underWay;

	private int concurrency = 1;

	private int maxBytes;

	private boolean replayTurn;

	private int failures;

	private int refusals;

	private long nextAttempt;

	private long backlogNotBefore = System.nanoTime();

	private @Nullable Instant downSince;

	private long droppedBefore;

	private int flushes;

	private volatile boolean closing;

	private boolean attemptedSinceClosing;

	private boolean closed;

	// What the spool drops before is not known yet.
	private boolean opened;

	Destination(DestinationSettings settings, OtlpSender sender, @Nullable SpoolSettings spool, Executor executor,
			Intake intake, ExportTimer timer, Consumer<Problem> problems) {
		this.settings = settings;
		this.batch = settings.batch();
		this.maxBytes = this.batch.maxBytes();
		this.lanes = new Lanes(this.batch);
		this.sender = sender;
		this.executor = executor;
		this.intake = intake;
		this.timer = timer;
		this.log = new DestinationLog(settings, spool != null, executor, problems);
		this.spool = (spool != null) ? Spool.open(spool, settings.name(), new SpoolEvents()) : null;
		if (this.spool != null) {
			this.spool.recovered().forEach(this::recovered);
		}
		this.opened = true;
		this.planner = new Thread(this::plan, "kosmos-tracing-" + settings.name());
		this.planner.setDaemon(true);
		this.planner.start();
	}

	private void recovered(Spooled spooled) {
		this.lock.lock();
		try {
			this.lanes.recover(spooled);
			this.ledger.recovered += spooled.spans();
		}
		finally {
			this.lock.unlock();
		}
	}

	DestinationSettings settings() {
		return this.settings;
	}

	/**
	 * Take a message. Never blocks for longer than a lock is held for bookkeeping.
	 */
	void offer(Message message) {
		this.lock.lock();
		try {
			this.ledger.handed += message.spans();
			if (this.closed) {
				drop(message.spans(), DropReason.SHUTDOWN);
				return;
			}
			Waiting waiting = new Waiting(message.bytes(), message.spans(), null, System.nanoTime());
			this.lanes.hold(waiting);
			if (this.spool != null) {
				this.lanes.addIncoming(waiting);
			}
			else {
				this.lanes.addFresh(waiting);
			}
			makeRoom();
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Count spans that did not get as far as a message.
	 */
	void dropped(long spans, DropReason reason) {
		if (spans == 0) {
			return;
		}
		this.lock.lock();
		try {
			this.ledger.handed += spans;
			drop(spans, reason);
			this.settled.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void plan() {
		Deque<Waiting> toSpool = new ArrayDeque<>();
		boolean more = true;
		while (more) {
			try {
				more = await(toSpool);
				for (Waiting waiting = toSpool.poll(); waiting != null; waiting = toSpool.poll()) {
					spool(waiting);
				}
			}
			catch (RuntimeException | Error ex) {
				// There is no memory, most likely.
				this.log.keep(ex.toString());
				LockSupport.parkNanos(MIN_BACK_OFF.toNanos());
			}
		}
	}

	// Sends what is due until there is something to write into the spool.
	private boolean await(Deque<Waiting> toSpool) {
		this.lock.lock();
		try {
			while (true) {
				long now = System.nanoTime();
				long wait = untilSpooled(now);
				if (wait == 0) {
					// While the receiver is down, few large records take less memory
					// than many small ones.
					this.lanes.takeIncoming(toSpool, this.downSince != null);
					return true;
				}
				if (this.closed) {
					return false;
				}
				wait = Math.min(wait, dispatch(now));
				if (wait == Long.MAX_VALUE) {
					this.work.awaitUninterruptibly();
				}
				else {
					awaitWork(wait);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private long untilSpooled(long now) {
		Waiting oldest = this.lanes.oldestIncoming();
		if (oldest == null) {
			return Long.MAX_VALUE;
		}
		boolean hurry = this.downSince == null || this.closing
				|| this.lanes.memoryBytes() > this.batch.queueBytes() / 2;
		return hurry ? 0 : Math.max(0, oldest.since + SPOOLING_DELAY.toNanos() - now);
	}

	private void awaitWork(long nanos) {
		try {
			this.work.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			// Nobody has a reason to interrupt this thread; close() ends it.
		}
	}

	private void spool(Waiting waiting) {
		Spooled spooled = null;
		try {
			byte[] bytes = waiting.bytes;
			spooled = (this.spool != null && bytes != null) ? this.spool.append(bytes, waiting.spans) : null;
		}
		catch (RuntimeException | Error ex) {
			this.log.keep(ex.toString());
		}
		this.lock.lock();
		try {
			if (spooled != null) {
				this.lanes.keep(waiting, spooled);
				this.ledger.spooled += waiting.spans;
			}
			if (this.closed) {
				drop(this.lanes.loseMemory(waiting), DropReason.SHUTDOWN);
				return;
			}
			this.lanes.addFresh(waiting);
			makeRoom();
			this.settled.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send what is due.
	 * @return the nanoseconds after which more will be
	 */
	private long dispatch(long now) {
		while (true) {
			long wait = (this.downSince != null) ? untilAttempt(now) : untilDue(now);
			if (wait > 0) {
				return wait;
			}
			Request request = next();
			if (request == null) {
				return this.lanes.hasBacklog() ? Math.max(1, this.backlogNotBefore - now) : Long.MAX_VALUE;
			}
			this.underWay++;
			request.waiting.forEach((waiting) -> waiting.underWay = true);
			try {
				this.executor.execute(() -> send(request));
			}
			catch (RuntimeException | Error ex) {
				// No thread can be had.
				this.underWay--;
				request.waiting.forEach((waiting) -> waiting.underWay = false);
				putBack(request.waiting, request.up, new ArrayList<>());
				unavailable(new Answer(Outcome.UNAVAILABLE, 0, null, ex.toString()), request.up);
			}
		}
	}

	private long untilAttempt(long now) {
		if (this.underWay > 0 || this.lanes.held() == 0) {
			return Long.MAX_VALUE;
		}
		if (this.closing && !this.attemptedSinceClosing) {
			return 0;
		}
		return Math.max(0, this.nextAttempt - now);
	}

	private long untilDue(long now) {
		if (this.underWay >= this.concurrency) {
			return Long.MAX_VALUE;
		}
		if (this.lanes.hasSuspects()) {
			return 0;
		}
		long wait = this.lanes.hasBacklog() ? Math.max(0, this.backlogNotBefore - now) : Long.MAX_VALUE;
		Waiting oldest = this.lanes.oldestFresh();
		if (oldest == null || wait == 0) {
			return wait;
		}
		if (this.closing || this.flushes > 0 || this.lanes.isFull(this.maxBytes)) {
			return 0;
		}
		return Math.min(wait, Math.max(0, oldest.since + this.batch.delay().toNanos() - now));
	}

	private @Nullable Request next() {
		boolean up = this.downSince == null;
		List<Waiting> suspects = this.lanes.takeSuspects();
		if (suspects != null) {
			return new Request(suspects, up);
		}
		// What is new does not wait for what is old, nor the other way round.
		boolean replay = this.backlogNotBefore - System.nanoTime() <= 0;
		this.replayTurn = replay && !this.replayTurn;
		List<Waiting> waiting = take(this.replayTurn);
		if (waiting.isEmpty() && replay) {
			waiting = take(!this.replayTurn);
		}
		return waiting.isEmpty() ? null : new Request(waiting, up);
	}

	private List<Waiting> take(boolean replay) {
		// One message is enough to see whether the receiver is back.
		boolean single = this.downSince != null;
		return replay ? this.lanes.takeBacklog(single, this.maxBytes) : this.lanes.takeFresh(single, this.maxBytes);
	}

	private void send(Request request) {
		long start = System.nanoTime();
		Attempt attempt = attempt(request);
		Duration duration = Duration.ofNanos(System.nanoTime() - start);
		List<Spooled> removed = new ArrayList<>();
		this.lock.lock();
		try {
			settle(request, attempt.answer, attempt.parts, removed);
			makeRoom();
			if (this.closed) {
				drop(this.lanes.loseMemory(), DropReason.SHUTDOWN);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (this.spool != null) {
			removed.forEach(this.spool::remove);
		}
		// Only now, so that nobody closes the spool before.
		this.lock.lock();
		try {
			this.underWay--;
			this.attemptedSinceClosing |= this.closing;
			this.work.signal();
			this.settled.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.timer.exported(this.settings.name(), attempt.answer.outcome(), duration);
		}
		catch (RuntimeException | Error ex) {
			// It is a bean of a context that may be closed.
		}
	}

	/**
	 * Send a request. Whatever happens is an answer, since a request without one would
	 * stop the destination.
	 */
	private Attempt attempt(Request request) {
		try {
			List<byte[]> messages = load(request.waiting);
			if (messages.isEmpty()) {
				return new Attempt(new Answer(Outcome.ACCEPTED, 0, null, ""), List.of());
			}
			Answer answer = this.sender.send(messages);
			if (answer.outcome() == Outcome.UNAVAILABLE && answer.retryAfter() == null && !this.closing
					&& request.isAloneInVain()) {
				answer = new Answer(Outcome.REFUSED, 0, null, answer.reason());
			}
			return new Attempt(answer, isDivided(request, answer) ? divide(request.waiting.get(0), answer) : List.of());
		}
		catch (RuntimeException | Error ex) {
			return new Attempt(new Answer(Outcome.UNAVAILABLE, 0, null, ex.toString()), List.of());
		}
	}

	private List<byte[]> load(List<Waiting> request) {
		List<byte[]> messages = new ArrayList<>(request.size());
		for (Waiting waiting : request) {
			byte[] bytes = waiting.bytes;
			Spooled spooled = waiting.spooled;
			if (bytes == null && this.spool != null && spooled != null) {
				bytes = this.spool.read(spooled);
			}
			waiting.sent = bytes;
			if (bytes != null) {
				messages.add(bytes);
			}
		}
		return messages;
	}

	private static boolean isDivided(Request request, Answer answer) {
		return request.waiting.size() == 1 && request.waiting.get(0).sent != null
				&& (answer.outcome() == Outcome.REFUSED || answer.outcome() == Outcome.TOO_LARGE);
	}

	/**
	 * Make two of a message, or less of a span that is too large.
	 * @return what takes the place of the message: nothing, if it cannot be helped
	 */
	private List<Waiting> divide(Waiting waiting, Answer answer) {
		byte[] sent = waiting.sent;
		List<byte[]> parts;
		try {
			if (sent == null) {
				return List.of();
			}
			if (waiting.spans > 1) {
				parts = OtlpMessage.split(sent);
			}
			else if (answer.outcome() == Outcome.TOO_LARGE && sent.length > SMALLEST_SPAN) {
				int limit = Math.max(SMALLEST_SPAN, Math.min(this.batch.maxBytes(), sent.length / 2));
				parts = List.of(OtlpMessage.trim(sent, limit));
			}
			else {
				return List.of();
			}
		}
		catch (InvalidOtlpException ex) {
			return List.of();
		}
		List<Waiting> replacements = new ArrayList<>(parts.size());
		for (byte[] part : parts) {
			int spans = (parts.size() == 1) ? waiting.spans
					: (replacements.isEmpty()) ? spans(part) : waiting.spans - replacements.get(0).spans;
			Waiting replacement = new Waiting(part, spans, null, waiting.since);
			replacement.attempts = waiting.attempts;
			Spooled spooled = (this.spool != null) ? this.spool.append(part, spans) : null;
			if (spooled != null) {
				this.lock.lock();
				try {
					this.lanes.keep(replacement, spooled);
				}
				finally {
					this.lock.unlock();
				}
			}
			replacements.add(replacement);
		}
		return replacements;
	}

	private static int spans(byte[] message) {
		try {
			return OtlpMessage.spans(message);
		}
		catch (InvalidOtlpException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void settle(Request request, Answer answer, List<Waiting> parts, List<Spooled> removed) {
		long spans = 0;
		List<Waiting> sent = new ArrayList<>(request.waiting.size());
		for (Waiting waiting : request.waiting) {
			waiting.underWay = false;
			if (waiting.sent != null || waiting.isInMemory()) {
				sent.add(waiting);
				spans += waiting.spans;
			}
			else if (waiting.spooled != null && waiting.spooled.isLive()) {
				// The spool said why it cannot be read now.
				this.lanes.putBack(waiting, false);
				this.backlogNotBefore = System.nanoTime() + MAX_BACK_OFF.toNanos();
			}
			else {
				release(waiting, removed);
				drop(waiting.spans, (waiting.lost != null) ? waiting.lost : DropReason.DAMAGED);
			}
			waiting.sent = null;
		}
		if (sent.isEmpty()) {
			return;
		}
		switch (answer.outcome()) {
			case ACCEPTED -> accepted(sent, spans, answer, removed);
			case UNAVAILABLE -> {
				putBack(sent, request.up, removed);
				this.ledger.retried += spans;
				unavailable(answer, request.up);
			}
			case TOO_LARGE, REFUSED -> {
				refused(sent, parts, answer, removed);
				this.ledger.retried += spans;
			}
		}
	}

	private void accepted(List<Waiting> sent, long spans, Answer answer, List<Spooled> removed) {
		for (Waiting waiting : sent) {
			if (!waiting.isInMemory()) {
				this.ledger.replayed += waiting.spans;
			}
			release(waiting, removed);
		}
		long rejected = Math.max(0, Math.min(answer.rejected(), spans));
		this.ledger.delivered += spans - rejected;
		if (rejected > 0) {
			drop(rejected, DropReason.REJECTED);
			this.log.refused(rejected, answer.reason());
		}
		this.accepted++;
		this.failures = 0;
		this.refusals = 0;
		if (this.downSince != null) {
			this.log.up(this.downSince, this.lanes.held(), this.ledger.allDropped() - this.droppedBefore);
			this.downSince = null;
		}
		boolean more = this.lanes.hasBacklog() || this.lanes.isFull(this.maxBytes);
		this.concurrency = more ? Math.min(MAX_CONCURRENCY, this.concurrency + 1) : 1;
	}

	private void putBack(List<Waiting> sent, boolean up, List<Spooled> removed) {
		List<Waiting> ordered = new ArrayList<>(sent);
		if (up) {
			Collections.reverse(ordered);
		}
		for (Waiting waiting : ordered) {
			if (waiting.attempts == 0 || this.accepted > waiting.acceptedAtFailure) {
				waiting.attempts++;
				waiting.acceptedAtFailure = this.accepted;
			}
			if (!waiting.isInMemory() && waiting.lost != null) {
				release(waiting, removed);
				drop(waiting.spans, waiting.lost);
			}
			else {
				// Perhaps it is not the receiver but this message: others go first.
				this.lanes.putBack(waiting, !up || waiting.isSuspect());
			}
		}
	}

	private void refused(List<Waiting> sent, List<Waiting> parts, Answer answer, List<Spooled> removed) {
		long bytes = 0;
		for (Waiting waiting : sent) {
			bytes += waiting.length;
		}
		if (answer.outcome() == Outcome.TOO_LARGE && (sent.size() > 1 || sent.get(0).spans > 1)) {
			this.maxBytes = (int) Math.max(SMALLEST_LIMIT, Math.min(this.maxBytes, bytes / 2));
		}
		if (sent.size() > 1) {
			int middle = sent.size() / 2;
			this.lanes.addSuspects(new ArrayList<>(sent.subList(middle, sent.size())));
			this.lanes.addSuspects(new ArrayList<>(sent.subList(0, middle)));
		}
		else {
			Waiting waiting = sent.get(0);
			release(waiting, removed);
			if (parts.isEmpty()) {
				drop(waiting.spans, DropReason.REJECTED);
				this.log.refused(waiting.spans, answer.reason());
			}
			for (int i = parts.size() - 1; i >= 0; i--) {
				this.lanes.hold(parts.get(i));
				this.lanes.addSuspects(List.of(parts.get(i)));
			}
		}
		if (++this.refusals > MAX_REFUSALS) {
			unavailable(answer, false);
		}
	}

	private void unavailable(Answer answer, boolean up) {
		this.concurrency = 1;
		long backOff = Math.min(MAX_BACK_OFF.toNanos(), MIN_BACK_OFF.toNanos() << Math.min(this.failures, 16));
		backOff -= ThreadLocalRandom.current().nextLong(backOff / 4);
		if (answer.retryAfter() != null) {
			backOff = Math.max(backOff, answer.retryAfter().toNanos());
		}
		long attempt = System.nanoTime() + backOff;
		this.nextAttempt = (this.downSince == null) ? attempt : Math.max(attempt, this.nextAttempt);
		if (this.downSince == null || !up) {
			// Requests that were under way together fail once.
			this.failures++;
		}
		if (this.downSince == null) {
			this.downSince = Instant.now();
			this.droppedBefore = this.ledger.allDropped();
			this.log.keep(answer.reason());
		}
		// A single failure is no incident.
		if (this.failures > 1 && !this.closing) {
			this.log.down(answer.reason(), this.lanes.spoolSpans() > 0);
		}
	}

	// It is settled: what it took is free again.
	private void release(Waiting waiting, List<Spooled> removed) {
		Spooled spooled = this.lanes.release(waiting);
		if (spooled != null) {
			removed.add(spooled);
		}
	}

	private void makeRoom() {
		long dropped = this.lanes.makeRoom();
		if (dropped > 0) {
			drop(dropped, DropReason.QUEUE_FULL);
			this.settled.signalAll();
		}
	}

	private void drop(long spans, DropReason reason) {
		this.ledger.drop(spans, reason);
		if (reason == DropReason.QUEUE_FULL && this.downSince == null) {
			this.log.overflown();
		}
	}

	/**
	 * Return what was done and what is held.
	 */
	DestinationState state() {
		// Without the lock, since a disk may hang.
		long spoolBytes = (this.spool != null) ? this.spool.bytes() : 0;
		this.lock.lock();
		try {
			Map<DropReason, Long> dropped = this.ledger.dropped();
			long handed = this.ledger.handed;
			for (Map.Entry<DropReason, LongAdder> atIntake : this.intake.dropped().entrySet()) {
				long spans = atIntake.getValue().sum();
				if (spans > 0) {
					dropped.merge(atIntake.getKey(), spans, Long::sum);
					handed += spans;
				}
			}
			long ended = Math.max(handed, this.intake.ended().sum());
			return new DestinationState(this.settings.name(), this.settings.displayUrl(),
					this.settings.protocol().name().toLowerCase(Locale.ROOT), this.downSince, this.log.problem(), ended,
					this.ledger.recovered, this.ledger.delivered, ended - handed + this.lanes.held(), dropped,
					this.ledger.retried, this.ledger.spooled, this.ledger.replayed, this.underWay,
					this.lanes.memorySpans(), this.lanes.memoryBytes(), this.lanes.spoolSpans(), spoolBytes);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send without delay until as many spans are settled as had been handed over.
	 * @return whether they are
	 */
	boolean flush(long deadline) {
		this.lock.lock();
		try {
			this.flushes++;
			this.work.signal();
			long target = this.ledger.handed + this.ledger.recovered;
			while (this.lanes.held() > 0 && this.ledger.delivered + this.ledger.allDropped() < target) {
				if (!awaitSettled(deadline)) {
					return false;
				}
			}
			return true;
		}
		finally {
			this.flushes--;
			this.lock.unlock();
		}
	}

	private boolean awaitSettled(long deadline) {
		try {
			return this.settled.awaitNanos(deadline - System.nanoTime()) > 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Begin to end: from now on nothing waits for a full batch or for the next attempt.
	 */
	void closing() {
		this.lock.lock();
		try {
			this.closing = true;
			this.failures = 0;
			if (this.spool != null) {
				this.lanes.offerToSpoolAgain();
			}
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Send what can be sent until the deadline and end. What is left stays in the spool
	 * for the next process, or is lost and said.
	 */
	void close(long deadline) {
		awaitEmpty(deadline);
		this.sender.close();
		this.lock.lock();
		try {
			long patience = Math.max(deadline, System.nanoTime() + PATIENCE.toNanos());
			while (this.underWay > 0 && awaitSettled(patience)) {
				continue;
			}
			this.closed = true;
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
		awaitPlanner(deadline);
		tellWhatIsLeft();
		if (this.spool != null) {
			this.spool.close();
		}
	}

	private void awaitPlanner(long deadline) {
		try {
			long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
			this.planner.join(Math.max(left, PATIENCE.toMillis()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void tellWhatIsLeft() {
		this.lock.lock();
		try {
			long lost = this.lanes.loseMemory();
			drop(lost, DropReason.SHUTDOWN);
			// And what is in a request that does not return.
			lost += Math.max(0, this.lanes.held() - this.lanes.spoolSpans());
			this.log.left(lost, this.lanes.held());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until nothing is left to be sent, or nothing can be.
	 */
	void awaitEmpty(long deadline) {
		this.lock.lock();
		try {
			boolean more = true;
			while (more && this.lanes.held() > 0 && !isSafe()) {
				more = awaitSettled(deadline);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// The receiver is not there, and all is in the spool: there is no reason to wait.
	private boolean isSafe() {
		return this.downSince != null && this.attemptedSinceClosing && this.underWay == 0
				&& this.lanes.spoolSpans() == this.lanes.held();
	}

	/**
	 * What became of a request.
	 *
	 * @param answer the answer
	 * @param parts what takes the place of its only message
	 */
	private record Attempt(Answer answer, List<Waiting> parts) {

	}

	/**
	 * A request.
	 *
	 * @param waiting the messages
	 * @param up whether the receiver took the request before
	 */
	private record Request(List<Waiting> waiting, boolean up) {

		// A receiver that takes all others has a problem with this message, whatever it
		// says.
		boolean isAloneInVain() {
			return this.up && this.waiting.size() == 1 && this.waiting.get(0).isSuspect();
		}

	}

	/**
	 * What the spool does on its own.
	 */
	private final class SpoolEvents implements Spool.Listener {

		@Override
		public void dropped(Spooled spooled, DropReason reason) {
			Destination.this.lock.lock();
			try {
				long lost = Destination.this.lanes.lose(spooled, reason);
				if (lost > 0) {
					drop(lost, reason);
					Destination.this.settled.signalAll();
				}
				else if (lost < 0 && !Destination.this.opened) {
					Destination.this.ledger.recovered += spooled.spans();
					drop(spooled.spans(), reason);
				}
			}
			finally {
				Destination.this.lock.unlock();
			}
		}

		@Override
		public void problem(String text) {
			Destination.this.log.spoolProblem(text);
		}

		@Override
		public void recovered(String text) {
			Destination.this.log.spoolRecovered(text);
		}

	}

}
