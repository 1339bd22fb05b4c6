package io.kosmos.tracing.autoconfigure.guard;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper.ScopeAttachedEvent;
import io.micrometer.tracing.otel.bridge.EventPublishingContextWrapper.ScopeRestoredEvent;
import io.micrometer.tracing.otel.bridge.Slf4JBaggageEventListener;
import io.opentelemetry.api.baggage.Baggage;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Keeps the correlation fields of the baggage in the MDC, as the bridge does, with an
 * underscore in the place of each character that would not stay in its line of a log: the
 * baggage may come from a caller, or be what the application was told by one. A field
 * goes by its configured name whatever the case of the entry, under whose name the bridge
 * would leave it in the thread.
 */
final class PlainBaggageListener extends Slf4JBaggageEventListener {

	private final Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	PlainBaggageListener(List<String> fields) {
		super(fields);
		fields.forEach((field) -> this.fields.put(field, field));
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
			String field = this.fields.get(key);
			String value = entry.getValue();
			if (field == null || value.isBlank() || field.equals(key) && LogText.isPlain(value)) {
				return;
			}
			if (value.equals(MDC.get(key))) {
				MDC.remove(key);
				MDC.put(field, LogText.of(value));
			}
		});
	}

}
