package usecases.faults;

import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;

/**
 * Gives every span of the application, whoever makes it, a number of its own.
 */
final class NumberingSpanProcessor implements SpanProcessor {

	static final AttributeKey<Long> NUMBER = AttributeKey.longKey("faults.number");

	private final Journal journal;

	private final AtomicInteger next;

	NumberingSpanProcessor(Journal journal, int firstNumber) {
		this.journal = journal;
		this.next = new AtomicInteger(firstNumber);
	}

	int next() {
		return this.next.get();
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		span.setAttribute(NUMBER, (long) this.next.getAndIncrement());
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		Long number = span.getAttribute(NUMBER);
		if (number != null && span.getSpanContext().isSampled()) {
			this.journal.ended(number.intValue());
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

}
