package io.kosmos.tracing.autoconfigure.export;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One file of the spool and what waits in it. Not thread-safe.
 * <p>
 * The file is used through {@link RandomAccessFile}, since an interrupt of the thread
 * closes a {@code FileChannel} under the hands of everybody else.
 */
final class SpoolSegment implements SpoolScanner.Source {

	/** Size from which on a new segment is begun. */
	static final int FULL_SIZE = 4 << 20;

	/** Size of the largest file that can be ours. */
	static final long MAX_SIZE = (long) FULL_SIZE + SpoolFormat.FILE_HEADER + SpoolFormat.RECORD_HEADER
			+ SpoolFormat.MAX_LENGTH;

	private static final int BUFFERED = 1 << 20;

	private static final Pattern NAME = Pattern.compile("(\\d{13,18})-([0-9a-f]{16})\\.segment");

	private static final SplittableRandom RANDOM = new SplittableRandom(System.nanoTime() ^ new Object().hashCode());

	/**
	 * The time in the name of the latest segment: names are in the order of creation also
	 * within a millisecond, and when the clock is set back.
	 */
	private static final AtomicLong LAST_MILLIS = new AtomicLong();

	private final Path path;

	private final long id;

	private final boolean recovered;

	private final Deque<Spooled> records = new ArrayDeque<>();

	private int live;

	private long size;

	private long newestMillis = Long.MIN_VALUE;

	private @Nullable RandomAccessFile file;

	private @Nullable Object fileKey;

	private byte[] buffer = new byte[0];

	SpoolSegment(Path path, boolean recovered) {
		Matcher name = NAME.matcher(path.getFileName().toString());
		if (!name.matches()) {
			throw new IllegalArgumentException("No segment: " + path);
		}
		this.path = path;
		this.id = Long.parseUnsignedLong(name.group(2), 16);
		this.recovered = recovered;
	}

	static boolean isSegment(Path path) {
		return NAME.matcher(path.getFileName().toString()).matches();
	}

	/**
	 * Make a new segment.
	 * @param directory directory of the file
	 * @return the segment, open
	 * @throws IOException if it cannot be made
	 */
	static SpoolSegment create(Path directory) throws IOException {
		long id;
		synchronized (RANDOM) {
			id = RANDOM.nextLong();
		}
		long millis = LAST_MILLIS.updateAndGet((last) -> Math.max(last + 1, System.currentTimeMillis()));
		Path path = directory.resolve("%013d-%016x.segment".formatted(millis, id));
		SpoolSegment segment = new SpoolSegment(path, false);
		SpoolSlot.createFile(path);
		try {
			segment.open().write(SpoolFormat.fileHeader(SpoolFormat.VERSION));
			segment.size = SpoolFormat.FILE_HEADER;
			segment.fileKey = attributes(path).fileKey();
			return segment;
		}
		catch (IOException ex) {
			segment.delete();
			throw ex;
		}
	}

	/**
	 * Find what a file contains and take over what waits in it.
	 * @return what it contains
	 * @throws IOException if it cannot be read
	 */
	SpoolScanner.Contents recover() throws IOException {
		SpoolScanner.Contents contents = SpoolScanner.scan(this, this);
		this.size = length();
		contents.live().forEach(this::add);
		return contents;
	}

	/**
	 * Write a record behind the others.
	 * @param message message
	 * @param spans number of spans in it
	 * @param epochMillis time of now
	 * @return its place
	 * @throws IOException if it cannot be written; nothing of it is left then
	 */
	Spooled append(byte[] message, int spans, long epochMillis) throws IOException {
		int checksum = SpoolFormat.checksum(message, 0, message.length);
		int total = SpoolFormat.RECORD_HEADER + message.length;
		boolean whole = total <= BUFFERED;
		int buffered = (whole) ? total : SpoolFormat.RECORD_HEADER;
		if (this.buffer.length < buffered) {
			this.buffer = new byte[Math.min(BUFFERED, Math.max(4096, 2 * buffered))];
		}
		SpoolFormat.putRecordHeader(this.buffer, this.id, message.length, spans, epochMillis, checksum);
		try {
			RandomAccessFile opened = open();
			opened.seek(this.size);
			if (whole) {
				System.arraycopy(message, 0, this.buffer, SpoolFormat.RECORD_HEADER, message.length);
				opened.write(this.buffer, 0, total);
			}
			else {
				opened.write(this.buffer, 0, SpoolFormat.RECORD_HEADER);
				opened.write(message);
			}
		}
		catch (IOException ex) {
			cutOff(this.size, ex);
			throw ex;
		}
		Spooled spooled = new Spooled(this, (int) this.size, message.length, spans, epochMillis, checksum);
		this.size += total;
		add(spooled);
		return spooled;
	}

