package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;

import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes ended spans and brings them to every destination. One thread makes messages of
 * them; from there on each destination is on its own. Thread-safe, and quick for the
 * caller: it leaves a span in a queue.
 */
final class Delivery implements ObservableDelivery, AutoCloseable {

	/**
	 * Time for which spans gather before they are encoded. Together with a destination's
	 * delay it bounds how late a span arrives, and alone how late it is in the spool.
	 */
	private static final long GATHERING_NANOS = Duration.ofMillis(10).toNanos();

	/**
	 * What gathers before the encoder is woken at once.
	 */
	private static final long URGENT_BYTES = 1024 * 1024;

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private static final int MAX_ENCODED_AT_ONCE = 4096;

	private static final int MAX_PROBLEMS = 20;

	private final List<Destination> destinations;

	private final Door door;

	private final TracingFailures failures;

	private final Duration shutdownTimeout;

	private final long maxQueuedBytes;

	private final SpanEncoder encoder = new SpanEncoder();

	private final Intake intake = new Intake();

	private final Queue<SpanData> queue = new ConcurrentLinkedQueue<>();

	private final AtomicLong queuedBytes = new AtomicLong();

	private final AtomicBoolean idle = new AtomicBoolean();

	private final AtomicLong flushesAsked = new AtomicLong();

	private volatile long flushesDone;

	private final AtomicBoolean lateLogged = new AtomicBoolean();

	private boolean exportersEnded;

	private long exportersEndNanos;

	// From now on nothing waits for the end of a local root.
	private volatile boolean ending;

	private volatile boolean closing;

	private volatile boolean closed;

	// What the tail buffer holds was counted as lost.
	private volatile boolean abandoned;

	private final Thread thread;

	private final ExecutorService senders;

	private final Deque<Problem> problems;

