package io.kosmos.tracing.autoconfigure.springai;

import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.Spans;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Makes one kind of Spring AI's observations spans of ours, in the place of Micrometer's
 * own handler, which must come later in the group. Attributes that the application adds
 * to an observation are kept; those of Spring AI are replaced.
 *
 * @param <T> the kind
 */
abstract class SpanObservationHandler<T extends Observation.Context> implements TracingObservationHandler<T> {

	private final SpringAiTracing tracing;

	private final Class<T> type;

	SpanObservationHandler(SpringAiTracing tracing, Class<T> type) {
		this.tracing = tracing;
		this.type = type;
	}

	SpringAiTracing tracing() {
		return this.tracing;
	}

	/**
	 * The span.
	 * @param observed what is observed
	 * @param parent context below which it happens
	 * @return the span, or {@code null} if what is observed needs none of its own
	 */
	abstract Spans.@Nullable Builder span(T observed, Context parent);

	/**
	 * The conversation that what is observed tells itself.
	 */
	@Nullable String conversation(T observed) {
		return null;
	}

	/**
	 * Whether it is a stream.
	 */
	boolean isStreaming(T observed) {
		return false;
	}

	/**
	 * The span is started.
	 */
	void started(T observed, Work work, DetachedSpan span) {
	}

	/**
	 * What was observed is over: end the span.
	 */
	void end(T observed, DetachedSpan span, @Nullable Throwable error) {
		if (error != null) {
			span.fail(error);
		}
		else {
			span.end();
		}
	}

	@Override
	public void onStart(T observed) {
		this.tracing.attempt(() -> {
			Context parent = this.tracing.parentOf(observed, isStreaming(observed));
			Work above = Work.above(observed);
			String conversation = conversation(observed);
			if (conversation == null && above != null) {
				conversation = above.conversation();
			}
			Spans.Builder builder = span(observed, parent);
			DetachedSpan span = (builder != null)
					? builder.attribute(GenAiAttributes.CONVERSATION_ID, conversation).parent(parent).start() : null;
			Work work = new Work(above, (span != null) ? span.context() : parent, span, conversation);
			observed.put(Work.class, work);
			Span current = Span.fromContext(work.context());
			if (current.getSpanContext().isValid()) {
				getTracingContext(observed).setSpan(OtelSpan.fromOtel(current, work.context()));
			}
			if (span != null) {
				started(observed, work, span);
			}
		});
		// Boot's handler of meters insists on one.
		getTracingContext(observed);
	}

	@Override
	public void onScopeOpened(T observed) {
		Work work = Work.of(observed);
		if (work != null) {
			this.tracing.attempt(() -> this.tracing.openScope(observed, work));
		}
	}

	@Override
	public void onScopeClosed(T observed) {
		this.tracing.attempt(() -> this.tracing.closeScope(observed));
	}

	@Override
	public void onEvent(Observation.Event event, T observed) {
		Work work = Work.of(observed);
		if (work != null && work.span() != null) {
			work.span().event(event.getContextualName());
		}
	}

	@Override
	public void onError(T observed) {
		// The end tells it.
	}

	@Override
	public void onStop(T observed) {
		Work work = Work.of(observed);
		DetachedSpan span = (work != null) ? work.span() : null;
		if (span == null) {
			return;
		}
		this.tracing.attempt(() -> {
			for (KeyValue keyValue : observed.getAllKeyValues()) {
				if (!isOfSpringAi(keyValue.getKey())) {
					span.attribute(keyValue.getKey(), keyValue.getValue());
				}
			}
			Throwable error = observed.getError();
			end(observed, span, (error != null) ? cause(error) : null);
		});
	}

	private static boolean isOfSpringAi(String key) {
		String name = key.toLowerCase(Locale.ROOT);
		return name.startsWith("gen_ai.") || name.startsWith("spring.ai.") || name.startsWith("db.")
				|| name.equals("error");
	}

	/**
	 * What really went wrong.
	 */
	Throwable cause(Throwable error) {
		boolean wrapped = error instanceof CompletionException || error instanceof ExecutionException;
		return (wrapped && error.getCause() != null) ? error.getCause() : error;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return this.type.isInstance(context);
	}

	@Override
	public Tracer getTracer() {
		return this.tracing.tracer();
	}

}
