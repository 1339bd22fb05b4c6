package io.kosmos.tracing.autoconfigure.request;

import java.util.Collections;
import java.util.Iterator;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
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
		Context context = this.edge.enter((name) -> values(headers, name));
		if (context == Context.current()) {
			return next.startCall(call, headers);
		}
		try (Scope ignored = context.makeCurrent()) {
			return new ContextListener<>(next.startCall(call, headers), context);
		}
	}

	private static Iterator<String> values(Metadata headers, String name) {
		Iterable<String> values = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
		return (values != null) ? values.iterator() : Collections.emptyIterator();
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
