package io.kosmos.tracing.autoconfigure.export;

import java.io.ByteArrayOutputStream;

/**
 * Writes one message in the wire format of protocol buffers.
 */
final class WireWriter {

	private static final int TYPE_BITS = 3;

	private static final int SEVEN_BITS = 7;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	/**
	 * Write bytes as they are.
	 * @param source where they are
	 * @param start index of the first one
	 * @param end index of the first byte behind them
	 */
	void copy(byte[] source, int start, int end) {
		this.out.write(source, start, end - start);
	}

	/**
	 * Write a field that holds a string, bytes or a message.
	 * @param field number of the field
	 * @param source where its value is
	 * @param start index of the first byte
	 * @param end index of the first byte behind it
	 */
	void bytes(int field, byte[] source, int start, int end) {
		varint((long) field << TYPE_BITS | WireReader.BYTES);
		varint(end - start);
		copy(source, start, end);
	}

	void message(int field, WireWriter message) {
		varint((long) field << TYPE_BITS | WireReader.BYTES);
		varint(message.size());
		this.out.writeBytes(message.toByteArray());
	}

	void number(int field, long value) {
		varint((long) field << TYPE_BITS | WireReader.VARINT);
		varint(value);
	}

	private void varint(long value) {
		long rest = value;
		while ((rest & ~Byte.MAX_VALUE) != 0) {
			this.out.write((int) (rest & Byte.MAX_VALUE) | Byte.MIN_VALUE);
			rest >>>= SEVEN_BITS;
		}
		this.out.write((int) rest);
	}

	int size() {
		return this.out.size();
	}

	byte[] toByteArray() {
		return this.out.toByteArray();
	}

}
