package io.kosmos.tracing.autoconfigure.mongodb;

import java.util.List;

import com.mongodb.MongoClientSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.mongo.v3_1.MongoTelemetry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class MongodbAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(OpenTelemetrySdkAutoConfiguration.class, MongodbAutoConfiguration.class));

	@Test
	void shouldListenToCommandsOfClients() {
		this.contextRunner.run((context) -> {
			MongoClientSettings.Builder builder = MongoClientSettings.builder();
			context.getBean(MongoClientSettingsBuilderCustomizer.class).customize(builder);
			MongoClientSettings settings = builder.build();
			assertThat(settings.getCommandListeners()).singleElement().isInstanceOf(CallerCommandListener.class);
			assertThat(settings.getContextProvider()).isNotNull();
			assertThat(System.getProperty("otel.semconv-stability.opt-in")).isNull();
		});
	}

	@Test
	void shouldLeaveClientThatIsObserved() {
		this.contextRunner.run((context) -> {
			MongoClientSettings.Builder builder = MongoClientSettings.builder()
				.addCommandListener(MongoTelemetry.create(OpenTelemetry.noop()).createCommandListener());
			context.getBean(MongoClientSettingsBuilderCustomizer.class).customize(builder);
			assertThat(builder.build().getCommandListeners()).hasSize(1);
			assertThat(builder.build().getContextProvider()).isNull();
		});
	}

	@Test
	void shouldBackOffWhenDisabled() {
		for (String property : List.of("kosmos.tracing.enabled=false", "kosmos.tracing.mongodb.enabled=false")) {
			this.contextRunner.withPropertyValues(property)
				.run((context) -> assertThat(context).doesNotHaveBean(MongoClientSettingsBuilderCustomizer.class));
		}
	}

	@Test
	void shouldBackOffWithoutDriverOrLibrary() {
		for (Class<?> missing : List.of(MongoClientSettings.class, MongoTelemetry.class)) {
			this.contextRunner.withClassLoader(new FilteredClassLoader(missing))
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(MongodbAutoConfiguration.class));
		}
	}

}
