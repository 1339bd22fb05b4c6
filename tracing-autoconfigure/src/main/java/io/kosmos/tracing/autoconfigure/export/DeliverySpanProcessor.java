package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Gives ended spans to the {@link Delivery}, which lives longer than the tracer provider:
 * a span that was begun before the provider was closed can still end.
 */
final class DeliverySpanProcessor implements SpanProcessor {

	private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

	private final Delivery delivery;

	private final boolean includeUnsampled;

	DeliverySpanProcessor(Delivery delivery, boolean includeUnsampled) {
		this.delivery = delivery;
		this.includeUnsampled = includeUnsampled;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
	}

	@Override
	public boolean isStartRequired() {
		return false;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		if (this.includeUnsampled || span.getSpanContext().isSampled()) {
			this.delivery.accept(span.toSpanData());
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public CompletableResultCode forceFlush() {
		CompletableResultCode result = new CompletableResultCode();
		Thread thread = new Thread(() -> {
			if (this.delivery.flush(FLUSH_TIMEOUT)) {
				result.succeed();
			}
			else {
				result.fail();
			}
		}, "kosmos-tracing-flush");
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	@Override
	public CompletableResultCode shutdown() {
		return CompletableResultCode.ofSuccess();
	}

	@Override
	public String toString() {
		return this.delivery.toString();
	}

}
