package io.kosmos.tracing.autoconfigure.http;

import java.net.http.HttpClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class HttpAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HttpAutoConfiguration.class));

	@Test
	void shouldTraceClientsOfTheJdkOnce() {
		HttpClient own = HttpClient.newHttpClient();
		this.contextRunner.withBean("client", HttpClient.class, () -> own).run((context) -> {
			HttpClient client = context.getBean(HttpClient.class);
			assertThat(client).isInstanceOf(TracedHttpClient.class).hasToString("traced " + own);
			HttpClientBeanPostProcessor postProcessor = context.getBean(HttpClientBeanPostProcessor.class);
			assertThat(postProcessor.postProcessAfterInitialization(client, "client")).isSameAs(client);
			assertThat(client.version()).isEqualTo(own.version());
			assertThat(client.followRedirects()).isEqualTo(own.followRedirects());
			assertThat(client.sslContext()).isSameAs(own.sslContext());
			assertThat(client.connectTimeout()).isEqualTo(own.connectTimeout());
		});
	}

	@Test
	void shouldLeaveClassesOfOthersAsTheyAre() {
		HttpClient other = mock(HttpClient.class);
		this.contextRunner.withBean("client", HttpClient.class, () -> other)
			.run((context) -> assertThat(context.getBean(HttpClient.class)).isSameAs(other));
	}

	@Test
	void shouldSwitchOff() {
		for (String property : new String[] { "kosmos.tracing.enabled", "kosmos.tracing.http.enabled" }) {
			this.contextRunner.withPropertyValues(property + "=false")
				.run((context) -> assertThat(context).doesNotHaveBean(HttpAutoConfiguration.class)
					.doesNotHaveBean(HttpErrorHandler.class));
		}
		this.contextRunner
			.withPropertyValues("kosmos.tracing.http.jdk-client=false", "kosmos.tracing.http.report-untraced=false")
			.run((context) -> assertThat(context).hasSingleBean(HttpAutoConfiguration.class)
				.doesNotHaveBean(HttpClientBeanPostProcessor.class)
				.doesNotHaveBean(UntracedClients.class));
	}

	@Test
	void shouldStartWithoutOptionalLibraries() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ClientHttpResponse.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HttpAutoConfiguration.class));
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive", "jakarta.servlet",
					"org.springframework.web.client"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(HttpAutoConfiguration.class)
				.hasBean("kosmosHttpClientErrors")
				.doesNotHaveBean("kosmosServletErrors")
				.doesNotHaveBean("kosmosWebClientErrors"));
	}

	@Test
	void shouldNameClientsInFieldsOfTheApplication(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output.getOut().lines().filter((line) -> line.contains("have no span"))).singleElement()
				.asString()
				.contains("bean 'untraced', field 'web' of bean 'holder', field 'jdk' of bean 'holder'.")
				.contains("@Bean HttpClient httpClient()")
				.doesNotContain("field 'shared'", "field 'traced'");
		});
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	static class Application {

		@Bean
		RestClient untraced() {
			return RestClient.create();
		}

		@Bean
		HttpClient client() {
			return HttpClient.newHttpClient();
		}

		@Bean
		Holder holder(RestClient untraced, HttpClient client) {
			return new Holder(untraced, client);
		}

	}

	@SuppressWarnings("unused")
	static class Holder {

		private final WebClient web = WebClient.create();

		private final HttpClient jdk = HttpClient.newHttpClient();

		private final RestClient shared;

		private final HttpClient traced;

		Holder(RestClient shared, HttpClient traced) {
			this.shared = shared;
			this.traced = traced;
		}

	}

}
