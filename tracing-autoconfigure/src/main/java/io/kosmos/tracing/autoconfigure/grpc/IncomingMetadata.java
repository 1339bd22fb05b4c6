package io.kosmos.tracing.autoconfigure.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Iterator;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.kosmos.tracing.ReceivedCarrier;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * The metadata that a call came in with, and who sent it.
 *
 * @param headers the metadata
 * @param peer the other end of the connection, {@code null} if it has no address
 * @param path path of the method
 */
record IncomingMetadata(Metadata headers, @Nullable InetAddress peer, String path) implements ReceivedCarrier {

	static final TextMapGetter<IncomingMetadata> GETTER = new Getter();

	static IncomingMetadata of(ServerCall<?, ?> call, Metadata headers) {
		InetAddress peer = (call.getAttributes()
			.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address) ? address.getAddress() : null;
		return new IncomingMetadata(headers, peer, "/" + call.getMethodDescriptor().getFullMethodName());
	}

	private static final class Getter implements TextMapGetter<IncomingMetadata> {

		@Override
		public Iterable<String> keys(IncomingMetadata carrier) {
			return carrier.headers()
				.keys()
				.stream()
				.filter((key) -> !key.startsWith(":") && !key.endsWith(Metadata.BINARY_HEADER_SUFFIX))
				.toList();
		}

		@Override
		public @Nullable String get(@Nullable IncomingMetadata carrier, String name) {
			Iterator<String> values = getAll(carrier, name);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable IncomingMetadata carrier, String name) {
			Iterable<String> values = (carrier != null)
					? carrier.headers().getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)) : null;
			return (values != null) ? values.iterator() : Collections.emptyIterator();
		}

	}

}
