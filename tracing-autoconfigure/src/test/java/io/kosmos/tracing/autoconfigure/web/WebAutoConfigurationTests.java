package io.kosmos.tracing.autoconfigure.web;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

class WebAutoConfigurationTests {

	private static final AutoConfigurations autoConfigurations = AutoConfigurations.of(
			ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
			OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
			WebAutoConfiguration.class);

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	private final ReactiveWebApplicationContextRunner reactiveRunner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(autoConfigurations);

	@Test
	void shouldTakePlaceOfBootsHandler() {
		this.contextRunner
			.run((context) -> assertThat(context).getBean(PropagatingReceiverTracingObservationHandler.class)
				.isInstanceOf(ExcludingReceiverTracingObservationHandler.class));
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ServletActuatorRequests.class)
			.hasSingleBean(ServletStaticResources.class)
			.doesNotHaveBean(ReactiveActuatorRequests.class)
			.doesNotHaveBean(ReactiveStaticResources.class));
		this.reactiveRunner.run((context) -> assertThat(context).hasSingleBean(ReactiveActuatorRequests.class)
			.hasSingleBean(ReactiveStaticResources.class)
			.doesNotHaveBean(ServletActuatorRequests.class)
			.doesNotHaveBean(ServletStaticResources.class));
	}

	@Test
	void shouldBackOffForHandlerOfApplication() {
		this.contextRunner
			.withBean("own", PropagatingReceiverTracingObservationHandler.class,
					() -> new PropagatingReceiverTracingObservationHandler<>(Tracer.NOOP, Propagator.NOOP))
			.run((context) -> assertThat(context).hasSingleBean(PropagatingReceiverTracingObservationHandler.class)
				.hasBean("own"));
	}

	@Test
	void shouldLeaveBootsHandlerWhenTracingIsDisabled() {
		this.contextRunner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(PropagatingReceiverTracingObservationHandler.class)
				.doesNotHaveBean(ExcludingReceiverTracingObservationHandler.class));
	}

	@Test
	void shouldStartWithoutOptionalLibraries() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(PathMappedEndpoints.class, DispatcherHandler.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ActuatorPaths.class)
				.hasSingleBean(ServletStaticResources.class));
		this.contextRunner.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ServletActuatorRequests.class)
				.doesNotHaveBean(ServletStaticResources.class));
		this.reactiveRunner
			.withClassLoader(new FilteredClassLoader(HttpServletRequest.class, DispatcherServlet.class,
					PathMappedEndpoints.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ActuatorPaths.class)
				.hasSingleBean(ReactiveStaticResources.class));
	}

	@Test
	void shouldNotBeThereWithoutWeb() {
		new ApplicationContextRunner().withConfiguration(autoConfigurations)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebAutoConfiguration.class));
	}

	@Test
	void shouldStartWhenOpenTelemetryIsDisabled() {
		this.contextRunner.withPropertyValues("management.opentelemetry.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void shouldTraceRequestWhenDecisionFails() {
		InMemorySpanExporter spans = InMemorySpanExporter.create();
		this.contextRunner.withPropertyValues("management.tracing.sampling.probability=1.0")
			.withBean("recorder", SimpleSpanProcessor.class, () -> SimpleSpanProcessor.builder(spans).build())
			.withBean("failing", RequestExclusion.class, () -> (request) -> {
				throw new IllegalStateException("Cannot tell");
			})
			.run((context) -> {
				ReceiverContext<Object> received = new ReceiverContext<>((carrier, key) -> null);
				received.setCarrier(new Object());
				Observation.start("receive", () -> received, context.getBean(ObservationRegistry.class)).stop();
				assertThat(spans.getFinishedSpanItems()).hasSize(1);
			});
	}

	@Test
	void shouldLeaveUnmarkedContextToSampler() {
		Sampler sampler = new UntracedContextSampler(Sampler.alwaysOn());
		assertThat(sample(sampler, Context.root()).getDecision()).isEqualTo(SamplingDecision.RECORD_AND_SAMPLE);
		assertThat(sample(sampler, UntracedContext.mark(Context.root())).getDecision())
			.isEqualTo(SamplingDecision.DROP);
		assertThat(sampler.getDescription()).contains(Sampler.alwaysOn().getDescription());
	}

	private static SamplingResult sample(Sampler sampler, Context parent) {
		return sampler.shouldSample(parent, "0af7651916cd43dd8448eb211c80319c", "span", SpanKind.INTERNAL,
				Attributes.empty(), List.of());
	}

}
