package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * Prices of models, asked at the end of each call of one. A bean of this type replaces
 * the price table. Must be thread-safe and fast: it is asked on the thread of the caller,
 * and a model's name may come from a user.
 */
@FunctionalInterface
public interface ModelPrices {

	/**
	 * Find what a model costs.
	 * @param provider provider as in {@code gen_ai.provider.name}, such as {@code openai}
	 * or {@code gcp.gemini}
	 * @param model name of the model as the provider knows it
	 * @return the price, or {@code null} if it is unknown
	 */
	@Nullable ModelPrice find(String provider, String model);

}
