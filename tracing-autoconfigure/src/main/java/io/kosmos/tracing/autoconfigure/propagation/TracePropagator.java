package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Type;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Writes every format it is given and reads the first one that holds a trace.
 */
final class TracePropagator implements TextMapPropagator {

	private final List<TextMapPropagator> injectors;

	private final List<TextMapPropagator> extractors;

	private final Set<String> fields;

	TracePropagator(Formats formats) {
		this.injectors = formats.produce().stream().map(TracePropagator::propagator).toList();
		this.extractors = formats.consume().stream().map(TracePropagator::propagator).toList();
		this.fields = this.injectors.stream()
			.flatMap((injector) -> injector.fields().stream())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private static TextMapPropagator propagator(Type type) {
		return switch (type) {
			case W3C -> new W3cTracePropagator();
			case B3 -> B3Propagator.injectingSingleHeader();
			case B3_MULTI -> B3Propagator.injectingMultiHeaders();
			case JAEGER -> new JaegerTracePropagator();
		};
	}

	@Override
	public Collection<String> fields() {
		return this.fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		for (TextMapPropagator injector : this.injectors) {
			injector.inject(context, carrier, setter);
		}
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		for (TextMapPropagator extractor : this.extractors) {
			Context extracted = extractor.extract(context, carrier, getter);
			if (extracted != context && Span.fromContext(extracted).getSpanContext().isValid()) {
				return extracted;
			}
		}
		return context;
	}

}
