package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.Spans;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;

/**
 * Calls of embedding models.
 */
final class EmbeddingModelHandler extends SpanObservationHandler<EmbeddingModelObservationContext> {

	EmbeddingModelHandler(SpringAiTracing tracing) {
		super(tracing, EmbeddingModelObservationContext.class);
	}

	@Override
	Spans.Builder span(EmbeddingModelObservationContext observed, Context parent) {
		EmbeddingOptions options = observed.getRequest().getOptions();
		return tracing().agents()
			.embeddings(Providers.conventional(observed.getOperationMetadata().provider()),
					(options != null) ? options.getModel() : null);
	}

	@Override
	void end(EmbeddingModelObservationContext observed, DetachedSpan span, @Nullable Throwable error) {
		if (error != null) {
			span.fail(error);
		}
		else {
			span.end(observed.getResponse());
		}
	}

}
