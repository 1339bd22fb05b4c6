package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.Spans;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.client.advisor.observation.AdvisorObservationContext;

/**
 * Advisors, which have no spans: what they do that takes time has.
 */
final class AdvisorHandler extends SpanObservationHandler<AdvisorObservationContext> {

	AdvisorHandler(SpringAiTracing tracing) {
		super(tracing, AdvisorObservationContext.class);
	}

	@Override
	Spans.@Nullable Builder span(AdvisorObservationContext observed, Context parent) {
		return null;
	}

}
