package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer see spans that were made current with the OpenTelemetry API. The bridge
 * remembers the last span that it made current itself, and so would make an HTTP client
 * span a sibling of the {@code @Traced} span around it and not its child.
 */
final class CurrentSpanTraceContext extends OtelCurrentTraceContext {

	@Override
	public @Nullable TraceContext context() {
		TraceContext remembered = super.context();
		Span current = Span.current();
		if (remembered == null || remembered.spanId().equals(current.getSpanContext().getSpanId())
				|| !current.getSpanContext().isValid()) {
			return remembered;
		}
		return OtelSpan.fromOtel(current).context();
	}

}
