package io.opentelemetry.instrumentation.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Stands for an interceptor of OpenTelemetry's gRPC library, which on the class path
 * would change how gRPC keeps its context in every test.
 */
public class LibraryInterceptor implements ClientInterceptor {

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return next.newCall(method, options);
	}

}
