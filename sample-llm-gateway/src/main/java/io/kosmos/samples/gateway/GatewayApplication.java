package io.kosmos.samples.gateway;

import io.kosmos.samples.gateway.GatewayProperties.OpenAi;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.client.RestClient;

/**
 * The gateway: {@code POST /v1/chat/completions} and {@code GET /v1/models}.
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
	ChatProvider chatProvider(GatewayProperties properties, RestClient.Builder builder, JsonMapper jsonMapper) {
		OpenAi openAi = properties.openai();
		return (openAi != null) ? new OpenAiProvider(openAi, builder, jsonMapper) : new EmbeddedProvider();
	}

}
