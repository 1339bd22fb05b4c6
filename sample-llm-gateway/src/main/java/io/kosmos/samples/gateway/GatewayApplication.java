package io.kosmos.samples.gateway;

import java.util.Objects;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/**
 * The gateway: {@code POST /v1/chat/completions}, {@code POST /v1/embeddings} and
 * {@code GET /v1/models}.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
public class GatewayApplication {

	/**
	 * Start the gateway.
	 * @param args command line arguments, which may set properties
	 */
	public static void main(String[] args) {
		SpringApplication.run(GatewayApplication.class, args);
	}

	// Boot's builder, not RestClient.create(): it makes the HTTP client span and passes
	// the trace on.
	@Bean
	ModelCatalog modelCatalog(GatewayProperties properties, RestClient.Builder builder, JsonMapper jsonMapper) {
		return new ModelCatalog(properties.providers().stream().map((provider) -> switch (provider) {
			case KOSMOS -> EmbeddedProvider.kosmos(properties.embedded(), jsonMapper);
			case ATLAS -> EmbeddedProvider.atlas(properties.embedded(), jsonMapper);
			case OPENAI -> new OpenAiProvider(Objects.requireNonNull(properties.openai()), builder, jsonMapper);
		}).toList());
	}

}
