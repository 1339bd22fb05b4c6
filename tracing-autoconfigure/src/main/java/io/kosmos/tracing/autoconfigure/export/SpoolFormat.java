package io.kosmos.tracing.autoconfigure.export;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a segment are laid out, big-endian.
 *
 * <pre>
 * file    magic 8 | version 4 | CRC32C of both 4
 * record  magic 4 | state 1 | length 4 | spans 4 | epoch millis 8 | CRC32C of the message 4 | CRC32C of the header 4 | message
 * </pre>
 *
 * The header's checksum begins with the segment's random number, which is in the name of
 * the file alone, and leaves out the state, which is overwritten in place. Hence bytes of
 * a message are not taken for a record where one is searched for after damage, whatever
 * the application wrote into its spans.
 */
final class SpoolFormat {

	static final int VERSION = 1;

	static final int FILE_HEADER = 16;

	static final int RECORD_HEADER = 29;

	/** Largest message. */
	static final int MAX_LENGTH = 64 << 20;

	static final int STATE_OFFSET = 4;

	static final byte LIVE = 0;

	/** Any other state is live: rather twice than never. */
	static final byte REMOVED = (byte) 0xFF;

	private static final long FILE_MAGIC = 0xF16B_6F73_6D6F_730AL;

	private static final int RECORD_MAGIC = 0xF7A1_C3E9;

	private static final byte FIRST_OF_RECORD = (byte) (RECORD_MAGIC >>> 24);

	private SpoolFormat() {
	}

	static byte[] fileHeader(int version) {
		ByteBuffer header = ByteBuffer.allocate(FILE_HEADER).putLong(FILE_MAGIC).putInt(version);
		return header.putInt(checksum(header.array(), 0, 12)).array();
	}

	/**
	 * Return the version in the header of a file.
	 * @param header its first bytes
	 * @return the version, or 0 if this is no header
	 */
	static int version(byte[] header) {
		ByteBuffer fields = ByteBuffer.wrap(header);
		boolean whole = fields.getLong(0) == FILE_MAGIC && fields.getInt(12) == checksum(header, 0, 12);
		return (whole) ? fields.getInt(8) : 0;
	}

	static void putRecordHeader(byte[] target, long segment, int length, int spans, long epochMillis, int checksum) {
		ByteBuffer fields = ByteBuffer.wrap(target);
		fields.putInt(RECORD_MAGIC).put(LIVE).putInt(length).putInt(spans).putLong(epochMillis).putInt(checksum);
		fields.putInt(headerChecksum(target, 0, segment));
	}

	/**
	 * Return the header of a record.
	 * @param source bytes in which it may be, at least {@value #RECORD_HEADER} from the
	 * offset on
	 * @param offset where it may begin
	 * @param segment random number of the segment
	 * @return the header, or {@code null} if there is none
	 */
	static @Nullable RecordHeader recordHeader(byte[] source, int offset, long segment) {
		if (source[offset] != FIRST_OF_RECORD) {
			return null;
		}
		ByteBuffer fields = ByteBuffer.wrap(source, offset, RECORD_HEADER);
		if (fields.getInt() != RECORD_MAGIC) {
			return null;
		}
		byte state = fields.get();
		RecordHeader header = new RecordHeader(state != REMOVED, fields.getInt(), fields.getInt(), fields.getLong(),
				fields.getInt());
		boolean whole = fields.getInt() == headerChecksum(source, offset, segment);
		return (whole && header.length() >= 0 && header.length() <= MAX_LENGTH && header.spans() >= 0) ? header : null;
	}

	static int checksum(byte[] bytes, int offset, int length) {
		CRC32C checksum = new CRC32C();
		checksum.update(bytes, offset, length);
		return (int) checksum.getValue();
	}

	private static int headerChecksum(byte[] header, int offset, long segment) {
		CRC32C checksum = new CRC32C();
		checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, segment));
		checksum.update(header, offset, STATE_OFFSET);
		checksum.update(header, offset + STATE_OFFSET + 1, RECORD_HEADER - STATE_OFFSET - 1 - Integer.BYTES);
		return (int) checksum.getValue();
	}

	/**
	 * What stands before a message.
	 *
	 * @param live whether it has not been removed
	 * @param length length of the message, within the limit
	 * @param spans number of spans in it
	 * @param epochMillis when it was written
	 * @param checksum CRC32C of the message
	 */
	record RecordHeader(boolean live, int length, int spans, long epochMillis, int checksum) {

	}

}
