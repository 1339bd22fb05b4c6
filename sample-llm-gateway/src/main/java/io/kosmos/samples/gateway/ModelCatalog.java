package io.kosmos.samples.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which provider offers which model. The name of a model names its provider: no two
 * providers may offer the same one.
 */
final class ModelCatalog {

	private final Map<String, ModelProvider> all = new LinkedHashMap<>();

	ModelCatalog(List<ModelProvider> providers) {
		for (ModelProvider provider : providers) {
			provider.chatModels().forEach((model) -> add(model, provider));
			provider.embeddingModels().forEach((model) -> add(model, provider));
		}
	}

	private void add(String model, ModelProvider provider) {
		ModelProvider other = this.all.put(model, provider);
		if (other != null && other != provider) {
			throw new IllegalStateException("The model %s is offered by two of gateway.providers, %s and %s"
				.formatted(model, other.name(), provider.name()));
		}
	}

	/**
	 * All models by name, each with the provider that offers it.
	 * @return the models in the order of the configuration
	 */
	Map<String, ModelProvider> all() {
		return this.all;
	}

	/**
	 * Find who answers.
	 * @param model name of the model
	 * @return its provider, {@code null} if there is no such model for answers
	 */
	@Nullable ModelProvider forChat(String model) {
		ModelProvider provider = this.all.get(model);
		return (provider != null && provider.chatModels().contains(model)) ? provider : null;
	}

	/**
	 * Find who turns texts into vectors.
	 * @param model name of the model
	 * @return its provider, {@code null} if there is no such model for embeddings
	 */
	@Nullable ModelProvider forEmbeddings(String model) {
		ModelProvider provider = this.all.get(model);
		return (provider != null && provider.embeddingModels().contains(model)) ? provider : null;
	}

}
