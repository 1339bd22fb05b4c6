package io.kosmos.tracing.autoconfigure.grpc;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Makes each call that comes in a span, which is current wherever gRPC runs code of the
 * service. The span ends when gRPC has done with the call. A call that has a span from
 * here already gets no second one.
 */
final class TracingServerInterceptor implements ServerInterceptor {

	private static final Attributes.Key<Boolean> TRACED = Attributes.Key.create("io.kosmos.tracing.traced");

	/** What the conventions call errors of a server; the rest is the caller's doing. */
	private static final Set<Status.Code> ERRORS = EnumSet.of(Status.Code.UNKNOWN, Status.Code.DEADLINE_EXCEEDED,
			Status.Code.UNIMPLEMENTED, Status.Code.INTERNAL, Status.Code.UNAVAILABLE, Status.Code.DATA_LOSS);

	private static final long MAX_EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final GrpcTracing tracing;

	TracingServerInterceptor(GrpcTracing tracing) {
		this.tracing = tracing;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		CallSpan span = (this.tracing.isOff() || call.getAttributes().get(TRACED) != null) ? null
				: this.tracing.serve(call, headers);
		if (span == null) {
			return next.startCall(call, headers);
		}
		TracedCall<Q, A> traced = new TracedCall<>(call, span);
		try (Scope ignored = span.makeCurrent()) {
			return new TracedListener<>(next.startCall(traced, headers), traced);
		}
		catch (Throwable ex) {
			traced.failToStart(ex);
			throw ex;
		}
	}

	private static final class TracedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

		private final CallSpan span;

		private final @Nullable Deadline deadline = Context.current().getDeadline();

		private final long timeoutNanos = (this.deadline != null) ? this.deadline.timeRemaining(TimeUnit.NANOSECONDS)
				: 0;

		private volatile Status status = Status.UNKNOWN;

		TracedCall(ServerCall<Q, A> call, CallSpan span) {
			super(call);
			this.span = span;
		}

		@Override
		public Attributes getAttributes() {
			return super.getAttributes().toBuilder().set(TRACED, true).build();
		}

		@Override
		public void sendMessage(A message) {
			super.sendMessage(message);
			this.span.sent();
		}

		@Override
		public void close(Status status, Metadata trailers) {
			this.status = status;
			super.close(status, trailers);
		}

		void complete() {
			this.span.end(this.status, ERRORS.contains(this.status.getCode()));
		}

		/*
		 * There is no listener that gRPC could tell the end, and without one the call
		 * does not know of its cancellation: its context does. The caller gets the status
		 * of the failure.
		 */
		void failToStart(Throwable failure) {
			if (isCancelled() || Context.current().isCancelled()) {
				cancel();
				return;
			}
			this.status = Status.fromThrowable(failure);
			complete();
		}

		void cancel() {
			if (isOutOfTime()) {
				this.span.end(Status.DEADLINE_EXCEEDED, true);
			}
			else {
				this.span.cancel();
			}
		}

		/*
		 * The deadline of the client began earlier, so its cancellation mostly is here
		 * before the deadline of the server.
		 */
		private boolean isOutOfTime() {
			return this.deadline != null && this.deadline.timeRemaining(TimeUnit.NANOSECONDS) <= Math
				.min(this.timeoutNanos / 10, MAX_EARLY_NANOS);
		}

	}

	private static final class TracedListener<Q> extends SimpleForwardingServerCallListener<Q> {

		private final TracedCall<Q, ?> call;

		private final CallSpan span;

		TracedListener(ServerCall.Listener<Q> listener, TracedCall<Q, ?> call) {
			super(listener);
			this.call = call;
			this.span = call.span;
		}

		@Override
		public void onMessage(Q message) {
			this.span.received();
			run(() -> super.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			run(super::onHalfClose);
		}

		@Override
		public void onReady() {
			run(super::onReady);
		}

		// gRPC ends the call with UNKNOWN then, and says so to nobody on this side.
		private void run(Runnable callback) {
			try (Scope ignored = this.span.makeCurrent()) {
				callback.run();
			}
			catch (Throwable ex) {
				// Of a call that was cancelled, gRPC tells the listener.
				if (!this.call.isCancelled()) {
					this.span.end(Status.UNKNOWN.withCause(ex), true);
				}
				throw ex;
			}
		}

		@Override
		public void onComplete() {
			try (Scope ignored = this.span.makeCurrent()) {
				super.onComplete();
			}
			finally {
				this.call.complete();
			}
		}

		@Override
		public void onCancel() {
			try (Scope ignored = this.span.makeCurrent()) {
				super.onCancel();
			}
			finally {
				this.call.cancel();
			}
		}

	}

}
