package io.kosmos.samples.gateway;

import java.util.List;

import io.kosmos.samples.gateway.GatewayProperties.OpenAi;
import io.kosmos.samples.gateway.GatewayProperties.Provider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GatewayProperties}.
 */
class GatewayPropertiesTests {

	private static final String KEY = "gateway.openai.api-key=sk-secret";

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withUserConfiguration(TestConfiguration.class);

	@Test
	void shouldAnswerByItselfByDefault() {
		this.context.run((context) -> {
			GatewayProperties properties = context.getBean(GatewayProperties.class);
			assertThat(properties.provider()).isEqualTo(Provider.EMBEDDED);
			assertThat(properties.maxMessageLength()).isEqualTo(100_000);
			assertThat(properties.openai()).isNull();
		});
	}

	@Test
	void shouldReadTheServerAndKeepItsKeySecret() {
		this.context
			.withPropertyValues("gateway.provider=openai", "gateway.openai.base-url=http://localhost:11434/v1",
					"gateway.openai.models=llama3,qwen", KEY)
			.run((context) -> {
				GatewayProperties properties = context.getBean(GatewayProperties.class);
				OpenAi openAi = properties.openai();
				assertThat(openAi).isNotNull();
				assertThat(openAi.baseUrl()).hasToString("http://localhost:11434/v1");
				assertThat(openAi.models()).isEqualTo(List.of("llama3", "qwen"));
				assertThat(openAi.apiKey()).isEqualTo("sk-secret");
				assertThat(properties.toString()).contains("llama3").doesNotContain("sk-secret");
			});
	}

	@Test
	void whenTheModelIsEmbeddedShouldNotNeedAServer() {
		this.context.withPropertyValues("gateway.openai.base-url=", "gateway.openai.api-key=")
			.run((context) -> assertThat(context.getBean(GatewayProperties.class).openai()).isNull());
	}

	@ParameterizedTest
	@CsvSource({ ",", "ftp://host/v1", "host:80", "http://user:sk-secret@host/v1", "/v1" })
	void whenServerUrlIsWrongShouldNotStart(String url) {
		this.context
			.withPropertyValues("gateway.provider=openai", "gateway.openai.models=llama3", KEY,
					"gateway.openai.base-url=" + ((url != null) ? url : ""))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("gateway.openai.base-url must be an http or https URL without credentials")
				.hasMessageNotContaining("sk-secret"));
	}

	@Test
	void whenServerIsMissingShouldNotStart() {
		this.context.withPropertyValues("gateway.provider=openai")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("gateway.provider=openai needs gateway.openai.base-url and gateway.openai.models"));
	}

	@Test
	void whenNoModelIsNamedShouldNotStart() {
		this.context.withPropertyValues("gateway.provider=openai", "gateway.openai.base-url=http://localhost/v1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("gateway.openai.models is [] but must name at least one model, and no blank one"));
	}

	@Test
	void whenMessagesMayHaveNoLengthShouldNotStart() {
		this.context.withPropertyValues("gateway.max-message-length=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("gateway.max-message-length is 0 but must be at least 1"));
	}

	@Test
	void whenProviderIsUnknownShouldNotStart() {
		this.context.withPropertyValues("gateway.provider=oracle")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("GatewayProperties.Provider.oracle"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(GatewayProperties.class)
	static class TestConfiguration {

	}

}
