package io.kosmos.tracing.autoconfigure.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fields of a context in a map as messages have it: keys in whatever case, and
 * values as text, bytes or several of these, of which the first counts.
 */
enum MapCarrier implements TextMapGetter<Map<String, ?>> {

	INSTANCE;

	@Override
	public Iterable<String> keys(Map<String, ?> carrier) {
		return List.copyOf(carrier.keySet());
	}

	@Override
	public @Nullable String get(@Nullable Map<String, ?> carrier, String key) {
		if (carrier == null) {
			return null;
		}
		Object value = carrier.get(key);
		return text((value != null) ? value : ignoringCase(carrier, key));
	}

	private static @Nullable Object ignoringCase(Map<String, ?> carrier, String key) {
		for (Map.Entry<?, ?> entry : carrier.entrySet()) {
			if (entry.getKey() instanceof String name && name.equalsIgnoreCase(key)) {
				return entry.getValue();
			}
		}
		return null;
	}

	private static @Nullable String text(@Nullable Object value) {
		if (value instanceof byte[] bytes) {
			return new String(bytes, StandardCharsets.UTF_8);
		}
		if (value instanceof Iterable<?> several) {
			Iterator<?> values = several.iterator();
			Object first = values.hasNext() ? values.next() : null;
			return (first instanceof Iterable<?>) ? null : text(first);
		}
		return (value != null) ? value.toString() : null;
	}

}
