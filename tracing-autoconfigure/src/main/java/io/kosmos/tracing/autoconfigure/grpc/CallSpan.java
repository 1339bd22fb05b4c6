package io.kosmos.tracing.autoconfigure.grpc;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Status;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The span of one call, in the names of the OpenTelemetry conventions for gRPC. It ends
 * once. Thread-safe; no method throws.
 */
final class CallSpan {

	static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");

	static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");

	private static final AttributeKey<String> STATUS_CODE = AttributeKey.stringKey("rpc.response.status_code");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final AttributeKey<String> MESSAGE_TYPE = AttributeKey.stringKey("rpc.message.type");

	private static final AttributeKey<Long> MESSAGE_ID = AttributeKey.longKey("rpc.message.id");

	private final Span span;

	private final Context context;

	private final boolean messageEvents;

	private final TracingFailures failures;

	private final AtomicBoolean ended = new AtomicBoolean();

	private final AtomicLong sent = new AtomicLong();

	private final AtomicLong received = new AtomicLong();

	/**
	 * Create the span of a call.
	 * @param span the started span
	 * @param context context that it is current in
	 * @param messageEvents whether messages are events
	 * @param failures takes what goes wrong here
	 */
	CallSpan(Span span, Context context, boolean messageEvents, TracingFailures failures) {
		this.span = span;
		this.context = context;
		this.messageEvents = messageEvents;
		this.failures = failures;
	}

	Scope makeCurrent() {
		return this.context.makeCurrent();
	}

	void sent() {
		message("SENT", this.sent);
	}

	void received() {
		message("RECEIVED", this.received);
	}

	private void message(String type, AtomicLong count) {
		if (this.messageEvents) {
			this.span.addEvent("rpc.message", Attributes.of(MESSAGE_TYPE, type, MESSAGE_ID, count.incrementAndGet()));
		}
	}

	void peer(@Nullable SocketAddress peer) {
		if (peer instanceof InetSocketAddress address) {
			this.span.setAttribute(PEER_ADDRESS,
					(address.getAddress() != null) ? address.getAddress().getHostAddress() : address.getHostString());
			this.span.setAttribute(PEER_PORT, (long) address.getPort());
		}
	}

	/**
	 * End the span as a call that the caller gave up.
	 */
	void cancel() {
		end(Status.CANCELLED, false, true);
	}

	/**
	 * End the span.
	 * @param status how the call ended
	 * @param error whether that is an error for the side of this span
	 */
	void end(Status status, boolean error) {
		end(status, error, false);
	}

	private void end(Status status, boolean error, boolean cancelled) {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		try {
			String code = status.getCode().name();
			this.span.setAttribute(STATUS_CODE, code);
			if (cancelled) {
				this.span.setAttribute(KosmosAttributes.CANCELLED, true);
			}
			if (error) {
				this.span.setAttribute(ERROR_TYPE, code);
				this.span.setStatus(StatusCode.ERROR, describe(status));
				if (status.getCause() != null) {
					this.span.recordException(status.getCause());
				}
			}
		}
		catch (Throwable ex) {
			this.failures.record("the end of a gRPC call", ex);
		}
		finally {
			this.span.end();
		}
	}

	private static String describe(Status status) {
		Throwable cause = status.getCause();
		String description = (status.getDescription() == null && cause != null) ? cause.getMessage()
				: status.getDescription();
		return (description != null) ? description : "";
	}

}
