package io.kosmos.tracing.autoconfigure.context;

import java.util.ArrayDeque;
import java.util.Deque;

import io.kosmos.tracing.autoconfigure.context.OpenTelemetryContextAccessor.Captured;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Carries the whole OpenTelemetry context, spans made with the OpenTelemetry API among
 * it, wherever Micrometer's context propagation carries the current observation: to
 * executors and through Reactor pipelines.
 * <p>
 * It must be registered after the accessor of the observation, which runs first and, on
 * the way back, last. An observation that was put into a Reactor context further in than
 * this one is the newer one and wins.
 */
final class OpenTelemetryContextAccessor implements ThreadLocalAccessor<Captured> {

	static final String KEY = "kosmos.tracing.context";

	/**
	 * One for all application contexts, as the registry of accessors is: a task that was
	 * begun when the next application context registers its accessor ends with that one.
	 */
	static final OpenTelemetryContextAccessor INSTANCE = new OpenTelemetryContextAccessor();

	private final ThreadLocal<Deque<Scope>> scopes = ThreadLocal.withInitial(ArrayDeque::new);

	// The current observation is in a static thread local, so that any registry finds it.
	private final ObservationRegistry observations = ObservationRegistry.create();

	private OpenTelemetryContextAccessor() {
	}

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable Captured getValue() {
		Context context = Context.current();
		return (context != Context.root()) ? new Captured(context, this.observations.getCurrentObservation()) : null;
	}

	@Override
	public void setValue(Captured value) {
		Observation current = observed();
		boolean newer = current != null && current != value.observation();
		this.scopes.get().push(newer ? Scope.noop() : value.context().makeCurrent());
	}

	@Override
	public void setValue() {
		// A Reactor context that holds an observation alone, as that of a WebFlux
		// request, means the observation's span and not none.
		this.scopes.get().push((observed() != null) ? Scope.noop() : Context.root().makeCurrent());
	}

	private @Nullable Observation observed() {
		Observation current = this.observations.getCurrentObservation();
		return (current instanceof NullObservation) ? null : current;
	}

	@Override
	public void restore() {
		Deque<Scope> opened = this.scopes.get();
		Scope scope = opened.poll();
		if (scope != null) {
			scope.close();
		}
		if (opened.isEmpty()) {
			this.scopes.remove();
		}
	}

	@Override
	public void restore(Captured previousValue) {
		restore();
	}

	record Captured(Context context, @Nullable Observation observation) {

	}

}
