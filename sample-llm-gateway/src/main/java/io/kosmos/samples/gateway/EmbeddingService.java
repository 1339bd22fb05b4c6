package io.kosmos.samples.gateway;

import io.kosmos.tracing.AgentSpans;

import org.springframework.stereotype.Service;

/**
 * Has texts turned into vectors by the provider that offers the model, with one
 * {@code embeddings} span for each request.
 */
@Service
class EmbeddingService {

	private final ModelCatalog models;

	private final AgentSpans agents;

	EmbeddingService(ModelCatalog models, AgentSpans agents) {
		this.models = models;
		this.agents = agents;
	}

	EmbeddingList embed(EmbeddingRequest request) {
		ModelProvider provider = this.models.forEmbeddings(request.model());
		if (provider == null) {
			throw ApiException.modelNotFound(request.model());
		}
		return this.agents.embeddings(provider.name(), request.model()).in(() -> provider.embed(request));
	}

}
