package io.kosmos.samples.gateway;

import java.time.Duration;
import java.util.List;

import io.kosmos.samples.gateway.GatewayProperties.Embedded;
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
			assertThat(properties.providers()).containsExactly(Provider.KOSMOS, Provider.ATLAS);
			assertThat(properties.embedded()).isEqualTo(new Embedded(Duration.ZERO, null));
			assertThat(properties.maxMessageLength()).isEqualTo(100_000);
			assertThat(properties.openai()).isNull();
		});
	}

	@Test
	void shouldReadTheServerAndKeepItsKeySecret() {
		this.context
			.withPropertyValues("gateway.providers=openai", "gateway.openai.base-url=http://localhost:11434/v1",
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
			.withPropertyValues("gateway.providers=openai", "gateway.openai.models=llama3", KEY,
					"gateway.openai.base-url=" + ((url != null) ? url : ""))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("gateway.openai.base-url must be an http or https URL without credentials")
				.hasMessageNotContaining("sk-secret"));
	}

	@Test
	void whenServerIsMissingShouldNotStart() {
		this.context.withPropertyValues("gateway.providers=openai")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("The provider openai needs gateway.openai.base-url and gateway.openai.models"));
	}

	@Test
	void whenNoModelIsNamedShouldNotStart() {
		this.context.withPropertyValues("gateway.providers=openai", "gateway.openai.base-url=http://localhost/v1")
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
		this.context.withPropertyValues("gateway.providers=kosmos,oracle")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("GatewayProperties.Provider.oracle"));
	}

	@Test
	void whenNoProviderIsNamedShouldNotStart() {
		this.context.withPropertyValues("gateway.providers=")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("gateway.providers is empty but must name at least one of kosmos, atlas and openai"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			chunk-delay=-1s      | gateway.embedded.chunk-delay is PT-1S but must not be negative
			fail-after-chunks=-1 | gateway.embedded.fail-after-chunks is -1 but must not be negative
			""")
	void whenAFaultIsNegativeShouldNotStart(String property, String message) {
		this.context.withPropertyValues("gateway.embedded." + property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage(message));
	}

	@Test
	void whenTwoProvidersOfferOneModelShouldNotStart() {
		new ApplicationContextRunner().withUserConfiguration(GatewayApplication.class)
			.withPropertyValues("gateway.providers=kosmos,openai", "gateway.openai.base-url=http://localhost/v1",
					"gateway.openai.models=gpt-4o,kosmos-mini")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("The model kosmos-mini is offered by two of gateway.providers, kosmos and openai"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(GatewayProperties.class)
	static class TestConfiguration {

	}

}
