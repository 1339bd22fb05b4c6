package usecases.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslProvider;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceImplBase;
import org.jspecify.annotations.Nullable;
import usecases.faults.FaultyReceiver.Reply;

/**
 * A receiver's open port, over gRPC.
 */
final class GrpcServer extends TraceServiceImplBase implements AutoCloseable {

	private final FaultyReceiver receiver;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private @Nullable Server server;

	private GrpcServer(FaultyReceiver receiver) {
		this.receiver = receiver;
	}

	static GrpcServer open(FaultyReceiver receiver, int port, @Nullable Certificate certificate) throws Exception {
		GrpcServer grpc = new GrpcServer(receiver);
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port))
			.executor(grpc.threads)
			.maxInboundMessageSize(64 * 1024 * 1024)
			.addService(grpc);
		if (certificate != null) {
			builder.sslContext(GrpcSslContexts.configure(certificate.forNetty(), SslProvider.JDK).build());
		}
		grpc.server = builder.build().start();
		return grpc;
	}

	@Override
	public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> observer) {
		try {
			Reply reply = this.receiver.receive(request.getSerializedSize(), () -> request);
			switch (reply.kind()) {
				case TAKEN -> {
					observer.onNext(PlainServer.response(reply.rejected()));
					observer.onCompleted();
				}
				case UNAVAILABLE -> observer.onError(Status.UNAVAILABLE.asRuntimeException());
				case UNAVAILABLE_FOR_A_SECOND -> observer.onError(inASecond());
				case TOO_LARGE -> observer.onError(Status.RESOURCE_EXHAUSTED
					.withDescription("grpc: received message larger than max (" + request.getSerializedSize() + " vs. "
							+ FaultyReceiver.MAX_BYTES + ")")
					.asRuntimeException());
				case REFUSED -> observer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
				case NEVER -> {
				}
			}
		}
		catch (IOException ex) {
			observer.onError(Status.INTERNAL.withCause(ex).asRuntimeException());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static StatusRuntimeException inASecond() {
		return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
			.setCode(Code.UNAVAILABLE_VALUE)
			.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build()))
			.build());
	}

	@Override
	public void close() throws InterruptedException {
		if (this.server != null) {
			this.server.shutdownNow();
			this.server.awaitTermination(1, TimeUnit.SECONDS);
			this.threads.shutdownNow();
		}
	}

}
