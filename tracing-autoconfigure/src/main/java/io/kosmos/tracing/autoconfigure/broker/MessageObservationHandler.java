package io.kosmos.tracing.autoconfigure.broker;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.KeyValue;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Makes one kind of Spring's observations of messages spans in the semantic conventions,
 * in the place of Micrometer's own handler, which must come later in the group: typed
 * attributes and the name are there when the sampler asks, and nothing that a message
 * holds can fail the work for it. A name and key values that the application's own
 * convention gives are taken over.
 *
 * @param <T> the kind
 */
abstract class MessageObservationHandler<T extends Observation.Context> implements TracingObservationHandler<T> {

	private final MessageTracing tracing;

	private final Tracer tracer;

	private final Class<T> type;

	private final ObservationConvention<T> convention;

	private final Set<String> conventionKeys;

	/**
	 * Create the handler.
	 * @param tracing makes the spans
	 * @param tracer opens their scopes
	 * @param type the kind
	 * @param documentation documents the keys that Spring's own convention gives
	 * @param convention Spring's own convention
	 */
	MessageObservationHandler(MessageTracing tracing, Tracer tracer, Class<T> type,
			ObservationDocumentation documentation, ObservationConvention<T> convention) {
		this.tracing = tracing;
		this.tracer = tracer;
		this.type = type;
		this.convention = convention;
		this.conventionKeys = Stream
			.concat(Arrays.stream(documentation.getLowCardinalityKeyNames()),
					Arrays.stream(documentation.getHighCardinalityKeyNames()))
			.map(KeyName::asString)
			.collect(Collectors.toUnmodifiableSet());
	}

	MessageTracing tracing() {
		return this.tracing;
	}

	/**
	 * Start the span.
	 * @return the context with the span
	 */
	abstract Context start(T observed);

	/**
	 * What really went wrong.
	 */
	abstract Throwable cause(Throwable error);

	@Override
	public void onStart(T observed) {
		this.tracing.attempt(() -> {
			Context context = start(observed);
			Span span = Span.fromContext(context);
			observed.put(Started.class, new Started(span, new AtomicBoolean()));
			getTracingContext(observed).setSpan(OtelSpan.fromOtel(span, context));
		});
		// Boot's handler of meters insists on one.
		getTracingContext(observed);
	}

	@Override
	public void onScopeOpened(T observed) {
		if (Started.of(observed) != null) {
			this.tracing.attempt(() -> TracingObservationHandler.super.onScopeOpened(observed));
		}
	}

	@Override
	public void onScopeClosed(T observed) {
		this.tracing.attempt(() -> TracingObservationHandler.super.onScopeClosed(observed));
	}

	@Override
	public void onEvent(Observation.Event event, T observed) {
		if (Started.of(observed) != null) {
			this.tracing.attempt(() -> TracingObservationHandler.super.onEvent(event, observed));
		}
	}

	@Override
	public void onError(T observed) {
		// The end tells it.
	}

	@Override
	public void onStop(T observed) {
		Started started = Started.of(observed);
		if (started == null || !started.ended().compareAndSet(false, true)) {
			return;
		}
		Span span = started.span();
		this.tracing.attempt(() -> {
			String name = observed.getContextualName();
			if (name != null && !name.equals(this.convention.getContextualName(observed))) {
				span.updateName(name);
			}
			for (KeyValue keyValue : observed.getAllKeyValues()) {
				if (!this.conventionKeys.contains(keyValue.getKey()) && !keyValue.getKey().equals("error")) {
					span.setAttribute(keyValue.getKey(), keyValue.getValue());
				}
			}
		});
		Throwable error = observed.getError();
		this.tracing.end(span, (error != null) ? cause(error) : null);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return this.type.isInstance(context);
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

	/**
	 * The span of an observation.
	 *
	 * @param span the span
	 * @param ended whether it has ended
	 */
	record Started(Span span, AtomicBoolean ended) {

		static @Nullable Started of(Observation.ContextView observed) {
			return observed.get(Started.class);
		}

	}

}
