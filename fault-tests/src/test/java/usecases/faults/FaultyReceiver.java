package usecases.faults;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import org.jspecify.annotations.Nullable;

/**
 * An OTLP receiver on a port of the loopback interface that stays the same, however often
 * it is closed and opened again.
 */
final class FaultyReceiver implements AutoCloseable {

	/** Requests above are refused as too large: what gRPC servers take by default. */
	static final int MAX_BYTES = 4 * 1024 * 1024;

	/** A request with a span of this name is refused as a whole. */
	static final String POISONED = "poisoned";

	/** Spans of this name are left out of the requests they are in. */
	static final String UNWANTED = "unwanted";

	private final Protocol protocol;

	private final int port = Ports.free();

	private final Inbox inbox = new Inbox();

	private final AtomicInteger requests = new AtomicInteger();

	private volatile Fault fault = Fault.DOWN;

	private @Nullable Certificate certificate;

	private @Nullable AutoCloseable server;

	FaultyReceiver(Protocol protocol) {
		this.protocol = protocol;
	}

	String endpoint() {
		return ((this.certificate != null) ? "https" : "http") + "://127.0.0.1:" + this.port;
	}

	Inbox inbox() {
		return this.inbox;
	}

	/** Return the number of requests that were read, whatever became of them. */
	int requests() {
		return this.requests.get();
	}

	/**
	 * Identify itself by a certificate from the next opening on.
	 * @param certificate the certificate
	 */
	void identify(Certificate certificate) {
		this.certificate = certificate;
	}

	/**
	 * Misbehave from now on.
	 * @param fault how
	 */
	synchronized void misbehave(Fault fault) throws Exception {
		this.fault = fault;
		if (fault == Fault.DOWN) {
			close();
		}
		else if (this.server == null) {
			this.server = (this.protocol == Protocol.GRPC) ? GrpcServer.open(this, this.port, this.certificate)
					: PlainServer.open(this, this.port, this.certificate);
		}
	}

	void work() throws Exception {
		misbehave(Fault.NONE);
	}

	/**
	 * Take a request, or do not.
	 * @param bytes size of the request
	 * @param request the request
	 * @return what to answer
	 */
	Reply receive(int bytes, Request request) throws IOException, InterruptedException {
		this.requests.incrementAndGet();
		switch (this.fault) {
			case DOWN -> {
				return new Reply(Reply.Kind.NEVER, 0);
			}
			case UNAVAILABLE -> {
				return new Reply(Reply.Kind.UNAVAILABLE, 0);
			}
			case UNAVAILABLE_FOR_A_SECOND -> {
				return new Reply(Reply.Kind.UNAVAILABLE_FOR_A_SECOND, 0);
			}
			case HANG -> {
				return new Reply(Reply.Kind.NEVER, 0);
			}
			case SLOW -> Thread.sleep(1000);
			case NONE -> {
			}
		}
		if (this.fault == Fault.DOWN) {
			return new Reply(Reply.Kind.NEVER, 0);
		}
		if (bytes > MAX_BYTES) {
			return new Reply(Reply.Kind.TOO_LARGE, 0);
		}
		ExportTraceServiceRequest message = request.message();
		boolean poisoned = message.getResourceSpansList()
			.stream()
			.flatMap((ofResource) -> ofResource.getScopeSpansList().stream())
			.flatMap((ofScope) -> ofScope.getSpansList().stream())
			.anyMatch((span) -> span.getName().equals(POISONED));
		if (poisoned) {
			return new Reply(Reply.Kind.REFUSED, 0);
		}
		return new Reply(Reply.Kind.TAKEN, this.inbox.take(message, UNWANTED));
	}

	@Override
	public synchronized void close() throws Exception {
		this.fault = Fault.DOWN;
		if (this.server != null) {
			this.server.close();
			this.server = null;
		}
	}

	/**
	 * A protocol of OTLP.
	 */
	enum Protocol {

		HTTP, GRPC;

		@Override
		public String toString() {
			return (this == HTTP) ? "HTTP" : "gRPC";
		}

	}

	/**
	 * What was read.
	 */
	@FunctionalInterface
	interface Request {

		ExportTraceServiceRequest message() throws IOException;

	}

	/**
	 * What is answered.
	 *
	 * @param kind in a word
	 * @param rejected number of spans that a taken request lost
	 */
	record Reply(Kind kind, int rejected) {

		enum Kind {

			TAKEN, UNAVAILABLE, UNAVAILABLE_FOR_A_SECOND, TOO_LARGE, REFUSED, NEVER

		}

	}

}
