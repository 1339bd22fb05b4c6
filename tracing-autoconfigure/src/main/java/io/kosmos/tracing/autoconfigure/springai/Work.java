package io.kosmos.tracing.autoconfigure.springai;

import java.util.concurrent.atomic.AtomicReference;

import io.kosmos.tracing.DetachedSpan;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Something that Spring AI does, as tracing sees it. It is kept in the context of the
 * observation, where whatever is observed below finds it.
 *
 * @param parent what it is part of; {@code null} if that is not of Spring AI
 * @param context context in which it is done
 * @param span its span; {@code null} if it has none of its own
 * @param conversation the conversation it belongs to; {@code null} if not known
 * @param answer the answer that it reads chunk by chunk, if it does
 */
record Work(@Nullable Work parent, Context context, @Nullable DetachedSpan span, @Nullable String conversation,
		AtomicReference<@Nullable StreamedAnswer> answer) {

	Work(@Nullable Work parent, Context context, @Nullable DetachedSpan span, @Nullable String conversation) {
		this(parent, context, span, conversation, new AtomicReference<>());
	}

	static @Nullable Work of(Observation.ContextView observed) {
		return observed.get(Work.class);
	}

	static @Nullable Work above(Observation.ContextView observed) {
		ObservationView parent = observed.getParentObservation();
		return (parent != null) ? of(parent.getContextView()) : null;
	}

}
