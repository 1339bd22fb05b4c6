package io.kosmos.tracing.autoconfigure.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.kosmos.tracing.SpanEvent;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for their end event. Thread-safe: whoever takes a call out of here
 * is the only one to end it. Spans are neither started nor ended under the lock, since
 * that runs the code of others.
 */
final class OpenCalls {

	private final int max;

	/** Oldest first. */
	private final Set<OpenCall> all = new LinkedHashSet<>();

	/** Oldest first. */
	private final Map<String, List<OpenCall>> byCorrelationId = new HashMap<>();

	private boolean closed;

	OpenCalls(int max) {
		this.max = max;
	}

	/**
	 * The call that makes the one that an event begins.
	 */
	synchronized @Nullable OpenCall parentOf(SpanEvent event) {
		String parentCallId = event.parentCallId();
		OpenCall named = (parentCallId != null)
				? last(event.correlationId(), (call) -> parentCallId.equals(call.key().callId())) : null;
		return (named != null) ? named
				: last(event.correlationId(), (call) -> call.encloses(event.type(), event.timestamp()));
	}

	/**
	 * Add a call.
	 * @return the call that is not open any more because of this: the oldest if there are
	 * too many, or the call itself once this is closed
	 */
	synchronized @Nullable OpenCall add(OpenCall call) {
		if (this.closed) {
			return call;
		}
		OpenCall oldest = (this.all.size() >= this.max) ? this.all.iterator().next() : null;
		if (oldest != null) {
			remove(oldest);
		}
		this.all.add(call);
		this.byCorrelationId.computeIfAbsent(call.key().correlationId(), (id) -> new ArrayList<>()).add(call);
		return oldest;
	}

	/**
	 * Take the call of this key that began last.
	 */
	synchronized @Nullable OpenCall take(OpenCall.Key key) {
		OpenCall call = last(key.correlationId(), (candidate) -> candidate.key().equals(key));
		if (call != null) {
			remove(call);
		}
		return call;
	}

	/**
	 * Take all calls that are of some age, those begun last first.
	 * @param now the time by the clock of this process
	 * @param age the age in nanoseconds
	 */
	synchronized List<OpenCall> takeOlderThan(long now, long age) {
		List<OpenCall> taken = new ArrayList<>();
		for (Iterator<OpenCall> oldest = this.all.iterator(); oldest.hasNext();) {
			OpenCall call = oldest.next();
			if (now - call.nanoTime() < age) {
				break;
			}
			taken.add(call);
		}
		taken.forEach(this::remove);
		Collections.reverse(taken);
		return taken;
	}

	/**
	 * Take all calls, those begun last first, so that what sums them up ends after them.
	 */
	synchronized List<OpenCall> takeAll() {
		List<OpenCall> taken = new ArrayList<>(this.all);
		this.all.clear();
		this.byCorrelationId.clear();
		Collections.reverse(taken);
		return taken;
	}

	/**
	 * Take all calls, and no further ones.
	 */
	synchronized List<OpenCall> close() {
		this.closed = true;
		return takeAll();
	}

	synchronized @Nullable OpenCall oldest() {
		return this.all.isEmpty() ? null : this.all.iterator().next();
	}

	synchronized int size() {
		return this.all.size();
	}

	private @Nullable OpenCall last(String correlationId, Predicate<OpenCall> condition) {
		List<OpenCall> calls = this.byCorrelationId.getOrDefault(correlationId, List.of());
		for (int i = calls.size() - 1; i >= 0; i--) {
			if (condition.test(calls.get(i))) {
				return calls.get(i);
			}
		}
		return null;
	}

	private void remove(OpenCall call) {
		this.all.remove(call);
		String correlationId = call.key().correlationId();
		List<OpenCall> calls = this.byCorrelationId.get(correlationId);
		if (calls != null) {
			calls.remove(call);
			if (calls.isEmpty()) {
				this.byCorrelationId.remove(correlationId);
			}
		}
	}

}
