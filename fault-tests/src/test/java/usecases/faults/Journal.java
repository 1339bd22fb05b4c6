package usecases.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * When each span ended, by the span's number, in a mapped file: what was written is there
 * although the process that wrote it was killed. Thread-safe as long as each number is
 * written once.
 */
final class Journal {

	/** Number of spans of one trial. */
	static final int CAPACITY = 1 << 21;

	private final LongBuffer endedAt;

	private Journal(LongBuffer endedAt) {
		this.endedAt = endedAt;
	}

	static Journal open(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE)) {
			return new Journal(channel.map(MapMode.READ_WRITE, 0, (long) CAPACITY * Long.BYTES)
				.order(ByteOrder.nativeOrder())
				.asLongBuffer());
		}
	}

	void ended(int number) {
		this.endedAt.put(number, System.currentTimeMillis());
	}

	/**
	 * Return when a span ended.
	 * @param number number of the span
	 * @return milliseconds since 1970, 0 if it did not
	 */
	long endedAt(int number) {
		return this.endedAt.get(number);
	}

	/**
	 * Count the spans that ended.
	 * @param from first number
	 * @param to number after the last one
	 * @return how many
	 */
	int ended(int from, int to) {
		int count = 0;
		for (int number = from; number < to; number++) {
			if (endedAt(number) != 0) {
				count++;
			}
		}
		return count;
	}

}
