package io.kosmos.tracing.autoconfigure.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * A receiver without a network, whose answers a test decides.
 */
final class ScriptedReceiver implements OtlpSender {

	static final Answer ACCEPTED = new Answer(Outcome.ACCEPTED, 0, null, "");

	static final Answer UNAVAILABLE = new Answer(Outcome.UNAVAILABLE, 0, null, "nobody is there");

	static final Answer REFUSED = new Answer(Outcome.REFUSED, 0, null, "HTTP 400");

	static final Answer TOO_LARGE = new Answer(Outcome.TOO_LARGE, 0, null, "HTTP 413");

	private final List<String> spans = Collections.synchronizedList(new ArrayList<>());

	private final List<Integer> requests = Collections.synchronizedList(new ArrayList<>());

	private final AtomicInteger underWay = new AtomicInteger();

	private final AtomicInteger mostUnderWay = new AtomicInteger();

	private volatile Function<Received, Answer> script = (received) -> ACCEPTED;

	private volatile boolean closed;

	@Override
	public Answer send(List<byte[]> messages) {
		this.mostUnderWay.accumulateAndGet(this.underWay.incrementAndGet(), Math::max);
		try {
			Received received = received(messages);
			this.requests.add(received.names().size());
			Answer answer = this.script.apply(received);
			if (answer.outcome() == Outcome.ACCEPTED) {
				this.spans.addAll(received.names());
			}
			return answer;
		}
		finally {
			this.underWay.decrementAndGet();
		}
	}

	private static Received received(List<byte[]> messages) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		messages.forEach(joined::writeBytes);
		try {
			List<String> names = ExportTraceServiceRequest.parseFrom(joined.toByteArray())
				.getResourceSpansList()
				.stream()
				.flatMap((resource) -> resource.getScopeSpansList().stream())
				.flatMap((scope) -> scope.getSpansList().stream())
				.map(Span::getName)
				.toList();
			return new Received(names, joined.size());
		}
		catch (InvalidProtocolBufferException ex) {
			throw new UncheckedIOException(new IOException(ex));
		}
	}

	void answers(Answer answer) {
		this.script = (received) -> answer;
	}

	void answers(Function<Received, Answer> script) {
		this.script = script;
	}

	/**
	 * Answers after a while, unless it is closed before.
	 */
	static Function<Received, Answer> after(Duration duration, ScriptedReceiver receiver, Answer answer) {
		return (received) -> {
			long end = System.nanoTime() + duration.toNanos();
			while (System.nanoTime() < end && !receiver.closed) {
				Thread.onSpinWait();
				java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
			}
			return receiver.closed ? UNAVAILABLE : answer;
		};
	}

	List<String> spans() {
		synchronized (this.spans) {
			return List.copyOf(this.spans);
		}
	}

	List<Integer> requests() {
		synchronized (this.requests) {
			return List.copyOf(this.requests);
		}
	}

	int mostUnderWay() {
		return this.mostUnderWay.get();
	}

	@Override
	public void close() {
		this.closed = true;
	}

	record Received(List<String> names, int bytes) {

	}

}
