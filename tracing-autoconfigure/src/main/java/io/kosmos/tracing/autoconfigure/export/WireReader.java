package io.kosmos.tracing.autoconfigure.export;

import java.nio.charset.StandardCharsets;

/**
 * Goes over the fields of one message in the
 * <a href="https://protobuf.dev/programming-guides/encoding/">wire format</a> of protocol
 * buffers, in place: nothing is copied, and a length is believed only as far as there are
 * bytes. Groups, which no message of OTLP has, are invalid.
 */
final class WireReader {

	static final int VARINT = 0;

	static final int FIXED64 = 1;

	static final int BYTES = 2;

	static final int FIXED32 = 5;

	private static final int TYPE_BITS = 3;

	private static final int MAX_SHIFT = 63;

	private final byte[] message;

	private final int end;

	private int position;

	private int start;

	private int valueStart;

	private int field;

	private int type;

	private long number;

	WireReader(byte[] message) {
		this(message, 0, message.length);
	}

	WireReader(byte[] message, int start, int end) {
		this.message = message;
		this.position = start;
		this.end = end;
	}

	/**
	 * Go to the next field.
	 * @return whether there is one
	 * @throws InvalidOtlpException if the message is damaged
	 */
	boolean next() throws InvalidOtlpException {
		if (this.position == this.end) {
			return false;
		}
		this.start = this.position;
		long tag = varint();
		this.type = (int) tag & ((1 << TYPE_BITS) - 1);
		this.field = (int) (tag >>> TYPE_BITS);
		if (tag >>> Integer.SIZE != 0 || this.field == 0) {
			throw new InvalidOtlpException("There is no such field.");
		}
		this.valueStart = this.position;
		this.number = 0;
		switch (this.type) {
			case VARINT -> this.number = varint();
			case FIXED64 -> skip(Long.BYTES);
			case FIXED32 -> skip(Integer.BYTES);
			case BYTES -> {
				long length = varint();
				this.valueStart = this.position;
				skip(length);
			}
			default -> throw new InvalidOtlpException("There is no such type of field.");
		}
		return true;
	}

	private void skip(long length) throws InvalidOtlpException {
		if (length < 0 || length > this.end - this.position) {
			throw new InvalidOtlpException("A field is longer than its message.");
		}
		this.position += (int) length;
	}

	private long varint() throws InvalidOtlpException {
		long value = 0;
		for (int shift = 0; shift <= MAX_SHIFT; shift += Byte.SIZE - 1) {
			if (this.position == this.end) {
				throw new InvalidOtlpException("The message ends in the middle of a number.");
			}
			byte next = this.message[this.position++];
			value |= (long) (next & Byte.MAX_VALUE) << shift;
			if (next >= 0) {
				return value;
			}
		}
		throw new InvalidOtlpException("A number is too long.");
	}

	/**
	 * Whether this field is the given one and holds a string, bytes or a message.
	 * @param field number of the field
	 * @return whether it is
	 */
	boolean isBytes(int field) {
		return this.field == field && this.type == BYTES;
	}

	/**
	 * Whether this field is the given one and holds an integer or a boolean.
	 * @param field number of the field
	 * @return whether it is
	 */
	boolean isNumber(int field) {
		return this.field == field && this.type == VARINT;
	}

	int field() {
		return this.field;
	}

	/**
	 * Where this field begins, its tag included.
	 * @return the index
	 */
	int start() {
		return this.start;
	}

	/**
	 * Where the value of this field begins.
	 * @return the index
	 */
	int valueStart() {
		return this.valueStart;
	}

	/**
	 * Where this field and its value end.
	 * @return the index of the first byte behind it
	 */
	int end() {
		return this.position;
	}

	/**
	 * Size of this field, its tag included.
	 * @return the number of bytes
	 */
	int size() {
		return this.position - this.start;
	}

	/**
	 * Size of the value of this field.
	 * @return the number of bytes
	 */
	int length() {
		return this.position - this.valueStart;
	}

	/**
	 * Value of this field, which holds an integer or a boolean.
	 * @return the value
	 */
	long number() {
		return this.number;
	}

	/**
	 * Value of this field, which holds a string.
	 * @return the text, with replacement characters where it is not UTF-8
	 */
	String text() {
		return new String(this.message, this.valueStart, length(), StandardCharsets.UTF_8);
	}

	/**
	 * Go over the fields of the message that is the value of this field.
	 * @return another reader
	 */
	WireReader nested() {
		return new WireReader(this.message, this.valueStart, this.position);
	}

}
