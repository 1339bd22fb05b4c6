package io.kosmos.tracing.autoconfigure.grpc;

import java.util.concurrent.CancellationException;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Makes each call that goes out a span, with all attempts that gRPC makes for it. The
 * span is current for the interceptors that come later, callbacks run in the context of
 * who started the call. A call that has a span from here already gets no second one.
 */
final class TracingClientInterceptor implements ClientInterceptor {

	private static final CallOptions.Key<Boolean> TRACED = CallOptions.Key.createWithDefault("io.kosmos.tracing.traced",
			false);

	private final GrpcTracing tracing;

	TracingClientInterceptor(GrpcTracing tracing) {
		this.tracing = tracing;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		if (options.getOption(TRACED) || this.tracing.isOff()) {
			return next.newCall(method, options);
		}
		// Micrometer creates its observation in here and finds the mark.
		ClientCall<Q, A> call;
		try (Scope ignored = new CurrentCall(SpanKind.CLIENT, method.getFullMethodName()).makeCurrent()) {
			call = next.newCall(method, options.withOption(TRACED, true));
		}
		String authority = (options.getAuthority() != null) ? options.getAuthority() : next.authority();
		return this.tracing.isExcluded(method) ? call : new TracedCall<>(call, method, authority);
	}

	private final class TracedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

		private final MethodDescriptor<Q, A> method;

		private final @Nullable String authority;

		private volatile @Nullable CallSpan span;

		private volatile boolean cancelled;

		private volatile io.grpc.@Nullable Context caller;

		TracedCall(ClientCall<Q, A> call, MethodDescriptor<Q, A> method, @Nullable String authority) {
			super(call);
			this.method = method;
			this.authority = authority;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			CallSpan started = TracingClientInterceptor.this.tracing.call(this.method, this.authority, headers);
			if (started == null) {
				super.start(listener, headers);
				return;
			}
			this.span = started;
			this.caller = io.grpc.Context.current();
			Context context = Context.current();
			try (Scope ignored = started.makeCurrent()) {
				super.start(new TracedListener<>(listener, this, started, context), headers);
			}
			catch (Throwable ex) {
				started.end(Status.fromThrowable(ex), true);
				throw ex;
			}
		}

		@Override
		public void sendMessage(Q message) {
			super.sendMessage(message);
			CallSpan started = this.span;
			if (started != null) {
				started.sent();
			}
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			// What else a caller names as the cause is why it failed.
			this.cancelled = cause == null || cause instanceof CancellationException
					|| cause instanceof InterruptedException;
			super.cancel(message, cause);
		}

		void end(CallSpan started, Status status) {
			started.peer(getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
			if (status.getCode() == Status.Code.CANCELLED && isGivenUp()) {
				started.cancel();
			}
			else {
				started.end(status, !status.isOk());
			}
		}

		private boolean isGivenUp() {
			io.grpc.Context of = this.caller;
			return this.cancelled || (of != null && of.isCancelled());
		}

	}

	private static final class TracedListener<A> extends SimpleForwardingClientCallListener<A> {

		private final TracedCall<?, A> call;

		private final CallSpan span;

		private final Context caller;

		TracedListener(ClientCall.Listener<A> listener, TracedCall<?, A> call, CallSpan span, Context caller) {
			super(listener);
			this.call = call;
			this.span = span;
			this.caller = caller;
		}

		@Override
		public void onHeaders(Metadata headers) {
			try (Scope ignored = this.caller.makeCurrent()) {
				super.onHeaders(headers);
			}
		}

		@Override
		public void onMessage(A message) {
			this.span.received();
			try (Scope ignored = this.caller.makeCurrent()) {
				super.onMessage(message);
			}
		}

		@Override
		public void onReady() {
			try (Scope ignored = this.caller.makeCurrent()) {
				super.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.call.end(this.span, status);
			try (Scope ignored = this.caller.makeCurrent()) {
				super.onClose(status, trailers);
			}
		}

	}

}
