package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Collection;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything of a caller that is trusted. Of any other it reads the ids of the span
 * that called, for a link, and neither what was decided about sampling nor the tracestate
 * nor baggage.
 */
final class TrustingPropagator implements TextMapPropagator {

	private final TextMapPropagator delegate;

	private final CallerTrust trust;

	TrustingPropagator(TextMapPropagator delegate, CallerTrust trust) {
		this.delegate = delegate;
		this.trust = trust;
	}

	@Override
	public Collection<String> fields() {
		return this.delegate.fields();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		this.delegate.inject(context, carrier, setter);
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		if (this.trust.isTrusted(carrier, getter)) {
			return this.delegate.extract(context, carrier, getter);
		}
		SpanContext caller = Span.fromContext(this.delegate.extract(Context.root(), carrier, getter)).getSpanContext();
		return caller.isValid() ? context.with(new UntrustedCaller(caller)) : context;
	}

}
