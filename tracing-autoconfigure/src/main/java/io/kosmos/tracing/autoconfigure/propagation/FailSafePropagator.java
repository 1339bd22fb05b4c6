package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Collection;
import java.util.function.BiConsumer;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what fails in a propagator, or in the carrier that it is given, from the call
 * that is propagated. What the propagator wrote until then stays.
 */
final class FailSafePropagator implements TextMapPropagator {

	private final TextMapPropagator delegate;

	private final BiConsumer<String, Throwable> failures;

	/**
	 * Create the propagator.
	 * @param delegate what may fail
	 * @param failures takes the place of a failure, and the failure
	 */
	FailSafePropagator(TextMapPropagator delegate, BiConsumer<String, Throwable> failures) {
		this.delegate = delegate;
		this.failures = failures;
	}

	@Override
	public Collection<String> fields() {
		return this.delegate.fields();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		try {
			this.delegate.inject(context, carrier, setter);
		}
		catch (Throwable ex) {
			this.failures.accept("the writing of propagation headers", ex);
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		try {
			return this.delegate.extract(context, carrier, getter);
		}
		catch (Throwable ex) {
			this.failures.accept("the reading of propagation headers", ex);
			return context;
		}
	}

}
