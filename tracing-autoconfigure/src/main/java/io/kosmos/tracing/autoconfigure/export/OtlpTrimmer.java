package io.kosmos.tracing.autoconfigure.export;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.kosmos.tracing.KosmosAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Makes one message smaller. Every pass over the message goes down to the values of
 * attributes and no further, and there are five passes at most.
 */
final class OtlpTrimmer {

	/** Values up to this length stay as they are. */
	private static final int SHORT_VALUE = 256;

	/** Names and descriptions up to this length stay as they are. */
	private static final int SHORT_NAME = 1024;

	/** What the lengths around a value may grow by when it is cut less. */
	private static final int LENGTHS_OF_VALUE = 24;

	private static final int LENGTHS_OF_MESSAGE = 64;

	private static final int MAX_DROP_PASSES = 4;

	private static final int KEY = 1;

	private static final int VALUE = 2;

	private static final int STRING_VALUE = 1;

	private static final int BOOL_VALUE = 2;

	private static final int ARRAY_VALUE = 5;

	private static final int KEY_VALUE_LIST = 6;

	private static final int BYTES_VALUE = 7;

	private static final int ELEMENTS = 1;

	private static final byte[] MARK = mark();

	private final byte[] message;

	private final long[] sizes = new long[Kind.values().length];

	private final long[] room = new long[Kind.values().length];

	private int longest;

	private int[] lengths = {};

	private int values;

	OtlpTrimmer(byte[] message) {
		this.message = message;
	}

	private static byte[] mark() {
		byte[] key = KosmosAttributes.TRIMMED.getKey().getBytes(StandardCharsets.UTF_8);
		WireWriter value = new WireWriter();
		value.number(BOOL_VALUE, 1);
		WireWriter mark = new WireWriter();
		mark.bytes(KEY, key, 0, key.length);
		mark.message(VALUE, value);
		return mark.toByteArray();
	}

	byte[] trim(int maxBytes) throws InvalidOtlpException {
		Arrays.fill(this.room, Long.MAX_VALUE);
		byte[] smallest = pass(SHORT_VALUE);
		if (smallest.length <= maxBytes) {
			byte[] larger = pass(longest((long) maxBytes - smallest.length - LENGTHS_OF_MESSAGE));
			return (larger.length <= maxBytes) ? larger : smallest;
		}
		long[] all = this.sizes.clone();
		long excess = (long) smallest.length - maxBytes;
		for (int pass = 1; pass <= MAX_DROP_PASSES; pass++) {
			// Counts and marks take room too; how much is known afterwards.
			long rest = (pass < MAX_DROP_PASSES) ? excess : Long.MAX_VALUE;
			long gone = 0;
			for (Kind kind : Kind.values()) {
				long dropped = Math.min(rest, all[kind.ordinal()]);
				this.room[kind.ordinal()] = all[kind.ordinal()] - dropped;
				rest -= dropped;
				gone += dropped;
			}
			byte[] smaller = pass(SHORT_VALUE);
			if (smaller.length <= maxBytes) {
				return smaller;
			}
			long kept = Arrays.stream(all).sum() - gone - Arrays.stream(this.room).sum();
			long grown = smaller.length - (smallest.length - Arrays.stream(all).sum() + kept);
			excess = (long) smallest.length - maxBytes + grown;
		}
		throw new InvalidOtlpException("The message cannot be made smaller than " + maxBytes + " bytes.");
	}

	/**
	 * Find out how long values may be.
	 * @param more by how many bytes all of them together may be longer than short
	 */
	private int longest(long more) {
		int low = SHORT_VALUE;
		int high = this.message.length;
		while (low < high) {
			int middle = low + (high - low + 1) / 2;
			long taken = 0;
			for (int i = 0; i < this.values; i++) {
				taken += Math.min(this.lengths[i], middle) - SHORT_VALUE + LENGTHS_OF_VALUE;
			}
			if (taken <= more) {
				low = middle;
			}
			else {
				high = middle - 1;
			}
		}
		return low;
	}

	private byte[] pass(int longest) throws InvalidOtlpException {
		this.longest = longest;
		this.values = 0;
		Arrays.fill(this.sizes, 0);
		WireWriter request = copy(Node.REQUEST, 0, this.message.length, false);
		return (request != null) ? request.toByteArray() : this.message;
	}