	/**
	 * Create a delivery and start it.
	 * @param parts what the destinations are made of
	 * @param spool where spans are kept, {@code null} for only in memory
	 * @param door what every span goes through
	 * @param failures takes what goes wrong inside
	 * @param timer measures requests
	 * @param shutdownTimeout time that {@link #close()} may take
	 */
	Delivery(List<Part> parts, @Nullable SpoolSettings spool, Door door, TracingFailures failures, ExportTimer timer,
			Duration shutdownTimeout) {
		this.door = door;
		this.failures = failures;
		this.shutdownTimeout = shutdownTimeout;
		this.problems = new ArrayDeque<>();
		AtomicInteger threads = new AtomicInteger();
		this.senders = Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task, "kosmos-tracing-sender-" + threads.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		});
		this.destinations = parts.stream()
			.map((part) -> new Destination(part.settings(), part.sender(), spool, this.senders, this.intake, timer,
					this::tell))
			.toList();
		this.maxQueuedBytes = parts.stream()
			.mapToLong((part) -> part.settings().batch().queueBytes())
			.max()
			.orElse(Destinations.BATCH.queueBytes());
		this.thread = new Thread(this::encode, "kosmos-tracing-encoder");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Take a span that ended.
	 */
	void accept(SpanData span) {
		int size = SpanEncoder.size(span);
		this.intake.ended().increment();
		if (this.closed) {
			this.intake.drop(DropReason.SHUTDOWN);
			if (this.lateLogged.compareAndSet(false, true)) {
				logger.warn("A span ended after the delivery of spans, and is lost, as are all that follow");
			}
			return;
		}
		long before = this.queuedBytes.getAndAdd(size);
		if (before + size > this.maxQueuedBytes && before > 0) {
			this.queuedBytes.addAndGet(-size);
			this.intake.drop(DropReason.QUEUE_FULL);
			return;
		}
		this.queue.add(span);
		if (this.idle.get() && this.idle.compareAndSet(true, false)
				|| before < URGENT_BYTES && before + size >= URGENT_BYTES) {
			LockSupport.unpark(this.thread);
		}
	}

	/**
	 * Count a span that ended and could not be taken.
	 */
	void failed(Throwable failure) {
		this.intake.ended().increment();
		this.intake.drop(DropReason.FAILED);
		recordFailure("the end of a span", failure);
	}

	private void encode() {
		while (!this.closed) {
			// A filter of the application may have set it, and nobody may wait then.
			Thread.interrupted();
			try {
				long flushes = this.flushesAsked.get();
				boolean some = drain();
				this.flushesDone = flushes;
				if (this.closing) {
					// The last spans are taken by close().
					LockSupport.parkNanos(this, GATHERING_NANOS / 10);
				}
				else {
					gather(some);
				}
			}
			catch (RuntimeException | Error ex) {
				recordFailure("the delivery of spans", ex);
			}
		}
	}

	private void gather(boolean some) {
		if (!some) {
			this.idle.set(true);
			if (this.queue.isEmpty() && this.flushesAsked.get() == this.flushesDone) {
				sleep();
			}
			this.idle.set(false);
		}
		if (this.queuedBytes.get() < URGENT_BYTES && this.flushesAsked.get() == this.flushesDone) {
			LockSupport.parkNanos(this, GATHERING_NANOS);
		}
	}

	private void sleep() {
		long nanos = (this.door.tail() != null) ? this.door.tail().nanosUntilDue() : Long.MAX_VALUE;
		if (nanos == Long.MAX_VALUE) {
			LockSupport.park(this);
		}
		else {
			LockSupport.parkNanos(this, Math.max(nanos, 1));
		}
	}

	private boolean drain() {
		TailBuffer tail = this.door.tail();
		boolean some = false;
		List<SpanData> spans = take();
		while (!spans.isEmpty()) {
			some = true;
			if (tail != null) {
				letGo(tail::take, spans);
				decide(tail);
			}
			else {
				handOver(spans);
			}
			spans = take();
		}
		if (tail != null && !some) {
			decide(tail);
		}
		return some;
	}

	private void decide(TailBuffer tail) {
		boolean end = this.ending;
		letGo((none, leaving) -> end ? tail.decideAll(leaving) : tail.decideDue(leaving), List.of());
	}

	private void letGo(ToIntBiFunction<List<SpanData>, List<SpanData>> decision, List<SpanData> ended) {
		if (this.abandoned) {
			return;
		}
		List<SpanData> kept = new ArrayList<>();
		try {
			int dropped = decision.applyAsInt(ended, kept);
			this.destinations.forEach((destination) -> destination.dropped(dropped, DropReason.TAIL));
		}
		finally {
			handOverInParts(kept);
		}
	}

	private void handOverInParts(List<SpanData> kept) {
		int from = 0;
		long bytes = 0;
		for (int i = 0; i < kept.size(); i++) {
			bytes += SpanEncoder.size(kept.get(i));
			if (bytes >= URGENT_BYTES || i + 1 - from == MAX_ENCODED_AT_ONCE || i + 1 == kept.size()) {
				handOver(kept.subList(from, i + 1));
				from = i + 1;
				bytes = 0;
			}
		}
	}

	private List<SpanData> take() {
		List<SpanData> spans = new ArrayList<>();
		long bytes = 0;
		while (spans.size() < MAX_ENCODED_AT_ONCE && bytes < URGENT_BYTES) {
			SpanData span = this.queue.poll();
			if (span == null) {
				break;
			}
			spans.add(span);
			bytes += SpanEncoder.size(span);
		}
		this.queuedBytes.addAndGet(-bytes);
		return spans;
	}

	private void handOver(List<SpanData> ended) {
		List<SpanData> spans = new ArrayList<>(ended.size());
		int failed = transform(ended, this.door.leaving(), spans);
		export(spans);
		Encoded shared = null;
		for (Destination destination : this.destinations) {
			int left = ended.size();
			try {
				Function<SpanData, @Nullable SpanData> selection = destination.settings().selection();
				Encoded encoded;
				if (selection != null) {
					List<SpanData> selected = new ArrayList<>(spans.size());
					int more = transform(spans, selection, selected);
					encoded = encode(selected, failed + more);
				}
				else {
					shared = (shared != null) ? shared : encode(spans, failed);
					encoded = shared;
				}
				destination.dropped(encoded.failed, DropReason.FAILED);
				left -= encoded.failed;
				for (Message message : encoded.messages) {
					destination.offer(message);
					left -= message.spans();
				}
				destination.dropped(left, DropReason.FILTERED);
			}
			catch (RuntimeException | Error ex) {
				recordFailure("the encoding of spans", ex);
				destination.dropped(left, DropReason.FAILED);
			}
		}
	}

	private void export(List<SpanData> spans) {
		ApplicationExporters exporters = this.door.exporters();
		if (exporters == null) {
			return;
		}
		try {
			exporters.offer(spans);
		}
		catch (RuntimeException | Error ex) {
			recordFailure("the exporters of the application", ex);
		}
	}

	/**
	 * Apply a function that says what may leave.
	 * @return the number of spans for which it threw: since it is not known what may
	 * leave, nothing does
	 */
	private int transform(List<SpanData> spans, Function<SpanData, @Nullable SpanData> function, List<SpanData> out) {
		int failed = 0;
		for (SpanData span : spans) {
			try {
				SpanData transformed = function.apply(span);
				if (transformed != null) {
					out.add(transformed);
				}
			}
			catch (RuntimeException | Error ex) {
				failed++;
				recordFailure("what a span goes through before it leaves", ex);
			}
		}
		return failed;
	}

	private Encoded encode(List<SpanData> spans, int failedBefore) {
		AtomicInteger failed = new AtomicInteger(failedBefore);
		List<Message> messages = this.encoder.encode(spans, (span, failure) -> {
			failed.incrementAndGet();
			recordFailure("the encoding of a span", failure);
		});
		return new Encoded(messages, failed.get());
	}

	private void recordFailure(String site, Throwable failure) {
		try {
			this.failures.record(site, failure);
		}
		catch (RuntimeException | Error ex) {
			// It is a bean of a context that may be closed.
		}
	}

	private void tell(Problem problem) {
		synchronized (this.problems) {
			if (this.problems.size() == MAX_PROBLEMS) {
				this.problems.remove();
			}
			this.problems.add(problem);
		}
	}

	@Override
	public List<Problem> problems() {
		synchronized (this.problems) {
			return List.copyOf(this.problems);
		}
	}

	@Override
	public List<DestinationState> destinations() {
		return this.destinations.stream().map(Destination::state).toList();
	}

	@Override
	public List<DestinationSettings> settings() {
		return this.destinations.stream().map(Destination::settings).toList();
	}

	@Override
	public boolean flush(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		if (!awaitEncoded(deadline)) {
			return false;
		}
		ApplicationExporters exporters = this.door.exporters();
		CompletableResultCode exported = (exporters != null) ? exporters.flush() : CompletableResultCode.ofSuccess();
		boolean flushed = true;
		for (Destination destination : this.destinations) {
			flushed &= destination.flush(deadline);
		}
		return exported.join(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS).isSuccess() && flushed;
	}

	@Override
	public String toString() {
		return this.destinations.stream()
			.map((destination) -> destination.settings().toString())
			.collect(Collectors.joining(", ", "Delivery{", "}"));
	}

	private boolean awaitEncoded(long deadline) {
		long flush = this.flushesAsked.incrementAndGet();
		LockSupport.unpark(this.thread);
		while (this.flushesDone < flush && !this.closed) {
			if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, GATHERING_NANOS / 10);
		}
		return true;
	}

	/**
	 * Bring what has ended to the exporters of the application and end them, which must
	 * be while their beans live. It takes half of the time that a shutdown may take at
	 * most; destinations go on.
	 */
	synchronized void endExporters() {
		ApplicationExporters exporters = this.door.exporters();
		if (exporters == null || this.exportersEnded) {
			return;
		}
		this.exportersEnded = true;
		this.ending = true;
		long start = System.nanoTime();
		long deadline = start + this.shutdownTimeout.toNanos() / 2;
		awaitEncoded(deadline);
		exporters.end(deadline - System.nanoTime());
		this.exportersEndNanos = System.nanoTime() - start;
	}

	/**
	 * Deliver what can be delivered in the time that a shutdown may take. What ends later
	 * is counted as dropped.
	 */
	@Override
	public synchronized void close() {
		if (this.closing) {
			return;
		}
		boolean interrupted = Thread.interrupted();
		endExporters();
		this.ending = true;
		this.closing = true;
		// Some of the time is needed to end what is under way.
		long deadline = System.nanoTime() + (this.shutdownTimeout.toNanos() - this.exportersEndNanos) * 9 / 10;
		this.destinations.forEach(Destination::closing);
		awaitEncoded(deadline);
		// What ends meanwhile is still taken.
		forEachAtOnce((destination) -> destination.awaitEmpty(deadline));
		this.closed = true;
		LockSupport.unpark(this.thread);
		awaitThread(deadline);
		if (this.thread.isAlive()) {
			abandonTail();
		}
		else {
			drainLast();
		}
		forEachAtOnce((destination) -> destination.close(deadline));
		for (SpanData late = this.queue.poll(); late != null; late = this.queue.poll()) {
			this.intake.drop(DropReason.SHUTDOWN);
		}
		this.senders.shutdown();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void drainLast() {
		try {
			drain();
		}
		catch (RuntimeException | Error ex) {
			recordFailure("the delivery of spans", ex);
		}
	}

	// Something of the application blocks the encoder, which alone may use the buffer.
	private void abandonTail() {
		TailBuffer tail = this.door.tail();
		if (tail != null) {
			this.abandoned = true;
			for (int held = tail.state().spans(); held > 0; held--) {
				this.intake.drop(DropReason.SHUTDOWN);
			}
		}
	}

	// They share the time.
	private void forEachAtOnce(Consumer<Destination> action) {
		CompletableFuture
			.allOf(this.destinations.stream()
				.map((destination) -> CompletableFuture.runAsync(() -> action.accept(destination), this.senders))
				.toArray(CompletableFuture[]::new))
			.join();
	}

	private void awaitThread(long deadline) {
		try {
			this.thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What a destination is made of.
	 */
	record Part(DestinationSettings settings, OtlpSender sender) {

	}

	private record Encoded(List<Message> messages, int failed) {

	}

}
