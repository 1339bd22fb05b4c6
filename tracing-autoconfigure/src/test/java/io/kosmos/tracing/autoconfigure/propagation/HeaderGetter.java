package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Map;

import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers in a map.
 */
final class HeaderGetter implements TextMapGetter<Map<String, String>> {

	@Override
	public Iterable<String> keys(Map<String, String> headers) {
		return headers.keySet();
	}

	@Override
	public @Nullable String get(@Nullable Map<String, String> headers, String name) {
		return (headers != null) ? headers.get(name) : null;
	}

}
