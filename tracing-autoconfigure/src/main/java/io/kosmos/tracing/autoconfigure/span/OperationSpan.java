package io.kosmos.tracing.autoconfigure.span;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The span of an operation: whatever is set on it, the operation learns of, and with it
 * the operation comes into the context and ends. That holds also for a span that is not
 * recorded, so that metrics and sums do not depend on sampling. Thread-safe.
 */
final class OperationSpan extends StatusAwareSpan {

	private final Operation operation;

	OperationSpan(Span span, Operation operation) {
		super(span);
		this.operation = operation;
		operation.started(span);
	}

	Operation operation() {
		return this.operation;
	}

	@Override
	public <T> Span setAttribute(AttributeKey<T> key, @Nullable T value) {
		if (value != null) {
			this.operation.set(key, value, super::setAttribute);
		}
		return this;
	}

	@Override
	public Span setStatus(StatusCode statusCode, String description) {
		if (statusCode != StatusCode.OK || this.operation.isOk()) {
			super.setStatus(statusCode, description);
		}
		if (statusCode == StatusCode.ERROR) {
			this.operation.failed();
		}
		return this;
	}

	@Override
	public Context storeInContext(Context context) {
		return super.storeInContext(context).with(Operation.KEY, this.operation);
	}

	@Override
	public void end() {
		this.operation.end(endEpochNanos());
		super.end();
	}

	@Override
	public void end(long timestamp, TimeUnit unit) {
		// As the SDK takes them: 0 is no time at all, and without a unit it is
		// nanoseconds.
		if (timestamp == 0) {
			end();
			return;
		}
		this.operation.end((unit != null) ? unit.toNanos(timestamp) : timestamp);
		super.end(timestamp, unit);
	}

}
