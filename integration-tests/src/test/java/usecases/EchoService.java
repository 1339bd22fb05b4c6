package usecases;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.trace.Span;

/**
 * A service of texts, in each of gRPC's four kinds, which notes in which span its code
 * runs.
 */
final class EchoService implements BindableService {

	static final String NAME = "kosmos.test.Echo";

	static final MethodDescriptor<String, String> UNARY = method(NAME, "Unary", MethodType.UNARY);

	static final MethodDescriptor<String, String> DOWN = method(NAME, "Down", MethodType.SERVER_STREAMING);

	static final MethodDescriptor<String, String> UP = method(NAME, "Up", MethodType.CLIENT_STREAMING);

	static final MethodDescriptor<String, String> BOTH = method(NAME, "Both", MethodType.BIDI_STREAMING);

	/** Spans that were current, by the step of the call. */
	final List<Step> steps = new CopyOnWriteArrayList<>();

	private volatile Consumer<StreamObserver<String>> unary = (answer) -> {
		answer.onNext("done");
		answer.onCompleted();
	};

	static MethodDescriptor<String, String> method(String service, String name, MethodType type) {
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
			.setRequestMarshaller(Text.INSTANCE)
			.setResponseMarshaller(Text.INSTANCE)
			.build();
	}

	void answering(Consumer<StreamObserver<String>> answer) {
		this.unary = answer;
	}

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(NAME).addMethod(UNARY, ServerCalls.asyncUnaryCall((request, answer) -> {
			note("unary", answer);
			this.unary.accept(answer);
		})).addMethod(DOWN, ServerCalls.asyncServerStreamingCall((request, answer) -> {
			note("down", answer);
			for (int i = 0; i < 3; i++) {
				answer.onNext(request + i);
			}
			answer.onCompleted();
		})).addMethod(UP, ServerCalls.asyncClientStreamingCall((answer) -> {
			note("up", answer);
			return new Requests(answer, false);
		})).addMethod(BOTH, ServerCalls.asyncBidiStreamingCall((answer) -> {
			note("both", answer);
			return new Requests(answer, true);
		})).build();
	}

	private void note(String step, StreamObserver<String> answer) {
		note(step);
		ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) answer;
		call.setOnCancelHandler(() -> note("cancel"));
		call.setOnCloseHandler(() -> note("close"));
	}

	private void note(String step) {
		this.steps.add(new Step(step, Span.current().getSpanContext().getSpanId()));
	}

	record Step(String name, String spanId) {

	}

	private final class Requests implements StreamObserver<String> {

		private final StreamObserver<String> answer;

		private final boolean echo;

		Requests(StreamObserver<String> answer, boolean echo) {
			this.answer = answer;
			this.echo = echo;
		}

		@Override
		public void onNext(String request) {
			note("next");
			if (this.echo) {
				this.answer.onNext(request);
			}
		}

		@Override
		public void onError(Throwable error) {
			note("error");
		}

		@Override
		public void onCompleted() {
			note("completed");
			if (!this.echo) {
				this.answer.onNext("done");
			}
			this.answer.onCompleted();
		}

	}

	private enum Text implements Marshaller<String> {

		INSTANCE;

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
