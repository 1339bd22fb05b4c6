package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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

	// One after another, however often the code that is traced asks.
	private final ThreadPoolExecutor flusher;

	DeliverySpanProcessor(Delivery delivery, boolean includeUnsampled) {
		this.delivery = delivery;
		this.includeUnsampled = includeUnsampled;
		this.flusher = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
			Thread thread = new Thread(task, "kosmos-tracing-flush");
			thread.setDaemon(true);
			return thread;
		});
		this.flusher.allowCoreThreadTimeOut(true);
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
			try {
				this.delivery.accept(span.toSpanData());
			}
			catch (RuntimeException | Error ex) {
				this.delivery.failed(ex);
			}
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public CompletableResultCode forceFlush() {
		CompletableResultCode result = new CompletableResultCode();
		long deadline = System.nanoTime() + FLUSH_TIMEOUT.toNanos();
		try {
			this.flusher.execute(() -> flush(deadline, result));
		}
		catch (RuntimeException | Error ex) {
			result.fail();
		}
		return result;
	}

	private void flush(long deadline, CompletableResultCode result) {
		Duration left = Duration.ofNanos(deadline - System.nanoTime());
		if (!left.isNegative() && this.delivery.flush(left)) {
			result.succeed();
		}
		else {
			result.fail();
		}
	}

	@Override
	public CompletableResultCode shutdown() {
		CompletableResultCode result = new CompletableResultCode();
		Thread thread = new Thread(() -> {
			this.delivery.endExporters();
			result.succeed();
		}, "kosmos-tracing-exporters-end");
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	@Override
	public String toString() {
		return this.delivery.toString();
	}

}
