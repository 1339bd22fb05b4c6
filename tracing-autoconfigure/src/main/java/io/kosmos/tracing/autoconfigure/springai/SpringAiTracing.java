package io.kosmos.tracing.autoconfigure.springai;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * What the handlers of Spring AI's observations share. Thread-safe.
 */
final class SpringAiTracing {

	private final AgentSpans agents;

	private final Spans spans;

	private final Tracer tracer;

	private final ScopeHistory history;

	// The current observation is in a static thread local, so that any registry finds it.
	private final ObservationRegistry observations = ObservationRegistry.create();

	private final ThreadLocal<Deque<Opened>> scopes = ThreadLocal.withInitial(ArrayDeque::new);

	private final TracingFailures failures;

	SpringAiTracing(AgentSpans agents, Spans spans, Tracer tracer, ScopeHistory history, TracingFailures failures) {
		this.agents = agents;
		this.spans = spans;
		this.tracer = tracer;
		this.history = history;
		this.failures = failures;
	}

	AgentSpans agents() {
		return this.agents;
	}

	Spans spans() {
		return this.spans;
	}

	Tracer tracer() {
		return this.tracer;
	}

	/**
	 * The context below which something that is about to be observed happens.
	 * @param observed context of the observation
	 * @param streaming whether it is a stream, so that its parent was put into scope for
	 * the start alone
	 */
	Context parentOf(Observation.Context observed, boolean streaming) {
		ObservationView parent = observed.getParentObservation();
		Observation.Scope scope = this.observations.getCurrentObservationScope();
		if (parent != null && (scope == null || scope.getCurrentObservation() != parent)) {
			// Another thread than the parent's, and no automatic context propagation.
			Work above = Work.of(parent.getContextView());
			return (above != null) ? above.context() : Context.current();
		}
		if (streaming && scope != null && isOpenedAgain(scope)) {
			Context before = this.history.beforeInnermost();
			return (before != null) ? before : Context.current();
		}
		return Context.current();
	}

	private static boolean isOpenedAgain(Observation.Scope scope) {
		Observation.Scope previous = scope.getPreviousObservationScope();
		return previous != null && previous.getCurrentObservation() == scope.getCurrentObservation();
	}

	void openScope(Observation.Context observed, Work work) {
		this.scopes.get().push(new Opened(observed, work.context().makeCurrent()));
	}

	void closeScope(Observation.Context observed) {
		Deque<Opened> opened = this.scopes.get();
		for (Opened candidate : opened) {
			if (candidate.observed() == observed) {
				opened.remove(candidate);
				candidate.scope().close();
				break;
			}
		}
		if (opened.isEmpty()) {
			this.scopes.remove();
		}
	}

	/**
	 * Do something that must not fail the work that is observed.
	 */
	void attempt(Runnable action) {
		attempt(() -> {
			action.run();
			return true;
		}, false);
	}

	/**
	 * Compute something, which must not fail the work that is observed.
	 * @return the result, or the fallback if there is none
	 */
	<T> T attempt(Supplier<T> action, T fallback) {
		try {
			return action.get();
		}
		catch (Throwable ex) {
			this.failures.record("Spring AI", ex);
			return fallback;
		}
	}

	private record Opened(Observation.Context observed, Scope scope) {

	}

}
