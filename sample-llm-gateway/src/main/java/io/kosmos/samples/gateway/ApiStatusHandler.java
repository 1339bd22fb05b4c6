package io.kosmos.samples.gateway;

import java.util.concurrent.CancellationException;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import org.springframework.grpc.server.exception.GrpcExceptionHandler;
import org.springframework.stereotype.Component;

/**
 * Gives every error the status that gRPC's clients expect, with the message that HTTP
 * gives it.
 */
@Component
class ApiStatusHandler implements GrpcExceptionHandler {

	private static final Metadata.Key<String> RETRY_AFTER = Metadata.Key.of("retry-after",
			Metadata.ASCII_STRING_MARSHALLER);

	@Override
	public @Nullable StatusException handleException(Throwable exception) {
		if (exception instanceof ApiException ex) {
			Metadata trailers = new Metadata();
			if (ex.retryAfter() != null) {
				trailers.put(RETRY_AFTER, ex.retryAfter());
			}
			return status(ex).withDescription(ex.getMessage()).withCause(ex).asException(trailers);
		}
		return (exception instanceof CancellationException) ? Status.CANCELLED.withCause(exception).asException()
				: null;
	}

	private static Status status(ApiException ex) {
		return switch (ex.status()) {
			case BAD_REQUEST -> Status.INVALID_ARGUMENT;
			case NOT_FOUND -> Status.NOT_FOUND;
			case TOO_MANY_REQUESTS -> Status.RESOURCE_EXHAUSTED;
			case GATEWAY_TIMEOUT -> Status.DEADLINE_EXCEEDED;
			// Not UNAVAILABLE, which is what a client makes of a gateway that is not
			// there.
			default -> Status.INTERNAL;
		};
	}

}
