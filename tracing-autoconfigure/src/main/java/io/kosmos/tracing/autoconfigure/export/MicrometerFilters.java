package io.kosmos.tracing.autoconfigure.export;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.exporter.SpanFilter;
import io.micrometer.tracing.otel.bridge.CompositeSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.jspecify.annotations.Nullable;

/**
 * Lets spans through the filters that Micrometer Tracing has for applications, as its
 * bridge does before an exporter. Used by one thread.
 */
final class MicrometerFilters implements Function<SpanData, @Nullable SpanData> {

	private final Result result = new Result();

	private final SpanExporter bridge;

	private MicrometerFilters(List<SpanExportingPredicate> predicates, List<SpanFilter> filters) {
		this.bridge = new CompositeSpanExporter(List.of(this.result), predicates, List.of(), filters);
	}

	/**
	 * Return what the filters of an application make of a span.
	 * @return a function that gives {@code null} for a span that may not leave
	 */
	static Function<SpanData, @Nullable SpanData> of(List<SpanExportingPredicate> predicates,
			List<SpanFilter> filters) {
		if (predicates.isEmpty() && filters.isEmpty()) {
			return (span) -> span;
		}
		return new MicrometerFilters(predicates, filters);
	}

	@Override
	public @Nullable SpanData apply(SpanData span) {
		this.result.span = null;
		this.bridge.export(List.of(span));
		return this.result.span;
	}

	private static final class Result implements SpanExporter {

		private @Nullable SpanData span;

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			this.span = spans.iterator().next();
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
