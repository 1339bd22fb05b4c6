package io.kosmos.samples.gateway;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.trace.SpanKind;

import org.springframework.stereotype.Service;

/**
 * Has texts turned into vectors by the provider that offers the model, with one
 * {@code embeddings} span for each request.
 */
@Service
class EmbeddingService {

	private final ModelCatalog models;

	private final Spans spans;

	EmbeddingService(ModelCatalog models, Spans spans) {
		this.models = models;
		this.spans = spans;
	}

	EmbeddingList embed(EmbeddingRequest request) {
		String model = request.model();
		ModelProvider provider = this.models.forEmbeddings(model);
		String providerName = (provider != null) ? provider.name() : null;
		return this.spans.span((provider != null) ? "embeddings " + model : "embeddings")
			.kind(SpanKind.CLIENT)
			.attribute(GenAiAttributes.OPERATION_NAME, "embeddings")
			.attribute(GenAiAttributes.PROVIDER_NAME, providerName)
			.attribute(GenAiAttributes.REQUEST_MODEL, model)
			.attribute(KosmosAttributes.LLM_PROVIDER, providerName)
			.attribute(KosmosAttributes.LLM_MODEL, model)
			.in(() -> {
				if (provider == null) {
					throw ApiException.modelNotFound(model);
				}
				EmbeddingList answer = provider.embed(request);
				this.spans.current()
					.attribute(GenAiAttributes.RESPONSE_MODEL, answer.model())
					.attribute(GenAiAttributes.USAGE_INPUT_TOKENS, answer.usage().promptTokens())
					.attribute(KosmosAttributes.LLM_PROMPT_TOKENS, answer.usage().promptTokens())
					.attribute(KosmosAttributes.LLM_TOTAL_TOKENS, answer.usage().totalTokens());
				return answer;
			});
	}

}
