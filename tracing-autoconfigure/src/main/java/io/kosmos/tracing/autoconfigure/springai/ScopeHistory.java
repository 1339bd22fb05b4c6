package io.kosmos.tracing.autoconfigure.springai;

import java.util.ArrayDeque;
import java.util.Deque;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Remembers, for each scope of an observation that is open on this thread, the
 * OpenTelemetry context from before.
 * <p>
 * Spring AI opens a scope of the parent observation while it starts a stream. If that
 * observation is the current one already, the scope hides the spans that were opened
 * inside it since; this is how to find them.
 */
final class ScopeHistory implements BeanPostProcessor {

	private final ThreadLocal<Deque<Context>> before = ThreadLocal.withInitial(ArrayDeque::new);

	/**
	 * Listen to a registry as its first handler: Boot adds the others after
	 * initialization.
	 */
	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof ObservationRegistry registry) {
			registry.observationConfig().observationHandler(new Listener());
		}
		return bean;
	}

	/**
	 * The context from before the innermost scope.
	 */
	@Nullable Context beforeInnermost() {
		return this.before.get().peek();
	}

	private final class Listener implements ObservationHandler<Observation.Context> {

		@Override
		public void onScopeOpened(Observation.Context context) {
			ScopeHistory.this.before.get().push(Context.current());
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			Deque<Context> contexts = ScopeHistory.this.before.get();
			contexts.poll();
			if (contexts.isEmpty()) {
				ScopeHistory.this.before.remove();
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
