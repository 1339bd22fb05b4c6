package io.kosmos.tracing.autoconfigure.propagation;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.kosmos.tracing.AddressedCarrier;
import io.kosmos.tracing.ReceivedCarrier;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Headers of which a name can have several values, of a call from somewhere to somewhere.
 */
final class ManyHeaders implements AddressedCarrier, ReceivedCarrier {

	static final TextMapGetter<ManyHeaders> GETTER = new TextMapGetter<>() {

		@Override
		public Iterable<String> keys(ManyHeaders headers) {
			return headers.values.keySet();
		}

		@Override
		public @Nullable String get(@Nullable ManyHeaders headers, String name) {
			Iterator<String> values = getAll(headers, name);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable ManyHeaders headers, String name) {
			return ((headers != null) ? headers.values.getOrDefault(name, List.of()) : List.<String>of()).iterator();
		}

	};

	static final TextMapSetter<ManyHeaders> SETTER = (headers, name, value) -> {
		if (headers != null) {
			headers.values.put(name, List.of(value));
		}
	};

	private final Map<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private final @Nullable String peer;

	private final @Nullable String path;

	private final @Nullable String host;

	private ManyHeaders(@Nullable String peer, @Nullable String path, @Nullable String host) {
		this.peer = peer;
		this.path = path;
		this.host = host;
	}

	static ManyHeaders from(@Nullable String peer, @Nullable String path) {
		return new ManyHeaders(peer, path, null);
	}

	static ManyHeaders to(@Nullable String host) {
		return new ManyHeaders(null, null, host);
	}

	@Override
	public @Nullable InetAddress peer() {
		return Network.address(this.peer);
	}

	@Override
	public @Nullable String path() {
		return this.path;
	}

	@Override
	public @Nullable String host() {
		return this.host;
	}

	ManyHeaders add(String name, String value) {
		this.values.computeIfAbsent(name, (ignored) -> new ArrayList<>()).add(value);
		return this;
	}

	@Nullable String first(String name) {
		return GETTER.get(this, name);
	}

	Map<String, List<String>> values() {
		return this.values;
	}

	@Override
	public String toString() {
		return this.values.toString();
	}

}
