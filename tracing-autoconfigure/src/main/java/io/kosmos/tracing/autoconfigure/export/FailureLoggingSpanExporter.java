package io.kosmos.tracing.autoconfigure.export;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;

/**
 * Says once that spans cannot be delivered and once that they can again, in the place of
 * a stack trace for every batch, which the exporters of the SDK log.
 */
final class FailureLoggingSpanExporter implements SpanExporter {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final SpanExporter delegate;

	private final String destination;

	private final AtomicLong lost = new AtomicLong();

	FailureLoggingSpanExporter(SpanExporter delegate, String destination) {
		this.delegate = delegate;
		this.destination = destination;
	}

	@Override
	public CompletableResultCode export(Collection<SpanData> spans) {
		CompletableResultCode result = this.delegate.export(spans);
		result.whenComplete(() -> {
			if (result.isSuccess()) {
				delivered();
			}
			else {
				notDelivered(spans.size(), result.getFailureThrowable());
			}
		});
		return result;
	}

	private void delivered() {
		long lost = this.lost.getAndSet(0);
		if (lost > 0) {
			logger.info("Spans are delivered again to " + this.destination + "; " + lost + " were lost meanwhile");
		}
	}

	private void notDelivered(int spans, @Nullable Throwable reason) {
		if (this.lost.getAndAdd(spans) == 0) {
			logger.warn("Spans cannot be delivered to " + this.destination + " and are lost until they can"
					+ ((reason != null) ? " (" + NestedExceptionUtils.getMostSpecificCause(reason) + ")" : "")
					+ "; set kosmos.tracing.exporter.endpoint, or kosmos.tracing.exporter.enabled=false to send none");
		}
	}

	@Override
	public CompletableResultCode flush() {
		return this.delegate.flush();
	}

	@Override
	public CompletableResultCode shutdown() {
		return this.delegate.shutdown();
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
