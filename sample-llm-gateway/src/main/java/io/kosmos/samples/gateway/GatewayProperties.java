package io.kosmos.samples.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Configuration of the gateway.
 *
 * @param providers who answers, side by side; the name of a model names its provider
 * @param maxMessageLength length in characters of the longest message that is accepted
 * @param embedded how the models inside the gateway behave
 * @param openai server that answers if {@code openai} is one of the providers, otherwise
 * {@code null}
 */
@ConfigurationProperties("gateway")
record GatewayProperties(@DefaultValue("kosmos,atlas") Set<Provider> providers,
		@DefaultValue("100000") int maxMessageLength, @DefaultValue Embedded embedded, @Nullable OpenAi openai) {

	GatewayProperties {
		Assert.isTrue(!providers.isEmpty(),
				"gateway.providers is empty but must name at least one of kosmos, atlas and openai");
		Assert.isTrue(maxMessageLength > 0,
				() -> "gateway.max-message-length is %d but must be at least 1".formatted(maxMessageLength));
		if (providers.contains(Provider.OPENAI)) {
			Assert.notNull(openai, "The provider openai needs gateway.openai.base-url and gateway.openai.models");
			openai.validate();
		}
		else {
			openai = null;
		}
	}

	/**
	 * Who answers.
	 */
	enum Provider {

		/** Deterministic models inside the gateway, which need no network. */
		KOSMOS,

		/** Other models of the same kind, so that two providers can be shown. */
		ATLAS,

		/** An OpenAI-compatible server. */
		OPENAI

	}

	/**
	 * How the models inside the gateway behave, so that a slow or a failing provider can
	 * be shown and tested.
	 *
	 * @param chunkDelay time that a model takes for each chunk of an answer, streamed or
	 * not
	 * @param failAfterChunks how many chunks of each answer a model makes before it
	 * fails, streamed or not; it does not fail if {@code null} or if the answer is
	 * shorter
	 */
	record Embedded(@DefaultValue("0s") Duration chunkDelay, @Nullable Integer failAfterChunks) {

		Embedded {
			Assert.isTrue(!chunkDelay.isNegative(),
					() -> "gateway.embedded.chunk-delay is %s but must not be negative".formatted(chunkDelay));
			Assert.isTrue(failAfterChunks == null || failAfterChunks >= 0,
					() -> "gateway.embedded.fail-after-chunks is %d but must not be negative"
						.formatted(failAfterChunks));
		}

	}

	/**
	 * Access to an OpenAI-compatible server: OpenAI, vLLM, llama-server, Ollama.
	 *
	 * @param baseUrl address of its API up to the version, such as
	 * {@code https://api.openai.com/v1}
	 * @param apiKey key sent as bearer token; none is sent if it is empty
	 * @param models models that callers may ask for
	 */
	record OpenAi(@Nullable URI baseUrl, @Nullable String apiKey, @DefaultValue List<String> models) {

		private void validate() {
			Assert.isTrue(
					this.baseUrl != null && this.baseUrl.getHost() != null && this.baseUrl.getUserInfo() == null
							&& List.of("http", "https").contains(this.baseUrl.getScheme()),
					"gateway.openai.base-url must be an http or https URL without credentials, "
							+ "such as https://api.openai.com/v1");
			Assert.isTrue(!this.models.isEmpty() && this.models.stream().allMatch(StringUtils::hasText),
					() -> "gateway.openai.models is %s but must name at least one model, and no blank one"
						.formatted(this.models));
		}

		@Override
		public String toString() {
			return "OpenAi[baseUrl=%s, models=%s]".formatted(this.baseUrl, this.models);
		}

	}

}
