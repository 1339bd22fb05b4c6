package io.kosmos.tracing.autoconfigure.export;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Brings spans to the exporters and reporters of an application, with the guarantees of
 * the SDK's batch processor and none of ours. It is no bean of type
 * {@link BatchSpanProcessor}, to which the tracer provider would give spans as they are.
 * Thread-safe.
 */
final class ApplicationExporters {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final List<BatchSpanProcessor> processors;

	private final SpanProcessor processor;

	private volatile boolean ended;

	/**
	 * Create exporters.
	 * @param processors a processor before each, so that none waits for another. They
	 * take unsampled spans too: what comes here was selected
	 */
	ApplicationExporters(List<BatchSpanProcessor> processors) {
		this.processors = List.copyOf(processors);
		this.processor = SpanProcessor.composite(List.copyOf(processors));
	}

	/**
	 * Take spans that may leave. Never waits for an exporter.
	 */
	void offer(List<SpanData> spans) {
		if (!this.ended) {
			spans.forEach((span) -> this.processor.onEnd(new EndedSpan(span)));
		}
	}

	CompletableResultCode flush() {
		// After its end a processor never answers.
		return this.ended ? CompletableResultCode.ofSuccess() : this.processor.forceFlush();
	}

	/**
	 * Export what is there, and end the exporters, each in a thread of its own, since it
	 * may block. What comes later goes nowhere.
	 * @param timeoutNanos how long to wait for that at most
	 */
	void end(long timeoutNanos) {
		this.ended = true;
		CompletableResultCode.ofAll(this.processors.stream().map(ApplicationExporters::end).toList())
			.join(Math.max(1, timeoutNanos), TimeUnit.NANOSECONDS);
	}

	private static CompletableResultCode end(BatchSpanProcessor processor) {
		CompletableResultCode ended = new CompletableResultCode();
		Thread thread = new Thread(() -> {
			try {
				processor.shutdown().whenComplete(ended::succeed);
			}
			catch (RuntimeException | Error ex) {
				logger.warn("An exporter of the application could not be ended: " + processor.getSpanExporter(), ex);
				ended.fail();
			}
		}, "kosmos-tracing-exporter-end");
		thread.setDaemon(true);
		thread.start();
		return ended;
	}

	@Override
	public String toString() {
		return this.processor.toString();
	}

	/**
	 * A span that ended and was changed since.
	 */
	private record EndedSpan(SpanData span) implements ReadableSpan {

		@Override
		public SpanContext getSpanContext() {
			return this.span.getSpanContext();
		}

		@Override
		public SpanContext getParentSpanContext() {
			return this.span.getParentSpanContext();
		}

		@Override
		public String getName() {
			return this.span.getName();
		}

		@Override
		public SpanData toSpanData() {
			return this.span;
		}

		@Override
		@Deprecated
		public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
			return this.span.getInstrumentationLibraryInfo();
		}

		@Override
		public InstrumentationScopeInfo getInstrumentationScopeInfo() {
			return this.span.getInstrumentationScopeInfo();
		}

		@Override
		public boolean hasEnded() {
			return true;
		}

		@Override
		public long getLatencyNanos() {
			return this.span.getEndEpochNanos() - this.span.getStartEpochNanos();
		}

		@Override
		public SpanKind getKind() {
			return this.span.getKind();
		}

		@Override
		public <T> @Nullable T getAttribute(AttributeKey<T> key) {
			return this.span.getAttributes().get(key);
		}

		@Override
		public Attributes getAttributes() {
			return this.span.getAttributes();
		}

	}

}
