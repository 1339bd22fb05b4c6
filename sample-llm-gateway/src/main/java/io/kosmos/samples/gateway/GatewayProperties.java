package io.kosmos.samples.gateway;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Configuration of the gateway.
 *
 * @param provider who answers: the model inside the gateway, or an OpenAI-compatible
 * server
 * @param maxMessageLength length in characters of the longest message that is accepted
 * @param openai server that answers when {@code gateway.provider=openai}, otherwise
 * {@code null}
 */
@ConfigurationProperties("gateway")
record GatewayProperties(@DefaultValue("embedded") Provider provider, @DefaultValue("100000") int maxMessageLength,
		@Nullable OpenAi openai) {

	GatewayProperties {
		Assert.isTrue(maxMessageLength > 0,
				() -> "gateway.max-message-length is %d but must be at least 1".formatted(maxMessageLength));
		if (provider == Provider.OPENAI) {
			Assert.notNull(openai, "gateway.provider=openai needs gateway.openai.base-url and gateway.openai.models");
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

		/** The deterministic model inside the gateway, which needs no network. */
		EMBEDDED,

		/** An OpenAI-compatible server. */
		OPENAI

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
