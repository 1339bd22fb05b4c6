package io.kosmos.tracing.autoconfigure.context;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class ObservationContextAutoConfigurationTests {

	private static final ContextKey<String> KEY = ContextKey.named("region");

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldSupplyTheHandlersInThePlaceOfBoots() {
		this.runner.run((context) -> {
			assertThat(context).getBean(DefaultTracingObservationHandler.class)
				.isInstanceOf(CurrentContextObservationHandler.class);
			assertThat(context).getBean(PropagatingSenderTracingObservationHandler.class)
				.isInstanceOf(CurrentContextSenderObservationHandler.class);
		});
	}

	@Test
	void shouldKeepWhatWasPutIntoTheContextInsideAnObservation() {
		this.runner.run((context) -> {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("outer", registry).observe(() -> {
				try (Scope scope = Context.current().with(KEY, "north").makeCurrent()) {
					Observation.createNotStarted("inner", registry)
						.observe(() -> assertThat(Context.current().get(KEY)).isEqualTo("north"));
				}
			});
			Observation outer = Observation.createNotStarted("outer", registry).start();
			Observation inner = Observation.createNotStarted("inner", registry).parentObservation(outer).start();
			assertThat(traceId(inner)).isEqualTo(traceId(outer));
			inner.stop();
			outer.stop();
		});
	}

	private static String traceId(Observation observation) {
		try (Observation.Scope scope = observation.openScope()) {
			return Span.current().getSpanContext().getTraceId();
		}
	}

	@Test
	void shouldBackOffForTheHandlersOfTheApplication() {
		this.runner.withUserConfiguration(OwnHandlers.class)
			.run((context) -> assertThat(context).doesNotHaveBean(CurrentContextObservationHandler.class)
				.doesNotHaveBean(CurrentContextSenderObservationHandler.class));
	}

	@Test
	void shouldLeaveBootsHandlersWhenTracingIsOff() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(DefaultTracingObservationHandler.class)
				.doesNotHaveBean(CurrentContextObservationHandler.class)
				.doesNotHaveBean(CurrentContextSenderObservationHandler.class));
	}

	@Test
	void shouldBackOffWithoutTheBridge() {
		this.runner.withClassLoader(new FilteredClassLoader(OtelTracer.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ObservationContextAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHandlers {

		@Bean
		DefaultTracingObservationHandler ownHandler(Tracer tracer) {
			return new DefaultTracingObservationHandler(tracer);
		}

		@Bean
		PropagatingSenderTracingObservationHandler<?> ownSenderHandler(Tracer tracer, Propagator propagator) {
			return new PropagatingSenderTracingObservationHandler<>(tracer, propagator);
		}

	}

}
