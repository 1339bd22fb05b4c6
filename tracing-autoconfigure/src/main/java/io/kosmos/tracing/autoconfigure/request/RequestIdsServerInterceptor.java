package io.kosmos.tracing.autoconfigure.request;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.Iterator;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.kosmos.tracing.ReceivedCarrier;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/**
 * Lets the ids of a gRPC call in before its server span is started. They are current
 * wherever gRPC runs code of the service, also in a call that is not traced.
 */
final class RequestIdsServerInterceptor implements ServerInterceptor {

	private final @Nullable RequestEdge edge;

	/**
	 * Create the interceptor.
	 * @param edge where the ids enter; without one, calls pass
	 */
	RequestIdsServerInterceptor(@Nullable RequestEdge edge) {
		this.edge = edge;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (this.edge == null) {
			return next.startCall(call, headers);
		}
		Context context = this.edge.enter(new Call(call, headers), Headers.INSTANCE);
		if (context == Context.current()) {
			return next.startCall(call, headers);
		}
		try (Scope ignored = context.makeCurrent()) {
			return new ContextListener<>(next.startCall(call, headers), context);
		}
	}

	/**
	 * A call with the one who makes it, by whom its baggage is judged.
	 */
	private record Call(ServerCall<?, ?> call, Metadata headers) implements ReceivedCarrier {

		@Override
		public @Nullable InetAddress peer() {
			SocketAddress peer = this.call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
			return (peer instanceof InetSocketAddress address) ? address.getAddress() : null;
		}

		@Override
		public String path() {
			return "/" + this.call.getMethodDescriptor().getFullMethodName();
		}

	}

	private enum Headers implements TextMapGetter<Call> {

		INSTANCE;

		@Override
		public Iterable<String> keys(Call call) {
			return call.headers()
				.keys()
				.stream()
				.filter((key) -> !key.endsWith(Metadata.BINARY_HEADER_SUFFIX))
				.toList();
		}

		@Override
		public @Nullable String get(@Nullable Call call, String name) {
			Iterator<String> values = getAll(call, name);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable Call call, String name) {
			Iterable<String> values = (call != null)
					? call.headers().getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)) : null;
			return (values != null) ? values.iterator() : Collections.emptyIterator();
		}

	}

	private static final class ContextListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final Context context;

		ContextListener(ServerCall.Listener<Q> listener, Context context) {
			super(listener);
			this.context = context;
		}

		@Override
		public void onMessage(Q message) {
			try (Scope ignored = this.context.makeCurrent()) {
				super.onMessage(message);
			}
		}

		@Override
		public void onHalfClose() {
			try (Scope ignored = this.context.makeCurrent()) {
				super.onHalfClose();
			}
		}

		@Override
		public void onReady() {
			try (Scope ignored = this.context.makeCurrent()) {
				super.onReady();
			}
		}

		@Override
		public void onComplete() {
			try (Scope ignored = this.context.makeCurrent()) {
				super.onComplete();
			}
		}

		@Override
		public void onCancel() {
			try (Scope ignored = this.context.makeCurrent()) {
				super.onCancel();
			}
		}

	}

}
