package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

import io.kosmos.tracing.autoconfigure.export.SpoolFormat.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records of a segment by their headers. What follows a damaged place is found
 * again by searching for the next header. Memory is one small window besides the result,
 * and time is linear in the size of the segment whatever it contains.
 */
final class SpoolScanner {

	private static final int WINDOW = 8192;

	private final Source source;

	private final SpoolSegment segment;

	private final long size;

	private long checkable;

	private final byte[] window = new byte[WINDOW];

	private long windowStart;

	private int windowLength;

	private final List<Spooled> live = new ArrayList<>();

	private final List<Spooled> broken = new ArrayList<>();

	private boolean found;

	private boolean damaged;

	private SpoolScanner(Source source, SpoolSegment segment) throws IOException {
		this.source = source;
		this.segment = segment;
		this.size = source.length();
		this.checkable = 2 * this.size;
	}

	/**
	 * Find the records of a segment.
	 * @param source bytes of the segment
	 * @param segment segment that the records are of
	 * @return what was found
	 * @throws IOException if the bytes cannot be read
	 */
	static Contents scan(Source source, SpoolSegment segment) throws IOException {
		return new SpoolScanner(source, segment).scan();
	}

	private Contents scan() throws IOException {
		if (this.size < SpoolFormat.FILE_HEADER) {
			// The process ended between making the file and writing to it.
			return new Contents(List.of(), List.of(), false, false);
		}
		load(0);
		int version = SpoolFormat.version(this.window);
		if (this.size > SpoolSegment.MAX_SIZE || (version != 0 && version != SpoolFormat.VERSION)) {
			return new Contents(List.of(), List.of(), true, true);
		}
		this.damaged = version == 0;
		scanRecords((version != 0) ? SpoolFormat.FILE_HEADER : 0);
		return new Contents(this.live, this.broken, this.damaged, version == 0 && !this.found);
	}

	private void scanRecords(int start) throws IOException {
		long position = start;
		Spooled previous = null;
		boolean previousLive = false;
		while (position < this.size) {
			RecordHeader header = header(position);
			if (header == null) {
				this.damaged = true;
				if (previous != null && !isIntact(previous)) {
					// Bytes are missing from it, and it reaches into the ones after it.
					if (previousLive) {
						this.live.remove(this.live.size() - 1);
						this.broken.add(previous);
					}
					position = messageOf(previous);
				}
				else {
					position++;
				}
				previous = null;
				continue;
			}
			this.found = true;
			Spooled record = new Spooled(this.segment, (int) position, header.length(), header.spans(),
					header.epochMillis(), header.checksum());
			long end = messageOf(record) + record.length();
			if (end > this.size) {
				this.damaged = true;
				if (header.live()) {
					this.broken.add(record);
				}
				position = messageOf(record);
				previous = null;
				continue;
			}
			if (header.live()) {
				this.live.add(record);
			}
			position = end;
			previous = record;
			previousLive = header.live();
		}
	}

	private static long messageOf(Spooled record) {
		return record.offset() + (long) SpoolFormat.RECORD_HEADER;
	}

	private @Nullable RecordHeader header(long position) throws IOException {
		if (this.size - position < SpoolFormat.RECORD_HEADER) {
			return null;
		}
		if (position < this.windowStart
				|| position + SpoolFormat.RECORD_HEADER > this.windowStart + this.windowLength) {
			load(position);
			if (this.windowLength < SpoolFormat.RECORD_HEADER) {
				return null;
			}
		}
		return SpoolFormat.recordHeader(this.window, (int) (position - this.windowStart), this.segment.id());
	}

	private boolean isIntact(Spooled record) throws IOException {
		this.checkable -= record.length();
		if (this.checkable < 0) {
			// Headers within headers: enough was read for them.
			return true;
		}
		CRC32C checksum = new CRC32C();
		long position = messageOf(record);
		long end = position + record.length();
		while (position < end) {
			load(position);
			int length = (int) Math.min(this.windowLength, end - position);
			if (length == 0) {
				return false;
			}
			checksum.update(this.window, 0, length);
			position += length;
		}
		return (int) checksum.getValue() == record.checksum();
	}

	private void load(long position) throws IOException {
		this.windowStart = position;
		this.windowLength = 0;
		this.windowLength = this.source.read(position, this.window,
				(int) Math.min(WINDOW, Math.max(0, this.size - position)));
	}

	/**
	 * Bytes of a segment.
	 */
	interface Source {

		/**
		 * Return the number of bytes.
		 * @return the number of bytes
		 * @throws IOException if it is not known
		 */
		long length() throws IOException;

		/**
		 * Read some bytes.
		 * @param position where they begin
		 * @param target where they go, from its beginning on
		 * @param length how many are wanted
		 * @return how many there were
		 * @throws IOException if they cannot be read
		 */
		int read(long position, byte[] target, int length) throws IOException;

	}

	/**
	 * What a segment contains.
	 *
	 * @param live records that wait, in order
	 * @param broken records that waited and whose messages are not whole
	 * @param damaged whether there are bytes that make no sense
	 * @param foreign whether nothing in it makes sense, or it is of another version
	 */
	record Contents(List<Spooled> live, List<Spooled> broken, boolean damaged, boolean foreign) {

	}

}
