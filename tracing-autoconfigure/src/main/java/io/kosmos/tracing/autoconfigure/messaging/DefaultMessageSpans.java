package io.kosmos.tracing.autoconfigure.messaging;

import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * {@link MessageSpans} over {@link Spans} and the propagators of the application.
 */
final class DefaultMessageSpans implements MessageSpans {

	private final Spans spans;

	private final Supplier<TextMapPropagator> propagator;

	private final TracingFailures failures;

	DefaultMessageSpans(Spans spans, Supplier<TextMapPropagator> propagator, TracingFailures failures) {
		this.spans = spans;
		this.propagator = propagator;
		this.failures = failures;
	}

	@Override
	public Spans.Builder send(String system, String destination, @Nullable Map<String, ? super String> carrier) {
		Spans.Builder span = span("send", system, destination).kind(SpanKind.PRODUCER);
		return (carrier != null) ? new InjectingBuilder(span, (context) -> inject(context, carrier)) : span;
	}

	@Override
	public Spans.Builder receive(String system, String destination) {
		return span("receive", system, destination).kind(SpanKind.CLIENT);
	}

	@Override
	public Spans.Builder process(String system, String destination, @Nullable Map<String, ?> carrier) {
		return span("process", system, destination).kind(SpanKind.CONSUMER).parent(extract(Context.current(), carrier));
	}

	@Override
	public Spans.Builder processBatch(String system, String destination,
			Collection<? extends @Nullable Map<String, ?>> carriers) {
		Spans.Builder span = span("process", system, destination).kind(SpanKind.CONSUMER)
			.attribute(MessagingAttributes.BATCH_MESSAGE_COUNT, (long) carriers.size());
		for (Map<String, ?> carrier : carriers) {
			span.link(extract(carrier));
		}
		return span;
	}

	private Spans.Builder span(String operation, String system, String destination) {
		return this.spans.span(operation + " " + destination)
			.attribute(MessagingAttributes.SYSTEM, system)
			.attribute(MessagingAttributes.DESTINATION_NAME, destination)
			.attribute(MessagingAttributes.OPERATION_NAME, operation)
			.attribute(MessagingAttributes.OPERATION_TYPE, operation);
	}

	@Override
	public void inject(@Nullable Map<String, ? super String> carrier) {
		if (carrier != null) {
			inject(Context.current(), carrier);
		}
	}

	private void inject(Context context, Map<String, ? super String> carrier) {
		if (!Span.fromContext(context).getSpanContext().isValid()) {
			return;
		}
		attempt(() -> {
			TextMapPropagator propagator = this.propagator.get();
			propagator.fields().forEach(carrier::remove);
			propagator.inject(context, carrier, DefaultMessageSpans::put);
		});
	}

	private static void put(@Nullable Map<String, ? super String> carrier, String key, String value) {
		if (carrier != null) {
			carrier.put(key, value);
		}
	}

	@Override
	public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
		attempt(() -> this.propagator.get().inject(context, carrier, setter));
	}

	private void attempt(Runnable injection) {
		try {
			injection.run();
		}
		catch (Throwable ex) {
			this.failures.record("the context put into a message", ex);
		}
	}

	@Override
	public Context extract(@Nullable Map<String, ?> carrier) {
		return extract(Context.root(), carrier);
	}

	private Context extract(Context context, @Nullable Map<String, ?> carrier) {
		return (carrier != null) ? extract(context, carrier, MapCarrier.INSTANCE) : context;
	}

	@Override
	public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
		try {
			return this.propagator.get().extract(context, carrier, getter);
		}
		catch (Throwable ex) {
			this.failures.record("the context read from a message", ex);
			return context;
		}
	}

}
