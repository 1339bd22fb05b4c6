package io.kosmos.tracing.autoconfigure.console;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;

/**
 * Prints what this process contributed to a trace as one tree, when the last of its
 * sampled spans that are open has ended. A span that starts or ends after that is printed
 * in a tree of its own.
 * <p>
 * What is held is bounded: above {@value #MAX_TRACES} unfinished traces the oldest is
 * printed as it is, and of one trace {@value #MAX_SPANS} spans are shown and the rest is
 * counted.
 */
final class TreeSpanProcessor implements SpanProcessor {

	static final int MAX_TRACES = 256;

	static final int MAX_SPANS = 1_000;

	private final ConsoleOutput output;

	/** Oldest first; the lock guards the map and everything in it. */
	private final Map<String, UnfinishedTrace> unfinished = new LinkedHashMap<>();

	private final ReentrantLock lock = new ReentrantLock();

	TreeSpanProcessor(ConsoleOutput output) {
		this.output = output;
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		if (!span.getSpanContext().isSampled()) {
			return;
		}
		UnfinishedTrace dropped = null;
		this.lock.lock();
		try {
			String traceId = span.getSpanContext().getTraceId();
			UnfinishedTrace trace = this.unfinished.get(traceId);
			if (trace == null) {
				dropped = (this.unfinished.size() < MAX_TRACES) ? null : removeOldest();
				trace = new UnfinishedTrace();
				this.unfinished.put(traceId, trace);
			}
			trace.started(span.getSpanContext().getSpanId());
		}
		finally {
			this.lock.unlock();
		}
		if (dropped != null) {
			print(dropped);
		}
	}

	@Override
	public boolean isEndRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
		if (!span.getSpanContext().isSampled()) {
			return;
		}
		SpanData data = span.toSpanData();
		UnfinishedTrace finished = null;
		this.lock.lock();
		try {
			UnfinishedTrace trace = this.unfinished.get(data.getTraceId());
			if (trace == null) {
				finished = new UnfinishedTrace();
				finished.started(data.getSpanId());
				finished.ended(data);
			}
			else {
				trace.ended(data);
				if (trace.open.isEmpty()) {
					finished = this.unfinished.remove(data.getTraceId());
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (finished != null) {
			print(finished);
		}
	}

	/** Prints what has ended of the traces that are unfinished. */
	@Override
	public CompletableResultCode shutdown() {
		List<UnfinishedTrace> rest;
		this.lock.lock();
		try {
			rest = List.copyOf(this.unfinished.values());
			this.unfinished.clear();
		}
		finally {
			this.lock.unlock();
		}
		rest.forEach(this::print);
		return CompletableResultCode.ofSuccess();
	}

	private UnfinishedTrace removeOldest() {
		Iterator<UnfinishedTrace> oldestFirst = this.unfinished.values().iterator();
		UnfinishedTrace oldest = oldestFirst.next();
		oldestFirst.remove();
		return oldest;
	}

	private void print(UnfinishedTrace trace) {
		List<SpanData> leaving = trace.ended.stream().map(this.output::leaving).filter(Objects::nonNull).toList();
		if (!leaving.isEmpty()) {
			this.output.print(() -> TraceTree.render(leaving, trace.open.size(), trace.notHeld));
		}
	}

	private static final class UnfinishedTrace {

		private final Set<String> open = new HashSet<>();

		private final List<SpanData> ended = new ArrayList<>();

		private int notHeld;

		void started(String spanId) {
			if (this.open.size() + this.ended.size() < MAX_SPANS) {
				this.open.add(spanId);
			}
		}

		void ended(SpanData span) {
			if (this.open.remove(span.getSpanId())) {
				this.ended.add(span);
			}
			else {
				this.notHeld++;
			}
		}

	}

}
