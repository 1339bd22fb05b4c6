package io.kosmos.tracing.autoconfigure.grpc;

import io.grpc.Metadata;
import io.kosmos.tracing.AddressedCarrier;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * The metadata that a call begins with, and where it goes.
 *
 * @param headers the metadata
 * @param target where the call goes, {@code null} if that cannot be told
 */
record OutgoingMetadata(Metadata headers, @Nullable CallTarget target) implements AddressedCarrier {

	static final TextMapSetter<OutgoingMetadata> SETTER = (carrier, name, value) -> {
		if (carrier != null) {
			Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
			carrier.headers().removeAll(key);
			carrier.headers().put(key, value);
		}
	};

	@Override
	public @Nullable String host() {
		if (this.target == null) {
			return null;
		}
		String host = this.target.host();
		return (host.indexOf(':') >= 0) ? "[" + host + "]" : host;
	}

}