	private void add(Spooled spooled) {
		this.records.add(spooled);
		this.live++;
		this.newestMillis = Math.max(this.newestMillis, spooled.epochMillis());
	}

	private void cutOff(long length, IOException failure) {
		try {
			open().setLength(length);
		}
		catch (IOException ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * Read a message.
	 * @param spooled its place
	 * @return the message, or {@code null} if it is damaged
	 * @throws IOException if it cannot be read
	 */
	byte @Nullable [] read(Spooled spooled) throws IOException {
		return read(this, spooled);
	}

	static byte @Nullable [] read(SpoolScanner.Source source, Spooled spooled) throws IOException {
		long position = spooled.offset() + (long) SpoolFormat.RECORD_HEADER;
		if (source.length() - position < spooled.length()) {
			return null;
		}
		byte[] message = new byte[spooled.length()];
		boolean whole = source.read(position, message, message.length) == message.length
				&& SpoolFormat.checksum(message, 0, message.length) == spooled.checksum();
		return (whole) ? message : null;
	}

	/**
	 * Take a record out, in memory.
	 * @param spooled the record, which is live
	 */
	void forget(Spooled spooled) {
		spooled.die();
		this.live--;
		oldest();
	}

	/**
	 * Mark a record as taken out, on the disk.
	 * @param spooled the record
	 * @throws IOException if it cannot be marked
	 */
	void mark(Spooled spooled) throws IOException {
		RandomAccessFile opened = open();
		opened.seek(spooled.offset() + (long) SpoolFormat.STATE_OFFSET);
		opened.write(SpoolFormat.REMOVED);
	}

	/**
	 * Empty the file of a segment in which nothing waits.
	 * @throws IOException if it cannot be cut off
	 */
	void clear() throws IOException {
		open().setLength(SpoolFormat.FILE_HEADER);
		this.size = SpoolFormat.FILE_HEADER;
	}

	/**
	 * Return the record that waits for longest.
	 * @return the record, or {@code null} if none waits
	 */
	@Nullable Spooled oldest() {
		Spooled oldest = this.records.peek();
		while (oldest != null && !oldest.isLive()) {
			this.records.remove();
			oldest = this.records.peek();
		}
		return oldest;
	}

	void forEachLive(Consumer<Spooled> action) {
		this.records.stream().filter(Spooled::isLive).forEach(action);
	}

	boolean isEmpty() {
		return this.live == 0;
	}

	boolean isRecovered() {
		return this.recovered;
	}

	boolean isOpen() {
		return this.file != null;
	}

	/**
	 * Return whether the file is still where it was made.
	 * @return {@code false} if somebody deleted or replaced it
	 */
	boolean isThere() {
		try {
			Object key = attributes(this.path).fileKey();
			return this.fileKey == null || Objects.equals(this.fileKey, key);
		}
		catch (IOException ex) {
			return false;
		}
	}

	long id() {
		return this.id;
	}

	long size() {
		return this.size;
	}

	Path path() {
		return this.path;
	}

	/**
	 * Return when the last record was written.
	 * @return milliseconds of the wall clock, which may have been set back meanwhile
	 */
	long newestMillis() {
		return this.newestMillis;
	}

	/**
	 * Delete the file, if it is still there.
	 * @throws IOException if it cannot be deleted
	 */
	void delete() throws IOException {
		close();
		Files.deleteIfExists(this.path);
	}

	/**
	 * Close the file; it is opened again when it is needed.
	 */
	void close() {
		RandomAccessFile opened = this.file;
		this.file = null;
		if (opened != null) {
			try {
				opened.close();
			}
			catch (IOException ex) {
				// Nothing is buffered here that could be lost.
			}
		}
	}

	@Override
	public long length() throws IOException {
		return open().length();
	}

	@Override
	public int read(long position, byte[] target, int length) throws IOException {
		RandomAccessFile opened = open();
		opened.seek(position);
		int total = 0;
		while (total < length) {
			int count = opened.read(target, total, length - total);
			if (count < 0) {
				break;
			}
			total += count;
		}
		return total;
	}

	private RandomAccessFile open() throws IOException {
		RandomAccessFile opened = this.file;
		if (opened == null) {
			if (!attributes(this.path).isRegularFile()) {
				throw new FileNotFoundException(this.path + " is no regular file");
			}
			opened = new RandomAccessFile(this.path.toFile(), "rw");
			this.file = opened;
		}
		return opened;
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

}
