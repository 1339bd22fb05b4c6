package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.JaegerPropagator;
import org.jspecify.annotations.Nullable;

/**
 * The trace in {@code uber-trace-id}, without baggage: that of OpenTelemetry's propagator
 * knows neither keys nor hosts that are allowed, and is left to
 * {@link AllowedBaggagePropagator}.
 */
@SuppressWarnings("deprecation")
final class JaegerTracePropagator implements TextMapPropagator {

	private static final JaegerPropagator JAEGER = JaegerPropagator.getInstance();

	@Override
	public Collection<String> fields() {
		return JAEGER.fields();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		JAEGER.inject(context.with(Baggage.empty()), carrier, setter);
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		String value = getter.get(carrier, JAEGER.fields().iterator().next());
		if (value == null) {
			return context;
		}
		try {
			Span span = Span.fromContext(JAEGER.extract(Context.root(), value, Value.INSTANCE));
			return span.getSpanContext().isValid() ? context.with(span) : context;
		}
		catch (IllegalArgumentException ex) {
			// It decodes what holds no colon, and there was nothing to decode.
			return context;
		}
	}

	/**
	 * The value of the one header that there is.
	 */
	private enum Value implements TextMapGetter<String> {

		INSTANCE;

		@Override
		public Iterable<String> keys(String value) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable String value, String key) {
			return value;
		}

	}

}
