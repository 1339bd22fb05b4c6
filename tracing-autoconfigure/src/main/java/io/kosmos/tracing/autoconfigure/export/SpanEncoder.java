package io.kosmos.tracing.autoconfigure.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Writes spans as OTLP messages of a bounded size. Not thread-safe.
 */
final class SpanEncoder {

	private static final int MAX_SPANS = 512;

	/**
	 * As small as the smallest request that can be configured, and large enough that the
	 * resource, which is written with each message, does not count.
	 */
	private static final int MAX_BYTES = 64 * 1024;

	private static final int SPAN_SIZE = 256;

	private static final int ENTRY_SIZE = 48;

	/**
	 * Estimate what a span takes on the heap.
	 * @param span the span
	 * @return the number of bytes, without the text of its resource
	 */
	static int size(SpanData span) {
		Size size = new Size();
		size.bytes = SPAN_SIZE + span.getName().length() + span.getStatus().getDescription().length();
		span.getAttributes().forEach(size);
		for (EventData event : span.getEvents()) {
			size.bytes += ENTRY_SIZE + event.getName().length();
			event.getAttributes().forEach(size);
		}
		for (LinkData link : span.getLinks()) {
			size.bytes += 2 * ENTRY_SIZE;
			link.getAttributes().forEach(size);
		}
		return (int) Math.min(size.bytes, Integer.MAX_VALUE);
	}

	/**
	 * Write spans.
	 * @param spans the spans
	 * @param failed takes spans that cannot be written, and why
	 * @return messages that hold all others
	 */
	List<Message> encode(List<SpanData> spans, BiConsumer<SpanData, Throwable> failed) {
		List<Message> messages = new ArrayList<>();
		int from = 0;
		long bytes = 0;
		for (int i = 0; i < spans.size(); i++) {
			int size = size(spans.get(i));
			if (i > from && (i - from == MAX_SPANS || bytes + size > MAX_BYTES)) {
				encode(spans.subList(from, i), messages, failed);
				from = i;
				bytes = 0;
			}
			bytes += size;
		}
		if (from < spans.size()) {
			encode(spans.subList(from, spans.size()), messages, failed);
		}
		return messages;
	}

	private void encode(List<SpanData> spans, List<Message> messages, BiConsumer<SpanData, Throwable> failed) {
		try {
			messages.add(new Message(bytes(spans), spans.size()));
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			if (spans.size() == 1) {
				failed.accept(spans.get(0), ex);
				return;
			}
			spans.forEach((span) -> encode(List.of(span), messages, failed));
		}
	}

	private static byte[] bytes(List<SpanData> spans) throws IOException {
		TraceRequestMarshaler marshaler = TraceRequestMarshaler.create(spans);
		Output output = new Output(marshaler.getBinarySerializedSize());
		marshaler.writeBinaryTo(output);
		return output.bytes();
	}

	/**
	 * Gives its array away, which is as long as the message.
	 */
	private static final class Output extends ByteArrayOutputStream {

		Output(int size) {
			super(size);
		}

		byte[] bytes() {
			return (this.count == this.buf.length) ? this.buf : toByteArray();
		}

	}

	private static final class Size implements BiConsumer<AttributeKey<?>, Object> {

		private long bytes;

		@Override
		public void accept(AttributeKey<?> key, Object value) {
			this.bytes += ENTRY_SIZE + key.getKey().length() + size(value);
		}

		private static long size(Object value) {
			if (value instanceof String text) {
				return text.length();
			}
			if (value instanceof List<?> list) {
				long size = 0;
				for (Object element : list) {
					size += ENTRY_SIZE / 2 + ((element instanceof String text) ? text.length() : 0);
				}
				return size;
			}
			return 0;
		}

	}

}
