package io.kosmos.tracing.autoconfigure.nats;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;

import io.kosmos.tracing.AddressedCarrier;
import io.nats.client.impl.Headers;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message as what a context is put into and read from. Names are read in
 * whatever case, since clients of other languages change it.
 *
 * @param headers the headers
 * @param host the server, if known
 */
record HeaderCarrier(Headers headers, @Nullable String host) implements AddressedCarrier {

	static final TextMapSetter<HeaderCarrier> SETTER = (carrier, key, value) -> {
		if (carrier != null) {
			carrier.headers().put(key, value);
		}
	};

	static final TextMapGetter<HeaderCarrier> GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(HeaderCarrier carrier) {
			return carrier.headers().keySet();
		}

		@Override
		public @Nullable String get(@Nullable HeaderCarrier carrier, String key) {
			Iterator<String> values = getAll(carrier, key);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable HeaderCarrier carrier, String key) {
			List<String> values = (carrier != null) ? carrier.headers().getIgnoreCase(key) : null;
			return (values != null) ? values.iterator() : Collections.emptyIterator();
		}

	};

}
