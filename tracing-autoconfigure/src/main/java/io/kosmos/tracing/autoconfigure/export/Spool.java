package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Messages of one destination on disk, in files of a directory that no other process
 * writes to. What was appended survives the end of the process in whatever way; it is not
 * forced to the disk, so that it need not survive the end of the machine.
 * <p>
 * Thread-safe. Nothing throws: what goes wrong is told to the listener, outside of any
 * lock of the spool and before the method returns.
 */
final class Spool implements AutoCloseable {

	/** Size from which on the file in use is emptied when nothing waits in it. */
	private static final int CLEARED_SIZE = 256 << 10;

	private static final int SMALLEST_SEGMENT = 64 << 10;

	private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final SpoolSettings settings;

	private final String destination;

	private final Listener listener;

	private final long segmentSize;

	private final List<SpoolSegment> segments = new ArrayList<>();

	private final List<SpoolAside> asides = new ArrayList<>();

	private List<Consumer<Listener>> events = new ArrayList<>();

	private @Nullable SpoolSlot slot;

	private @Nullable SpoolSegment current;

	/** Segment besides the current one whose file is open. */
	private @Nullable SpoolSegment open;

	private final Incident writing = new Incident("Spans cannot be kept on disk now: ", "Spans are kept on disk again");

	private final Incident reading = new Incident("Spans that are kept on disk cannot be read now: ",
			"Spans that are kept on disk can be read again");

	private final Incident removing = new Incident("Spans that were delivered may be sent again after a restart: ",
			"Spans that were delivered are removed from the disk again");

	private long retryAt;

	private long expiredAt = System.nanoTime();

	private boolean tooLargeTold;

	private boolean closed;

	private Spool(SpoolSettings settings, String destination, Listener listener) {
		this.settings = settings;
		this.destination = destination;
		this.listener = listener;
		this.segmentSize = Math.min(SpoolSegment.FULL_SIZE, Math.max(SMALLEST_SEGMENT, settings.maxSize() / 16));
	}

	/**
	 * Open the spool of a destination, with what earlier processes left in it. Records of
	 * them that are damaged, too old or too many are told as dropped before this returns
	 * and are not among the {@linkplain #recovered() recovered} ones.
	 * @param settings where it is and how large it may become
	 * @param destination name of the destination
	 * @param listener told what goes wrong
	 * @return the spool, which takes nothing as long as its directory cannot be used
	 */
	static Spool open(SpoolSettings settings, String destination, Listener listener) {
		Spool spool = new Spool(settings, destination, listener);
		spool.start();
		spool.tell();
		return spool;
	}

	/**
	 * Return what earlier processes left and still waits.
	 * @return records, oldest first
	 */
	synchronized List<Spooled> recovered() {
		List<Spooled> recovered = new ArrayList<>();
		for (SpoolSegment segment : this.segments) {
			if (segment.isRecovered()) {
				segment.forEachLive(recovered::add);
			}
		}
		recovered.sort(Comparator.comparingLong(Spooled::epochMillis));
		return recovered;
	}

	/**
	 * Write a message behind all others.
	 * @param message message
	 * @param spans number of spans in it
	 * @return its place, or {@code null} if it cannot be written now
	 */
	@Nullable Spooled append(byte[] message, int spans) {
		Spooled spooled = tryAppend(message, spans);
		tell();
		return spooled;
	}

	/**
	 * Read a message.
	 * @param spooled its place
	 * @return the message, or {@code null} if it is not there: the listener was told that
	 * it was dropped, unless it is still {@linkplain Spooled#isLive() live} and cannot be
	 * read only now
	 */
	byte @Nullable [] read(Spooled spooled) {
		byte[] message = tryRead(spooled);
		tell();
		return message;
	}

	/**
	 * Take out a message that was delivered.
	 * @param spooled its place
	 * @return {@code false} if it was not there any more: the listener was told that it
	 * was dropped
	 */
	boolean remove(Spooled spooled) {
		boolean removed = tryRemove(spooled);
		tell();
		return removed;
	}

	/**
	 * Return how much of the disk is taken.
	 * @return size of all files in bytes
	 */
	synchronized long bytes() {
		long bytes = 0;
		for (SpoolSegment segment : this.segments) {
			bytes += segment.size();
		}
		for (SpoolAside aside : this.asides) {
			bytes += aside.size();
		}
		return bytes;
	}

