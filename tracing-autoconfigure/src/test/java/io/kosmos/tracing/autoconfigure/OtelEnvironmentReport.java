package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application that prints what its environment made of it.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class OtelEnvironmentReport {

	public static void main(String[] arguments) {
		SpringApplication application = new SpringApplication(OtelEnvironmentReport.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(arguments)) {
			print(context, Resource.class);
			print(context, Sampler.class);
			print(context, SpanProcessor.class);
			print(context, SpanLimits.class);
			System.out.println(
					"REPORT propagated: " + context.getBean(ContextPropagators.class).getTextMapPropagator().fields());
			System.out.println("REPORT " + context.getBean(StartupReport.class).describe());
		}
	}

	private static void print(ConfigurableApplicationContext context, Class<?> type) {
		System.out.println("REPORT " + type.getSimpleName() + ": " + context.getBeansOfType(type).values());
	}

}
