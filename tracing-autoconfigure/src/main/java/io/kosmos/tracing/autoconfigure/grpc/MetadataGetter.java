package io.kosmos.tracing.autoconfigure.grpc;

import java.util.Collections;
import java.util.Iterator;

import io.grpc.Metadata;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the metadata that a call began with.
 */
enum MetadataGetter implements TextMapGetter<Metadata> {

	INSTANCE;

	@Override
	public Iterable<String> keys(Metadata headers) {
		return headers.keys()
			.stream()
			.filter((key) -> !key.startsWith(":") && !key.endsWith(Metadata.BINARY_HEADER_SUFFIX))
			.toList();
	}

	@Override
	public @Nullable String get(@Nullable Metadata headers, String name) {
		Iterator<String> values = getAll(headers, name);
		return values.hasNext() ? values.next() : null;
	}

	@Override
	public Iterator<String> getAll(@Nullable Metadata headers, String name) {
		Iterable<String> values = (headers != null)
				? headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)) : null;
		return (values != null) ? values.iterator() : Collections.emptyIterator();
	}

}
