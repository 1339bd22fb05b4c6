package io.kosmos.tracing.autoconfigure.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.kosmos.tracing.autoconfigure.request.RequestAutoConfiguration;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

class GrpcAutoConfigurationTests {

	private static final String SERVER = "kosmosGrpcServerInterceptor";

	private static final String CLIENT = "kosmosGrpcClientInterceptor";

	private static final String IDS = "kosmosGrpcRequestIdsInterceptor";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
					OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
					SpansAutoConfiguration.class, RequestAutoConfiguration.class, GrpcAutoConfiguration.class));

	@Test
	void shouldSupplyInterceptorsOfWhichTheIdsComeFirst() {
		this.runner.run((context) -> {
			assertThat(context).getBean(SERVER).isInstanceOf(TracingServerInterceptor.class);
			assertThat(context).getBean(CLIENT).isInstanceOf(TracingClientInterceptor.class);
			assertThat(context).hasSingleBean(CallObservationHandler.class).hasSingleBean(ClientInterceptor.class);
			assertThat(context.getBeanProvider(ServerInterceptor.class).orderedStream())
				.containsExactly((ServerInterceptor) context.getBean(IDS), (ServerInterceptor) context.getBean(SERVER));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled=false", "kosmos.tracing.grpc.enabled=false" })
	void whenOffShouldLetCallsPass(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).getBean(SERVER).isInstanceOf(PassingInterceptor.class);
			assertThat(context).getBean(CLIENT).isInstanceOf(PassingInterceptor.class);
			assertThat(context).hasBean(IDS).doesNotHaveBean(CallObservationHandler.class);
		});
	}

	@Test
	void whenThereIsNoGrpcShouldDoNothing() {
		this.runner.withClassLoader(new FilteredClassLoader("io.grpc", "org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SERVER)
				.doesNotHaveBean(IDS)
				.doesNotHaveBean(GrpcTracing.class));
	}

	@Test
	void whenThereIsNoSpringGrpcShouldSupplyInterceptors() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.grpc"))
			.run((context) -> assertThat(context).hasBean(SERVER).hasBean(CLIENT).hasBean(IDS));
	}

	@Test
	void whenThereAreNoObservationsOfCallsShouldSupplyInterceptors() {
		this.runner.withClassLoader(new FilteredClassLoader(ObservationGrpcServerInterceptor.class))
			.run((context) -> assertThat(context).hasBean(SERVER)
				.hasBean(CLIENT)
				.doesNotHaveBean(CallObservationHandler.class));
	}

	@Test
	void whenApplicationHasInterceptorsOfThatNameShouldBackOff() {
		this.runner.withUserConfiguration(Own.class)
			.run((context) -> assertThat(context).getBean(SERVER).isSameAs(context.getBean(Own.class).interceptor));
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		private final ServerInterceptor interceptor = new PassingInterceptor();

		@Bean
		ServerInterceptor kosmosGrpcServerInterceptor() {
			return this.interceptor;
		}

	}

}
