package io.kosmos.tracing.autoconfigure.console;

import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Prints one line of {@code key=value} pairs (logfmt) for each sampled span when it ends.
 * The time is the one at which the span started; attributes are sorted and carry the
 * prefix {@code attr.}, so that none can pass for another field.
 */
final class LineSpanProcessor implements SpanProcessor {

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private final ConsoleOutput output;

	LineSpanProcessor(ConsoleOutput output) {
		this.output = output;
	}

	@Override
	public boolean isStartRequired() {
		return false;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		if (span.getSpanContext().isSampled()) {
			SpanData leaving = this.output.leaving(span.toSpanData());
			if (leaving != null) {
				this.output.print(() -> line(leaving));
			}
		}
	}

	private static String line(SpanData span) {
		StringBuilder line = new StringBuilder(256);
		line.append("time=").append(Instant.ofEpochSecond(0, span.getStartEpochNanos()));
		append(line, "service", span.getResource().getAttribute(SERVICE_NAME));
		append(line, "name", span.getName());
		append(line, "kind", span.getKind());
		append(line, "duration_ms", milliseconds(span.getEndEpochNanos() - span.getStartEpochNanos()));
		append(line, "trace_id", span.getTraceId());
		append(line, "span_id", span.getSpanId());
		if (span.getParentSpanContext().isValid()) {
			append(line, "parent_id", span.getParentSpanId());
		}
		append(line, "status", span.getStatus().getStatusCode());
		if (!span.getStatus().getDescription().isEmpty()) {
			append(line, "status_message", span.getStatus().getDescription());
		}
		span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.sorted(Comparator.comparing((attribute) -> attribute.getKey().getKey()))
			.forEach((attribute) -> append(line, "attr." + ConsoleText.key(attribute.getKey().getKey()),
					attribute.getValue()));
		return line.append('\n').toString();
	}

	private static void append(StringBuilder line, String key, @Nullable Object value) {
		if (value != null) {
			line.append(' ').append(key).append('=').append(ConsoleText.quoted(value));
		}
	}

	private static String milliseconds(long nanos) {
		long micros = Math.max(0, nanos) / 1_000;
		return String.format(Locale.ROOT, "%d.%03d", micros / 1_000, micros % 1_000);
	}

}
