package io.kosmos.tracing.autoconfigure.websocket;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

class WebSocketAutoConfigurationTests {

	private static final AutoConfigurations autoConfiguration = AutoConfigurations.of(WebSocketAutoConfiguration.class);

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(autoConfiguration);

	@Test
	void shouldBeThereOnItsStackOnly() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ServletMappingBeanPostProcessor.class)
			.doesNotHaveBean(ReactiveAdapterBeanPostProcessor.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(autoConfiguration)
			.run((context) -> assertThat(context).hasSingleBean(ReactiveAdapterBeanPostProcessor.class)
				.doesNotHaveBean(ServletMappingBeanPostProcessor.class));
		new ApplicationContextRunner().withConfiguration(autoConfiguration)
			.run((context) -> assertThat(context).doesNotHaveBean(WebSocketAutoConfiguration.class));
	}

	@Test
	void shouldSwitchOff() {
		for (String property : new String[] { "kosmos.tracing.enabled", "kosmos.tracing.websocket.enabled" }) {
			this.contextRunner.withPropertyValues(property + "=false")
				.run((context) -> assertThat(context).doesNotHaveBean(WebSocketAutoConfiguration.class));
		}
	}

	@Test
	void shouldStartWithoutSpringWebSocket() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(WebSocketHandlerMapping.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ServletMappingBeanPostProcessor.class));
	}

	@Test
	void shouldRefuseUnknownMessages() {
		this.contextRunner.withPropertyValues("kosmos.tracing.websocket.messages=some")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("WebSocketProperties.Messages.some"));
	}

}
