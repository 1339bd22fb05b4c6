package usecases.boundaries;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import org.springframework.stereotype.Component;

/**
 * The gRPC side of a service, whose messages are text.
 */
@Component
class StopsService implements BindableService {

	private static final String NAME = "boundaries.Stops";

	static final MethodDescriptor<String, String> GO = method(MethodType.UNARY, "Go");

	/** Answers what {@link #GO} does, three times. */
	static final MethodDescriptor<String, String> WATCH = method(MethodType.SERVER_STREAMING, "Watch");

	private final Stop stop;

	StopsService(Stop stop) {
		this.stop = stop;
	}

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(NAME)
			.addMethod(GO, ServerCalls.asyncUnaryCall((request, responses) -> answer(request, 1, responses)))
			.addMethod(WATCH,
					ServerCalls.asyncServerStreamingCall((request, responses) -> answer(request, 3, responses)))
			.build();
	}

	private void answer(String request, int times, StreamObserver<String> responses) {
		try {
			String answer = this.stop.arrive(Journey.parse(request));
			for (int i = 0; i < times; i++) {
				responses.onNext(answer);
			}
			responses.onCompleted();
		}
		catch (RuntimeException ex) {
			responses.onError(Status.INTERNAL.withDescription(ex.getMessage()).withCause(ex).asRuntimeException());
		}
	}

	private static MethodDescriptor<String, String> method(MethodType type, String name) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
			.setRequestMarshaller(new TextMarshaller())
			.setResponseMarshaller(new TextMarshaller())
			.build();
	}

	private static final class TextMarshaller implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
