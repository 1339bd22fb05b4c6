package io.kosmos.tracing.autoconfigure.sampling;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Goes over the fields of one message in the
 * <a href="https://protobuf.dev/programming-guides/encoding/">wire format</a> of protocol
 * buffers, in place: a length is believed only as far as there are bytes. Groups are
 * invalid.
 */
final class Protobuf {

	static final int VARINT = 0;

	static final int FIXED64 = 1;

	static final int BYTES = 2;

	private static final int FIXED32 = 5;

	private final ByteBuffer message;

	private int field;

	private int type;

	private long number;

	private ByteBuffer bytes;

	Protobuf(ByteBuffer message) {
		this.message = message.slice().order(ByteOrder.LITTLE_ENDIAN);
		this.bytes = this.message.duplicate();
	}

	/**
	 * Go to the next field.
	 * @return whether there is one
	 * @throws InvalidStrategiesException if the message is damaged
	 */
	boolean next() throws InvalidStrategiesException {
		if (!this.message.hasRemaining()) {
			return false;
		}
		long tag = varint();
		this.type = (int) tag & 7;
		this.field = (int) (tag >>> 3);
		if (tag >>> Integer.SIZE != 0 || this.field == 0) {
			throw damaged();
		}
		switch (this.type) {
			case VARINT -> {
				this.number = varint();
			}
			case FIXED64 -> {
				this.number = take(Long.BYTES).getLong();
			}
			case FIXED32 -> take(Integer.BYTES);
			case BYTES -> {
				this.bytes = take(varint());
			}
			default -> throw damaged();
		}
		return true;
	}

	private ByteBuffer take(long length) throws InvalidStrategiesException {
		if (length < 0 || length > this.message.remaining()) {
			throw damaged();
		}
		ByteBuffer taken = this.message.slice(this.message.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
		this.message.position(this.message.position() + (int) length);
		return taken;
	}

	private long varint() throws InvalidStrategiesException {
		long value = 0;
		for (int shift = 0; shift < Long.SIZE; shift += 7) {
			if (!this.message.hasRemaining()) {
				throw damaged();
			}
			byte next = this.message.get();
			value |= (long) (next & Byte.MAX_VALUE) << shift;
			if (next >= 0) {
				return value;
			}
		}
		throw damaged();
	}

	private static InvalidStrategiesException damaged() {
		return new InvalidStrategiesException("the answer is no message of protocol buffers.");
	}

	/**
	 * Whether this field is the given one, of the given type.
	 */
	boolean is(int field, int type) {
		return this.field == field && this.type == type;
	}

	/**
	 * Return the value of this field, which is an integer.
	 */
	long number() {
		return this.number;
	}

	/**
	 * Return the value of this field, which is a double.
	 */
	double fraction() {
		return Double.longBitsToDouble(this.number);
	}

	/**
	 * Return the value of this field, which is a string.
	 */
	String string() {
		return StandardCharsets.UTF_8.decode(this.bytes.duplicate()).toString();
	}

	/**
	 * Go over the value of this field, which is a message.
	 */
	Protobuf nested() {
		return new Protobuf(this.bytes);
	}

}