	/**
	 * Copy the fields of a message.
	 * @return the copy, {@code null} if it is the same
	 */
	private @Nullable WireWriter copy(Node node, int start, int end, boolean surroundingsChanged)
			throws InvalidOtlpException {
		WireWriter out = new WireWriter();
		long[] dropped = new long[node.parts.size()];
		boolean changed = copyParts(node, start, end, true, surroundingsChanged, out, dropped);
		changed |= copyParts(node, start, end, false, surroundingsChanged || changed, out, dropped);
		if (!changed && !(node == Node.SPAN && surroundingsChanged)) {
			return null;
		}
		for (int i = 0; i < dropped.length; i++) {
			if (dropped[i] != 0) {
				out.number(node.parts.get(i).dropped, Math.min(dropped[i], 0xffff_ffffL));
			}
		}
		if (node == Node.SPAN) {
			out.bytes(Node.SPAN_ATTRIBUTES, MARK, 0, MARK.length);
		}
		return out;
	}

	/**
	 * Copy either what surrounds spans or everything else, so that it is known of a span
	 * whether its surroundings lost something.
	 * @return whether something was left out or cut
	 */
	private boolean copyParts(Node node, int start, int end, boolean surroundings, boolean surroundingsChanged,
			WireWriter out, long[] dropped) throws InvalidOtlpException {
		boolean changed = false;
		WireReader fields = new WireReader(this.message, start, end);
		while (fields.next()) {
			int index = node.indexOf(fields);
			Part part = (index >= 0) ? node.parts.get(index) : null;
			if (surroundings != (part != null && part.surroundings)) {
				continue;
			}
			if (part == null) {
				changed |= copyOther(node, fields, out, dropped);
			}
			else if (node == Node.SPAN && part.node == null && isMark(fields)) {
				continue;
			}
			else {
				Copied copied = copyPart(part, fields, surroundingsChanged, out);
				dropped[index] += (copied == Copied.DROPPED) ? 1 : 0;
				changed |= copied != Copied.SAME;
			}
		}
		return changed;
	}

	private boolean isMark(WireReader field) {
		return Arrays.equals(this.message, field.valueStart(), field.end(), MARK, 0, MARK.length);
	}

	private boolean copyOther(Node node, WireReader field, WireWriter out, long[] dropped) {
		for (int i = 0; i < dropped.length; i++) {
			if (field.isNumber(node.parts.get(i).dropped)) {
				dropped[i] += field.number() & 0xffff_ffffL;
				return false;
			}
		}
		if (field.isBytes(node.name) && field.length() > SHORT_NAME) {
			out.bytes(node.name, this.message, field.valueStart(), endOfText(field.valueStart(), SHORT_NAME));
			return true;
		}
		out.copy(this.message, field.start(), field.end());
		return false;
	}

	private Copied copyPart(Part part, WireReader field, boolean surroundingsChanged, WireWriter out)
			throws InvalidOtlpException {
		WireWriter value = null;
		if (part.node == null) {
			if (field.length() > SHORT_VALUE) {
				value = attribute(field);
				if (value != null && value.size() == 0) {
					return Copied.DROPPED;
				}
			}
		}
		else if (part.kind == null || field.length() > SHORT_VALUE) {
			value = copy(part.node, field.valueStart(), field.end(), surroundingsChanged);
		}
		if (part.kind != null) {
			int size = (value != null) ? value.size() + (field.size() - field.length()) : field.size();
			this.sizes[part.kind.ordinal()] += size;
			if (size > this.room[part.kind.ordinal()]) {
				return Copied.DROPPED;
			}
			this.room[part.kind.ordinal()] -= size;
		}
		if (value == null) {
			out.copy(this.message, field.start(), field.end());
			return Copied.SAME;
		}
		out.message(part.field, value);
		return Copied.CUT;
	}

	/**
	 * Copy an attribute.
	 * @return the copy, {@code null} if it is the same, empty if it can only be left out
	 */
	private @Nullable WireWriter attribute(WireReader field) throws InvalidOtlpException {
		WireWriter copy = new WireWriter();
		boolean hasValue = false;
		boolean same = true;
		WireReader fields = field.nested();
		while (fields.next()) {
			if (fields.isBytes(KEY) && fields.length() <= SHORT_VALUE) {
				copy.copy(this.message, fields.start(), fields.end());
			}
			else if (fields.isBytes(VALUE) && !hasValue) {
				hasValue = true;
				WireReader value = fields.nested();
				if (!value.next() || value.end() != fields.end() || !isCuttable(value)) {
					return new WireWriter();
				}
				same = value.length() <= this.longest;
				remember(value.length());
				copy.message(VALUE, cut(value));
			}
			else {
				return new WireWriter();
			}
		}
		return same ? null : copy;
	}

	private static boolean isCuttable(WireReader value) {
		return value.isBytes(STRING_VALUE) || value.isBytes(BYTES_VALUE) || value.isBytes(ARRAY_VALUE)
				|| value.isBytes(KEY_VALUE_LIST);
	}

