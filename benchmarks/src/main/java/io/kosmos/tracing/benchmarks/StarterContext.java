package io.kosmos.tracing.benchmarks;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * A started application with the OpenTelemetry Spring Boot starter, which builds an SDK
 * of its own, in place of Spring Boot's tracing.
 */
final class StarterContext implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Scope parent;

	private StarterContext(ConfigurableApplicationContext context, Sampling sampling) {
		this.context = context;
		this.parent = sampling.enter(context.getBean(OpenTelemetry.class).getTracer("benchmark"));
	}

	static StarterContext start(Sampling sampling) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return new StarterContext(application.run("--logging.level.root=warn", "--spring.main.banner-mode=off",
				BootContext.withoutKosmosTracing(), "--otel.traces.exporter=none", "--otel.metrics.exporter=none",
				"--otel.logs.exporter=none", "--otel.traces.sampler=parentbased_traceidratio",
				"--otel.traces.sampler.arg=" + sampling.probability()), sampling);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.parent.close();
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			exclude = { OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
					MicrometerTracingAutoConfiguration.class, NoopTracerAutoConfiguration.class })
	@Import(WithSpanWork.class)
	static class Application {

		@Bean
		AutoConfigurationCustomizerProvider ignoredSpans() {
			return (sdk) -> sdk.addTracerProviderCustomizer(
					(provider, properties) -> provider.addSpanProcessor(new IgnoringSpanProcessor()));
		}

	}

}
