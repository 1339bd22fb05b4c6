package io.kosmos.tracing.autoconfigure.guard;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper.ScopeAttachedEvent;
import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper.ScopeRestoredEvent;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import io.opentelemetry.api.baggage.Baggage;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Keeps the correlation fields of the baggage in the MDC, as the bridge does, with an
 * underscore in the place of each character that would not stay in its line of a log:
 * the baggage may come from a caller, or be what the application was told by one.
 */
final class PlainBaggageListener extends Slf4JBaggageEventListener {

	private final LongAdder cleaned = new LongAdder();

	PlainBaggageListener(List<String> fields) {
		super(fields);
	}

	@Override
	public void onEvent(Object event) {
		super.onEvent(event);
		if (event instanceof ScopeAttachedEvent attached) {
			clean(attached.getBaggage());
		}
		else if (event instanceof ScopeRestoredEvent restored) {
			clean(restored.getBaggage());
		}
	}

	private void clean(@Nullable Baggage baggage) {
		if (baggage == null) {
			return;
		}
		baggage.forEach((key, entry) -> {
			String value = entry.getValue();
			if (!LogText.isPlain(value) && value.equals(MDC.get(key))) {
				MDC.put(key, LogText.of(value));
				this.cleaned.increment();
			}
		});
	}

	/**
	 * The number of values that were changed.
	 */
	long cleaned() {
		return this.cleaned.sum();
	}

}
