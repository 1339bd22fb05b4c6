package io.kosmos.tracing.autoconfigure.guard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a span below a size, which is that of its text in UTF-8 with a few bytes for each
 * number and entry. First the longest values of attributes are cut, all to the same
 * length, then those of events and links and the description of the status; what has no
 * text worth cutting is left out, the largest first: events, links, attributes. The type
 * and the message of exceptions stay. What is left out is in the counts of dropped
 * attributes, events and links, and a span that is smaller than it was has
 * {@link KosmosAttributes#TRIMMED}. Thread-safe.
 */
final class SpanSize implements UnaryOperator<SpanData> {

	/** Values up to this size stay as they are, if there is something else to cut. */
	private static final int SHORT_VALUE = 256;

	/**
	 * What is left of a message of an exception, and of the description of the status.
	 */
	private static final int MESSAGE = 1024;

	private static final int ENTRY = 16;

	private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");

	private static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final long max;

	private final LongAdder spans = new LongAdder();

	private final LongAdder bytes = new LongAdder();

	SpanSize(long max) {
		this.max = max;
	}

	/**
	 * The number of spans that were too large.
	 */
	long spans() {
		return this.spans.sum();
	}

	/**
	 * The number of bytes by which they were made smaller.
	 */
	long bytes() {
		return this.bytes.sum();
	}

	@Override
	public SpanData apply(SpanData span) {
		// No character has more than three bytes.
		if (size(span, 3) <= this.max) {
			return span;
		}
		long size = size(span, 0);
		if (size <= this.max) {
			return span;
		}
		SpanData trimmed = new Trim(span).trim(size);
		this.spans.increment();
		this.bytes.add(size - size(trimmed, 0));
		return trimmed;
	}

	/**
	 * Return the size of a span.
	 * @param perCharacter bytes of each character, 0 to count them
	 */
	static long size(SpanData span, int perCharacter) {
		long size = ENTRY + size(span.getName(), perCharacter) + size(span.getStatus().getDescription(), perCharacter)
				+ size(span.getAttributes(), perCharacter);
		for (EventData event : span.getEvents()) {
			size += size(event, perCharacter);
		}
		for (LinkData link : span.getLinks()) {
			size += size(link, perCharacter);
		}
		return size;
	}

	private static long size(EventData event, int perCharacter) {
		return ENTRY + size(event.getName(), perCharacter) + size(event.getAttributes(), perCharacter);
	}

	private static long size(LinkData link, int perCharacter) {
		return 4 * ENTRY + size(link.getAttributes(), perCharacter);
	}

	private static long size(Attributes attributes, int perCharacter) {
		if (attributes.isEmpty()) {
			return 0;
		}
		long[] size = { 0 };
		attributes
			.forEach((key, value) -> size[0] += ENTRY + size(key.getKey(), perCharacter) + size(value, perCharacter));
		return size[0];
	}

	private static long size(@Nullable Object value, int perCharacter) {
		if (value == null) {
			return 0;
		}
		if (value instanceof String text) {
			return (perCharacter > 0) ? (long) perCharacter * text.length() : utf8(text);
		}
		if (value instanceof List<?> list) {
			long size = 0;
			for (Object element : list) {
				size += ENTRY / 2 + size(element, perCharacter);
			}
			return size;
		}
		if (value instanceof Number || value instanceof Boolean) {
			return ENTRY / 2;
		}
		return size(value.toString(), perCharacter);
	}

	private static long utf8(String text) {
		long bytes = text.length();
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character > '\u007f') {
				// Two bytes for each half of a character.
				bytes += (character > '\u07ff' && !Character.isSurrogate(character)) ? 2 : 1;
			}
		}
		return bytes;
	}

	private static String cut(String text, long max) {
		long bytes = 0;
		for (int i = 0; i < text.length();) {
			int codePoint = text.codePointAt(i);
			bytes += (codePoint < 0x80) ? 1 : (codePoint < 0x800) ? 2 : (codePoint < 0x10000) ? 3 : 4;
			if (bytes > max) {
				return text.substring(0, i);
			}
			i += Character.charCount(codePoint);
		}
		return text;
	}

	private static Object cutValue(Object value, long max) {
		if (value instanceof String text) {
			return cut(text, max);
		}
		if (value instanceof List<?> list) {
			List<Object> left = new ArrayList<>();
			long bytes = 0;
			for (Object element : list) {
				long room = max - bytes - ENTRY / 2;
				bytes += ENTRY / 2 + size(element, 0);
				if (bytes > max) {
					String cut = (element instanceof String text) ? cut(text, room) : "";
					if (!cut.isEmpty()) {
						left.add(cut);
					}
					break;
				}
				left.add(element);
			}
			return left;
		}
		return value;
	}

	/**
	 * The trimming of one span.
	 */
	private final class Trim {

		private final SpanData span;

		private final Holder attributes;

		private final List<Holder> events;

		private final List<Holder> links;

		private StatusData status;

		Trim(SpanData span) {
			this.span = span;
			this.attributes = new Holder(span.getAttributes(), 0, 0);
			this.events = new ArrayList<>();
			for (int i = 0; i < span.getEvents().size(); i++) {
				EventData event = span.getEvents().get(i);
				this.events.add(new Holder(event.getAttributes(), ENTRY + size(event.getName(), 0), i));
			}
			this.links = new ArrayList<>();
			for (int i = 0; i < span.getLinks().size(); i++) {
				this.links.add(new Holder(span.getLinks().get(i).getAttributes(), 4 * ENTRY, i));
			}
			this.status = span.getStatus();
		}

		SpanData trim(long size) {
			long excess = size + ENTRY + KosmosAttributes.TRIMMED.getKey().length() + ENTRY / 2 - SpanSize.this.max;
			excess -= cut(List.of(this.attributes), excess);
			if (excess > 0) {
				String description = this.status.getDescription();
				this.status = StatusData.create(this.status.getStatusCode(), SpanSize.cut(description, MESSAGE));
				excess -= utf8(description) - utf8(this.status.getDescription());
			}
			if (excess > 0) {
				List<Holder> others = new ArrayList<>(this.events);
				others.addAll(this.links);
				excess -= cut(others, excess);
			}
			excess -= leaveOut(this.events, excess, false);
			excess -= leaveOut(this.links, excess, false);
			excess -= this.attributes.leaveOutValues(excess);
			excess -= leaveOut(this.events, excess, true);
			return new Trimmed(this.span, this);
		}

		/**
		 * Cut the longest values, all to the same size.
		 * @return the number of bytes that this saved
		 */
		private long cut(List<Holder> holders, long excess) {
			List<Long> sizes = new ArrayList<>();
			for (Holder holder : holders) {
				holder.values.forEach((key, value) -> {
					long size = size(value, 0);
					if (size > SHORT_VALUE && Holder.isText(value)) {
						sizes.add(size);
					}
				});
			}
			sizes.sort(Comparator.reverseOrder());
			long level = SHORT_VALUE;
			long above = 0;
			for (int i = 0; i < sizes.size(); i++) {
				above += sizes.get(i);
				long candidate = Math.floorDiv(above - excess, i + 1L);
				long next = (i + 1 < sizes.size()) ? sizes.get(i + 1) : SHORT_VALUE;
				if (candidate >= next) {
					level = Math.max(candidate, SHORT_VALUE);
					break;
				}
			}
			long saved = 0;
			for (Holder holder : holders) {
				saved += holder.cut(level);
			}
			return saved;
		}

		private static long leaveOut(List<Holder> holders, long excess, boolean exceptions) {
			if (excess <= 0) {
				return 0;
			}
			long saved = 0;
			List<Holder> largest = new ArrayList<>(holders);
			largest.removeIf((holder) -> holder.isException() && !exceptions);
			largest.sort((one, other) -> Long.compare(other.size(), one.size()));
			for (Holder holder : largest) {
				// One that tells the error remains.
				if (saved >= excess || exceptions && holders.size() == 1) {
					break;
				}
				saved += holder.size();
				holders.remove(holder);
			}
			return saved;
		}

	}

	/**
	 * What has attributes.
	 */
	private static final class Holder {

		private final Map<AttributeKey<?>, Object> values;

		private final long own;

		private final int index;

		Holder(Attributes attributes, long own, int index) {
			this.values = new LinkedHashMap<>(attributes.asMap());
			this.own = own;
			this.index = index;
		}

		static boolean isText(Object value) {
			return value instanceof String || value instanceof List<?>;
		}

		boolean isException() {
			return this.values.containsKey(EXCEPTION_TYPE);
		}

		long size() {
			long size = this.own;
			for (Map.Entry<AttributeKey<?>, Object> entry : this.values.entrySet()) {
				size += size(entry);
			}
			return size;
		}

		private static long size(Map.Entry<AttributeKey<?>, Object> entry) {
			return ENTRY + SpanSize.size(entry.getKey().getKey(), 0) + SpanSize.size(entry.getValue(), 0);
		}

		long cut(long level) {
			long saved = 0;
			for (Map.Entry<AttributeKey<?>, Object> entry : this.values.entrySet()) {
				long max = entry.getKey().equals(EXCEPTION_MESSAGE) ? Math.max(level, MESSAGE) : level;
				long size = SpanSize.size(entry.getValue(), 0);
				if (size > max && isText(entry.getValue()) && !entry.getKey().equals(EXCEPTION_TYPE)) {
					entry.setValue(cutValue(entry.getValue(), max));
					saved += size - SpanSize.size(entry.getValue(), 0);
				}
			}
			return saved;
		}

		long leaveOutValues(long excess) {
			if (excess <= 0) {
				return 0;
			}
			long saved = 0;
			List<Map.Entry<AttributeKey<?>, Object>> largest = new ArrayList<>(this.values.entrySet());
			largest.removeIf((entry) -> entry.getKey().equals(ERROR_TYPE));
			largest.sort((one, other) -> Long.compare(size(other), size(one)));
			List<AttributeKey<?>> out = new ArrayList<>();
			for (Map.Entry<AttributeKey<?>, Object> entry : largest) {
				if (saved >= excess) {
					break;
				}
				saved += size(entry);
				out.add(entry.getKey());
			}
			out.forEach(this.values::remove);
			return saved;
		}

		@SuppressWarnings("unchecked")
		Attributes attributes() {
			AttributesBuilder builder = Attributes.builder();
			this.values.forEach((key, value) -> builder.put((AttributeKey<Object>) key, value));
			return builder.build();
		}

	}

	private static final class Trimmed extends DelegatingSpanData {

		private final Attributes attributes;

		private final List<EventData> events;

		private final List<LinkData> links;

		private final StatusData status;

		Trimmed(SpanData span, Trim trim) {
			super(span);
			this.attributes = trim.attributes.attributes().toBuilder().put(KosmosAttributes.TRIMMED, true).build();
			this.events = trim.events.stream().map((holder) -> {
				EventData event = span.getEvents().get(holder.index);
				return EventData.create(event.getEpochNanos(), event.getName(), holder.attributes(),
						event.getTotalAttributeCount());
			}).toList();
			this.links = trim.links.stream().map((holder) -> {
				LinkData link = span.getLinks().get(holder.index);
				return LinkData.create(link.getSpanContext(), holder.attributes(), link.getTotalAttributeCount());
			}).toList();
			this.status = trim.status;
		}

		@Override
		public Attributes getAttributes() {
			return this.attributes;
		}

		@Override
		public int getTotalAttributeCount() {
			return super.getTotalAttributeCount() + 1;
		}

		@Override
		public List<EventData> getEvents() {
			return this.events;
		}

		@Override
		public List<LinkData> getLinks() {
			return this.links;
		}

		@Override
		public StatusData getStatus() {
			return this.status;
		}

	}

}
