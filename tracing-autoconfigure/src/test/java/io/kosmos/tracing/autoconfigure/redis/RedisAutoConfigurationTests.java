package io.kosmos.tracing.autoconfigure.redis;

import java.net.SocketAddress;

import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.tracing.MicrometerTracing;
import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.TracerProvider;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class RedisAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, RedisAutoConfiguration.class));

	@Test
	void shouldTraceClientsThatNobodyTraces() {
		this.contextRunner.withUserConfiguration(Untraced.class).run((context) -> {
			DefaultClientResources resources = context.getBean(DefaultClientResources.class);
			assertThat(resources.tracing()).isInstanceOf(CommandTracing.class);
			assertThat(resources.tracing().includeCommandArgsInSpanTags()).isFalse();
			assertThat(context).hasSingleBean(TracedCommandObservationHandler.class);
		});
	}

	@Test
	void shouldTakeThePlaceOfSpansOfObservations() {
		this.contextRunner.withUserConfiguration(Observed.class)
			.run((context) -> assertThat(context.getBean(ClientResources.class).tracing())
				.isInstanceOf(CommandTracing.class));
	}

	@Test
	void shouldLeaveClientsThatAreTracedInAnotherWay() {
		this.contextRunner.withUserConfiguration(OwnTracing.class)
			.run((context) -> assertThat(context.getBean(ClientResources.class).tracing())
				.isInstanceOf(OwnTracing.class));
	}

	@Test
	void shouldShutDownTheResourcesOfTheApplication() {
		this.contextRunner.withUserConfiguration(Untraced.class).run((context) -> {
			ClientResources resources = context.getBean(ClientResources.class);
			context.getSourceApplicationContext().close();
			assertThat(resources.eventExecutorGroup().isShuttingDown()).isTrue();
		});
	}

	@Test
	void shouldBackOffWhenDisabled() {
		for (String property : new String[] { "kosmos.tracing.enabled=false", "kosmos.tracing.redis.enabled=false" }) {
			this.contextRunner.withUserConfiguration(Observed.class)
				.withPropertyValues(property)
				.run((context) -> assertThat(context.getBean(ClientResources.class).tracing())
					.isInstanceOf(MicrometerTracing.class));
		}
	}

	@Test
	void shouldBackOffWithoutLettuce() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(RedisClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Untraced {

		@Bean(destroyMethod = "shutdown")
		DefaultClientResources resources() {
			return DefaultClientResources.create();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Observed {

		@Bean(destroyMethod = "shutdown")
		ClientResources resources(ObservationRegistry registry) {
			return ClientResources.builder().tracing(new MicrometerTracing(registry, "Redis")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTracing implements Tracing {

		@Bean(destroyMethod = "shutdown")
		ClientResources resources() {
			return ClientResources.builder().tracing(new OwnTracing()).build();
		}

		@Override
		public TracerProvider getTracerProvider() {
			return Tracing.disabled().getTracerProvider();
		}

		@Override
		public TraceContextProvider initialTraceContextProvider() {
			return Tracing.disabled().initialTraceContextProvider();
		}

		@Override
		public boolean isEnabled() {
			return true;
		}

		@Override
		public boolean includeCommandArgsInSpanTags() {
			return false;
		}

		@Override
		public Endpoint createEndpoint(SocketAddress socketAddress) {
			return Tracing.disabled().createEndpoint(socketAddress);
		}

	}

}
