package io.kosmos.tracing.benchmarks;

import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ModelPrices;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanProcessors;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.ResolvableType;

/**
 * A started application with Spring Boot's tracing, its context wrappers and its MDC, and
 * nothing that exports.
 */
final class BootContext implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Scope parent;

	private BootContext(ConfigurableApplicationContext context, Sampling sampling) {
		this.context = context;
		this.parent = sampling.enter(context.getBean(Tracer.class));
	}

	static BootContext start(Sampling sampling, boolean kosmosTracing) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return new BootContext(application.run("--logging.level.root=warn", "--spring.main.banner-mode=off",
				kosmosTracing ? "--kosmos.tracing.enabled=true" : withoutKosmosTracing(),
				"--kosmos.tracing.sampling.probability=" + sampling.probability(),
				"--management.tracing.sampling.probability=" + sampling.probability(),
				"--management.observations.annotations.enabled=true",
				"--otel.instrumentation.common.default-enabled=false"), sampling);
	}

	/**
	 * Keep kosmos-tracing out of a context. It cannot just be switched off, because that
	 * switches Boot's tracing off as well.
	 */
	static String withoutKosmosTracing() {
		ClassLoader classLoader = BootContext.class.getClassLoader();
		return "--spring.autoconfigure.exclude=" + ImportCandidates.load(AutoConfiguration.class, classLoader)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.kosmos."))
			.collect(Collectors.joining(","));
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	UnaryOperator<SpanData> spanOperator() {
		return this.context
			.<UnaryOperator<SpanData>>getBeanProvider(ResolvableType.forClassWithGenerics(UnaryOperator.class, SpanData.class))
			.orderedStream()
			.reduce((first, second) -> second)
			.orElseThrow();
	}

	@Override
	public void close() {
		this.parent.close();
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration")
	@Import({ RawWork.class, TracedWork.class, MicrometerWork.class })
	static class Application {

		// What these need is not there without kosmos-tracing.
		@Bean
		@Lazy
		OperationWork operationWork(AgentSpans agents) {
			return new OperationWork(agents);
		}

		@Bean
		@Lazy
		RawOperationWork rawOperationWork(Tracer tracer, ModelPrices prices) {
			return new RawOperationWork(tracer, prices);
		}

		@Bean
		SpanProcessors spanProcessors() {
			return SpanProcessors.of(new IgnoringSpanProcessor());
		}

	}

}