	private void remember(int length) {
		if (length > SHORT_VALUE) {
			if (this.values == this.lengths.length) {
				this.lengths = Arrays.copyOf(this.lengths, this.values * 2 + 16);
			}
			this.lengths[this.values++] = length;
		}
	}

	private WireWriter cut(WireReader value) throws InvalidOtlpException {
		WireWriter cut = new WireWriter();
		if (value.length() <= this.longest) {
			cut.copy(this.message, value.start(), value.end());
		}
		else if (value.isBytes(STRING_VALUE)) {
			cut.bytes(STRING_VALUE, this.message, value.valueStart(), endOfText(value.valueStart(), this.longest));
		}
		else if (value.isBytes(BYTES_VALUE)) {
			cut.bytes(BYTES_VALUE, this.message, value.valueStart(), value.valueStart() + this.longest);
		}
		else {
			cut.message(value.field(), leadingElements(value));
		}
		return cut;
	}

	/**
	 * Copy as many elements of a list as there is room for. Of the first one for which
	 * there is not, the beginning is kept if it is a text.
	 */
	private WireWriter leadingElements(WireReader value) throws InvalidOtlpException {
		WireWriter leading = new WireWriter();
		WireReader elements = value.nested();
		while (elements.next() && leading.size() + elements.size() <= this.longest) {
			leading.copy(this.message, elements.start(), elements.end());
		}
		int room = this.longest - leading.size() - LENGTHS_OF_VALUE;
		if (value.isBytes(ARRAY_VALUE) && elements.isBytes(ELEMENTS) && room > 0
				&& leading.size() + elements.size() > this.longest) {
			WireReader element = elements.nested();
			if (element.next() && element.isBytes(STRING_VALUE) && element.length() > room) {
				WireWriter text = new WireWriter();
				text.bytes(STRING_VALUE, this.message, element.valueStart(), endOfText(element.valueStart(), room));
				leading.message(ELEMENTS, text);
			}
		}
		return leading;
	}

	/**
	 * Find where a text in UTF-8 can be cut, which is not within a character.
	 */
	private int endOfText(int start, int length) {
		int end = start + length;
		while (end > start && (this.message[end] & 0xc0) == 0x80) {
			end--;
		}
		return end;
	}

	/** What may be left out, in this order. */
	private enum Kind {

		EVENTS, LINKS, ATTRIBUTES, ATTRIBUTES_OF_SURROUNDINGS

	}

	private enum Copied {

		SAME, CUT, DROPPED

	}

	/**
	 * A field that is a message.
	 *
	 * @param field number of the field
	 * @param node what it holds, {@code null} for an attribute
	 * @param dropped number of the field beside it that counts those left out, else 0
	 * @param kind what it counts as, {@code null} if it cannot be left out
	 * @param surroundings whether it describes the spans beside it
	 */
	private record Part(int field, @Nullable Node node, int dropped, @Nullable Kind kind, boolean surroundings) {

	}

	/**
	 * A message of OTLP: the numbers of its fields, and the one of its name.
	 */
	private enum Node {

		STATUS(2),

		EVENT(2, new Part(3, null, 4, null, false)),

		LINK(0, new Part(4, null, 5, null, false)),

		SPAN(5, new Part(Node.SPAN_ATTRIBUTES, null, 10, Kind.ATTRIBUTES, false),
				new Part(11, EVENT, 12, Kind.EVENTS, false), new Part(13, LINK, 14, Kind.LINKS, false),
				new Part(15, STATUS, 0, null, false)),

		SCOPE(1, new Part(3, null, 4, Kind.ATTRIBUTES_OF_SURROUNDINGS, false)),

		SCOPE_SPANS(0, new Part(1, SCOPE, 0, null, true), new Part(OtlpMessage.SPANS, SPAN, 0, null, false)),

		RESOURCE(0, new Part(1, null, 2, Kind.ATTRIBUTES_OF_SURROUNDINGS, false)),

		RESOURCE_SPANS(0, new Part(1, RESOURCE, 0, null, true),
				new Part(OtlpMessage.SCOPE_SPANS, SCOPE_SPANS, 0, null, false)),

		REQUEST(0, new Part(OtlpMessage.RESOURCE_SPANS, RESOURCE_SPANS, 0, null, false));

		private static final int SPAN_ATTRIBUTES = 9;

		private final int name;

		private final List<Part> parts;

		Node(int name, Part... parts) {
			this.name = name;
			this.parts = List.of(parts);
		}

		private int indexOf(WireReader field) {
			for (int i = 0; i < this.parts.size(); i++) {
				if (field.isBytes(this.parts.get(i).field)) {
					return i;
				}
			}
			return -1;
		}

	}

}
