package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Corrupt and hostile segments from a random number generator with a seed. Their number
 * is 100,000 unless the system property {@code kosmos.fuzz.rounds} says otherwise.
 */
class SpoolFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final String NAME = "1700000000000-0123456789abcdef.segment";

	private static final long ID = 0x0123456789abcdefL;

	private static final int[] LENGTHS = { -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 1, 30, SpoolFormat.MAX_LENGTH,
			SpoolFormat.MAX_LENGTH + 1, 1 << 30 };

	@TempDir
	Path temporary;

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noSegmentThrowsOrTakesMemoryOrGivesAMessageThatWasNotWritten() {
		Random random = new Random(2028);
		int found = 0;
		int damaged = 0;
		for (int round = 0; round < ROUNDS; round++) {
			Written written = write(random);
			byte[] bytes = corrupted(random, written.bytes());
			try {
				SpoolSegment segment = new SpoolSegment(Path.of(NAME), true);
				Memory source = new Memory(bytes);
				SpoolScanner.Contents contents = SpoolScanner.scan(source, segment);
				require(source.read <= 8L * bytes.length + 65536, "time is linear");
				require(contents.live().size() + contents.broken().size() <= bytes.length / SpoolFormat.RECORD_HEADER,
						"memory is bounded");
				List<byte[]> read = new ArrayList<>();
				for (Spooled spooled : contents.live()) {
					require(spooled.length() <= bytes.length, "length");
					byte[] message = SpoolSegment.read(source, spooled);
					if (message != null) {
						require(written.messages().contains(ByteBuffer.wrap(message)), "a message that was written");
						read.add(message);
					}
				}
				requireUndamaged(written, bytes, read);
				found += read.size();
				damaged += contents.damaged() ? 1 : 0;
			}
			catch (Throwable ex) {
				throw new AssertionError(
						ex.getMessage() + " in round " + round + ": " + HexFormat.of().formatHex(bytes), ex);
			}
		}
		assertThat(found).isGreaterThan(ROUNDS);
		assertThat(damaged).isBetween(ROUNDS / 4, ROUNDS - ROUNDS / 50);
	}

	@Test
	@Timeout(value = 20, unit = TimeUnit.MINUTES)
	void noFileStopsASpool() throws IOException {
		Random random = new Random(2029);
		SpoolSettings settings = new SpoolSettings(this.temporary.resolve("spool"), 1 << 20, Duration.ofDays(36500));
		Path slot = Files.createDirectories(settings.directory().resolve("default/0"));
		int found = 0;
		int rounds = ROUNDS / 50;
		for (int round = 0; round < rounds; round++) {
			Written written = write(random);
			byte[] bytes = corrupted(random, written.bytes());
			Files.write(slot.resolve(NAME), bytes);
			SpoolNotes notes = new SpoolNotes();
			try {
				Spool spool = Spool.open(settings, "default", notes);
				List<byte[]> read = new ArrayList<>();
				for (Spooled spooled : spool.recovered()) {
					byte[] message = spool.read(spooled);
					require(message != null || !spooled.isLive(), "told as dropped");
					if (message != null) {
						require(written.messages().contains(ByteBuffer.wrap(message)), "a message that was written");
						require(spool.remove(spooled), "removed");
						read.add(message);
					}
				}
				requireUndamaged(written, bytes, read);
				require(spool.recovered().isEmpty(), "nothing waits");
				require(!Files.exists(slot.resolve(NAME)), "the file is gone");
				Spooled more = spool.append(new byte[10], 1);
				require(more != null && spool.read(more) != null && spool.remove(more), "it works");
				spool.close();
				require(notes.problems().size() <= 1, "one problem");
				found += read.size();
			}
			catch (Throwable ex) {
				throw new AssertionError(ex.getMessage() + " in round " + round, ex);
			}
		}
		assertThat(found).isGreaterThan(rounds);
	}

	@Test
	@Timeout(value = 1, unit = TimeUnit.MINUTES)
	void headersWithinHeadersTakeNoMoreThanLinearTime() throws IOException {
		int size = 4 << 20;
		ByteBuffer bytes = ByteBuffer.allocate(size).put(SpoolFormat.fileHeader(SpoolFormat.VERSION));
		while (bytes.remaining() > 2 * SpoolFormat.RECORD_HEADER) {
			byte[] header = new byte[SpoolFormat.RECORD_HEADER];
			int rest = bytes.remaining() - SpoolFormat.RECORD_HEADER;
			SpoolFormat.putRecordHeader(header, ID, rest - 1, 1, 0, 42);
			bytes.put(header);
		}
		Memory source = new Memory(bytes.array());
		SpoolScanner.scan(source, new SpoolSegment(Path.of(NAME), true));
		assertThat(source.read).isLessThan(8L * size);
	}

	/** Records before the first change are there, in order and before all others. */
	private static void requireUndamaged(Written written, byte[] bytes, List<byte[]> read) {
		int same = Arrays.mismatch(written.bytes(), bytes);
		int index = 0;
		for (Record record : written.records()) {
			if (same >= 0 && record.end() > same) {
				break;
			}
			if (record.live()) {
				require(index < read.size() && Arrays.equals(read.get(index), record.message()), "undamaged records");
				index++;
			}
		}
		if (same < 0) {
			require(read.size() == index, "nothing else");
		}
	}

	private static Written write(Random random) {
		ByteBuffer bytes = ByteBuffer.allocate(8192).put(SpoolFormat.fileHeader(SpoolFormat.VERSION));
		List<Record> records = new ArrayList<>();
		Set<ByteBuffer> messages = new HashSet<>();
		for (int count = random.nextInt(8); count >= 0; count--) {
			byte[] message = noise(random, random.nextInt((random.nextInt(10) == 0) ? 800 : 80));
			byte[] header = new byte[SpoolFormat.RECORD_HEADER];
			SpoolFormat.putRecordHeader(header, ID, message.length, random.nextInt(500), 1_700_000_000_000L,
					SpoolFormat.checksum(message, 0, message.length));
			boolean live = random.nextInt(3) > 0;
			header[SpoolFormat.STATE_OFFSET] = (live) ? SpoolFormat.LIVE : SpoolFormat.REMOVED;
			bytes.put(header).put(message);
			records.add(new Record(bytes.position(), live, message));
			messages.add(ByteBuffer.wrap(message));
		}
		return new Written(Arrays.copyOf(bytes.array(), bytes.position()), records, messages);
	}

	private static byte[] corrupted(Random random, byte[] whole) {
		if (random.nextInt(50) == 0) {
			return noise(random, random.nextInt(4096));
		}
		byte[] bytes = whole.clone();
		for (int changes = random.nextInt(4); changes > 0; changes--) {
			bytes = changed(random, bytes, whole);
		}
		return bytes;
	}

	private static byte[] changed(Random random, byte[] bytes, byte[] whole) {
		int index = random.nextInt(bytes.length + 1);
		int count = random.nextInt(64);
		int rest = bytes.length - index;
		return switch (random.nextInt(9)) {
			case 0 -> Arrays.copyOf(bytes, index);
			case 1 -> Arrays.copyOf(bytes, bytes.length + count);
			case 2 -> splice(bytes, index, 0, Arrays.copyOfRange(whole, whole.length / 2, whole.length));
			case 3 -> splice(bytes, index, Math.min(count, rest), new byte[0]);
			case 4 -> splice(bytes, index, 0, hostileHeader(random, bytes.length));
			case 5 ->
				splice(bytes, index, Math.min(SpoolFormat.RECORD_HEADER, rest), hostileHeader(random, bytes.length));
			case 6 -> splice(bytes, index, Math.min(count, rest), noise(random, count));
			default -> {
				byte[] flipped = bytes.clone();
				if (rest > 0) {
					flipped[index] ^= (byte) (1 << random.nextInt(8));
				}
				yield flipped;
			}
		};
	}

	private static byte[] noise(Random random, int length) {
		byte[] noise = new byte[length];
		random.nextBytes(noise);
		return noise;
	}

	private static byte[] hostileHeader(Random random, int size) {
		byte[] header = new byte[SpoolFormat.RECORD_HEADER];
		int length = (random.nextBoolean()) ? LENGTHS[random.nextInt(LENGTHS.length)] : random.nextInt(size + 1);
		SpoolFormat.putRecordHeader(header, ID, length, random.nextInt(), random.nextLong(), random.nextInt());
		return header;
	}

	private static byte[] splice(byte[] bytes, int index, int removed, byte[] added) {
		byte[] spliced = Arrays.copyOf(bytes, bytes.length - removed + added.length);
		System.arraycopy(added, 0, spliced, index, added.length);
		System.arraycopy(bytes, index + removed, spliced, index + added.length, bytes.length - index - removed);
		return spliced;
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what);
		}
	}

	private record Written(byte[] bytes, List<Record> records, Set<ByteBuffer> messages) {

	}

	private record Record(int end, boolean live, byte[] message) {

	}

	/**
	 * Counts what is read of it.
	 */
	private static final class Memory implements SpoolScanner.Source {

		private final byte[] bytes;

		private long read;

		Memory(byte[] bytes) {
			this.bytes = bytes;
		}

		@Override
		public long length() {
			return this.bytes.length;
		}

		@Override
		public int read(long position, byte[] target, int length) {
			int count = (int) Math.max(0, Math.min(length, this.bytes.length - position));
			System.arraycopy(this.bytes, (int) position, target, 0, count);
			this.read += count;
			return count;
		}

	}

}