	/**
	 * Let another process have what still waits. Nothing can be appended, read or removed
	 * afterwards.
	 */
	@Override
	public void close() {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			for (SpoolSegment segment : this.segments) {
				segment.close();
			}
			List.copyOf(this.segments).stream().filter(SpoolSegment::isEmpty).forEach(this::discard);
			if (this.slot != null) {
				this.slot.release();
			}
		}
		tell();
	}

	private synchronized void start() {
		try {
			SpoolSlot taken = SpoolSlot.take(this.settings.directory(), this.destination, false);
			try {
				taken.adopt(this::problem);
				recover(taken);
				this.slot = taken;
			}
			finally {
				if (this.slot == null) {
					taken.release();
				}
			}
			expire();
			makeRoom(0);
		}
		catch (IOException | RuntimeException ex) {
			this.segments.forEach(SpoolSegment::close);
			this.segments.clear();
			writingFailed(ex);
		}
	}

	private void recover(SpoolSlot taken) throws IOException {
		this.asides.addAll(taken.asides());
		List<Path> files = taken.segments();
		Set<Path> damaged = new LinkedHashSet<>();
		for (Path file : files) {
			SpoolSegment segment = new SpoolSegment(file, true);
			try {
				SpoolScanner.Contents contents = segment.recover();
				if (contents.damaged()) {
					damaged.add(file);
				}
				for (Spooled broken : contents.broken()) {
					dropped(broken, DropReason.DAMAGED);
					segment.mark(broken);
				}
				if (contents.foreign()) {
					segment.close();
					putAside(file);
				}
				else if (segment.isEmpty()) {
					segment.delete();
				}
				else {
					segment.close();
					this.segments.add(segment);
				}
			}
			catch (IOException ex) {
				segment.close();
				damaged.add(file);
			}
		}
		if (!damaged.isEmpty()) {
			problem(damaged.size() + " of " + files.size() + " files in " + taken.path() + " are damaged ("
					+ damaged.iterator().next().getFileName() + "); what is whole in them is kept");
		}
	}

	private void putAside(Path file) throws IOException {
		SpoolAside aside = SpoolAside.of(file);
		if (aside.size() <= this.settings.maxSize()) {
			this.asides.add(aside);
		}
		else {
			aside.delete();
		}
	}

	private synchronized @Nullable Spooled tryAppend(byte[] message, int spans) {
		long total = (long) SpoolFormat.RECORD_HEADER + message.length;
		boolean waits = this.writing.isOn() && System.nanoTime() - this.retryAt < 0;
		if (this.closed || waits || isTooLarge(total)) {
			return null;
		}
		try {
			expireNowAndThen();
			SpoolSegment segment = segmentFor(total);
			Spooled spooled = segment.append(message, spans, System.currentTimeMillis());
			this.writing.end();
			return spooled;
		}
		catch (IOException | RuntimeException ex) {
			writingFailed(ex);
			return null;
		}
	}

	private boolean isTooLarge(long total) {
		long largest = Math.min(this.settings.maxSize(), SpoolFormat.MAX_LENGTH) - SpoolFormat.FILE_HEADER;
		boolean tooLarge = total > largest;
		if (tooLarge && !this.tooLargeTold) {
			this.tooLargeTold = true;
			problem("A message of " + total + " bytes is too large to be kept on disk, where " + largest
					+ " bytes are allowed");
		}
		return tooLarge;
	}

	private SpoolSegment segmentFor(long total) throws IOException {
		SpoolSegment segment = this.current;
		if (segment != null && !segment.isThere()) {
			lost();
			segment = null;
		}
		if (segment != null && segment.size() > SpoolFormat.FILE_HEADER && segment.size() + total > this.segmentSize) {
			this.current = null;
			if (segment.isEmpty()) {
				discard(segment);
			}
			else {
				segment.close();
			}
			segment = null;
		}
		makeRoom(total + ((segment != null) ? 0 : SpoolFormat.FILE_HEADER));
		segment = this.current;
		if (segment == null) {
			segment = SpoolSegment.create(usableSlot().path());
			this.segments.add(segment);
			this.current = segment;
		}
		return segment;
	}

	private SpoolSlot usableSlot() throws IOException {
		SpoolSlot usable = this.slot;
		if (usable != null && !usable.isThere()) {
			this.slot = null;
			usable.release();
			usable = null;
		}
		if (usable == null) {
			// What stands in a slot now would not be sent before the next start.
			usable = SpoolSlot.take(this.settings.directory(), this.destination, true);
			this.slot = usable;
		}
		return usable;
	}

	/** The file in use was deleted. What is open can still be read. */
	private void lost() {
		this.current = null;
		for (SpoolSegment segment : List.copyOf(this.segments)) {
			if (!segment.isOpen() && !segment.isThere()) {
				drop(segment, DropReason.DAMAGED);
			}
		}
		this.writing.begin("its files in " + this.settings.directory() + " were deleted");
	}

	private synchronized byte @Nullable [] tryRead(Spooled spooled) {
		if (this.closed || !spooled.isLive()) {
			return null;
		}
		SpoolSegment segment = spooled.segment();
		try {
			use(segment);
			byte[] message = segment.read(spooled);
			this.reading.end();
			if (message == null) {
				drop(spooled, DropReason.DAMAGED);
			}
			return message;
		}
		catch (IOException | RuntimeException ex) {
			if (!segment.isThere()) {
				drop(segment, DropReason.DAMAGED);
			}
			else {
				this.reading.begin(SpoolSlot.describe(ex));
			}
			return null;
		}
	}

	private synchronized boolean tryRemove(Spooled spooled) {
		if (!spooled.isLive()) {
			return false;
		}
		if (!this.closed) {
			takeOut(spooled);
		}
		return true;
	}

	private void takeOut(Spooled spooled) {
		SpoolSegment segment = spooled.segment();
		segment.forget(spooled);
		boolean inUse = segment == this.current;
		if (segment.isEmpty() && !inUse) {
			discard(segment);
			return;
		}
		try {
			use(segment);
			if (segment.isEmpty() && segment.size() > CLEARED_SIZE) {
				segment.clear();
			}
			else {
				segment.mark(spooled);
			}
			this.removing.end();
		}
		catch (IOException | RuntimeException ex) {
			this.removing.begin(SpoolSlot.describe(ex));
		}
	}

	private void use(SpoolSegment segment) {
		if (segment == this.current || segment == this.open) {
			return;
		}
		// A file that was deleted lives for as long as it is open.
		if (this.open != null && this.open.isThere()) {
			this.open.close();
		}
		this.open = segment;
	}

	private void makeRoom(long more) {
		long bytes = bytes() + more;
		while (bytes > this.settings.maxSize() && !this.asides.isEmpty()) {
			SpoolAside aside = this.asides.remove(0);
			aside.delete();
			bytes -= aside.size();
		}
		while (bytes > this.settings.maxSize() && !this.segments.isEmpty()) {
			SpoolSegment oldest = this.segments.get(0);
			bytes -= oldest.size();
			drop(oldest, DropReason.SPOOL_FULL);
		}
	}

	private void expireNowAndThen() {
		if (System.nanoTime() - this.expiredAt > RETRY_NANOS) {
			expire();
		}
	}

	private void expire() {
		this.expiredAt = System.nanoTime();
		long oldest = System.currentTimeMillis() - this.settings.maxAge().toMillis();
		for (SpoolSegment segment : List.copyOf(this.segments)) {
			if (!segment.isEmpty() && segment.newestMillis() < oldest) {
				drop(segment, DropReason.TOO_OLD);
			}
			Spooled spooled = segment.oldest();
			while (spooled != null && spooled.epochMillis() < oldest) {
				drop(spooled, DropReason.TOO_OLD);
				spooled = segment.oldest();
			}
		}
		for (SpoolAside aside : List.copyOf(this.asides)) {
			if (aside.epochMillis() < oldest) {
				this.asides.remove(aside);
				aside.delete();
			}
		}
	}

	private void drop(Spooled spooled, DropReason reason) {
		dropped(spooled, reason);
		takeOut(spooled);
	}

	private void drop(SpoolSegment segment, DropReason reason) {
		segment.forEachLive((spooled) -> {
			spooled.die();
			dropped(spooled, reason);
		});
		discard(segment);
	}

	private void discard(SpoolSegment segment) {
		this.segments.remove(segment);
		this.current = (segment != this.current) ? this.current : null;
		this.open = (segment != this.open) ? this.open : null;
		try {
			segment.delete();
		}
		catch (IOException ex) {
			this.removing.begin(SpoolSlot.describe(ex));
		}
	}

	private void writingFailed(Exception ex) {
		this.retryAt = System.nanoTime() + RETRY_NANOS;
		this.writing.begin(SpoolSlot.describe(ex));
	}

	private void problem(String text) {
		this.events.add((told) -> told.problem(text));
	}

	private void dropped(Spooled spooled, DropReason reason) {
		this.events.add((told) -> told.dropped(spooled, reason));
	}

	private void tell() {
		List<Consumer<Listener>> untold;
		synchronized (this) {
			if (this.events.isEmpty()) {
				return;
			}
			untold = this.events;
			this.events = new ArrayList<>();
		}
		untold.forEach((event) -> event.accept(this.listener));
	}

	/**
	 * Something that does not work, told once when it begins and once when it ends.
	 */
	private final class Incident {

		private final String problem;

		private final String end;

		private boolean on;

		Incident(String problem, String end) {
			this.problem = problem;
			this.end = end;
		}

		void begin(String reason) {
			if (!this.on) {
				this.on = true;
				problem(this.problem + reason);
			}
		}

		void end() {
			if (this.on) {
				this.on = false;
				Spool.this.events.add((told) -> told.recovered(this.end));
			}
		}

		boolean isOn() {
			return this.on;
		}

	}

	/**
	 * Is told what goes wrong, by the thread that found it.
	 */
	interface Listener {

		/**
		 * A record will not be delivered.
		 * @param spooled the record
		 * @param reason why
		 */
		void dropped(Spooled spooled, DropReason reason);

		/**
		 * Something went wrong; told once until it works again.
		 * @param text what happened and what to do
		 */
		void problem(String text);

		/**
		 * It works again.
		 * @param text what works
		 */
		void recovered(String text);

	}

}
