package io.kosmos.tracing.autoconfigure.sampling;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class SamplingAutoConfigurationTests {

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldRecordEverythingByDefault() {
		sampler(this.runner, Sampler.parentBased(Sampler.alwaysOn()));
	}

	@Test
	void shouldRecordAShare() {
		sampler(this.runner.withPropertyValues("kosmos.tracing.sampling.probability=0.25"),
				Sampler.parentBased(Sampler.traceIdRatioBased(0.25)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "0.0", "1", "1.0" })
	void shouldTakeTheBounds(String probability) {
		this.runner.withPropertyValues("kosmos.tracing.sampling.probability=" + probability)
			.run((context) -> assertThat(
					context.getBean(Tracer.class).spanBuilder("work").startSpan().getSpanContext().isSampled())
				.isEqualTo(probability.startsWith("1")));
	}

	@Test
	void shouldRecordNothingButMakeTraceIdsWhenSwitchedOff() {
		this.runner
			.withPropertyValues("kosmos.tracing.sampling.enabled=false", "kosmos.tracing.sampling.probability=1.0")
			.run((context) -> {
				assertThat(context.getBean(Sampler.class)).isEqualTo(Sampler.alwaysOff());
				assertThat(context.getBean(Tracer.class).spanBuilder("work").startSpan().getSpanContext().isValid())
					.isTrue();
			});
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			always_on,                AlwaysOnSampler
			always-off,               AlwaysOffSampler
			trace_id_ratio,           TraceIdRatioBased{0.500000}
			parent_based_always_on,   'ParentBased{root:AlwaysOnSampler,'
			parent_based_always_off,  'ParentBased{root:AlwaysOffSampler,'
			PARENT_BASED_TRACE_ID_RATIO, 'ParentBased{root:TraceIdRatioBased{0.500000},'
			""")
	void shouldTakeBootsSampler(String sampler, String description) {
		this.runner
			.withPropertyValues("management.opentelemetry.tracing.sampler=" + sampler,
					"management.tracing.sampling.probability=0.5")
			.run((context) -> assertThat(context.getBean(Sampler.class).getDescription()).startsWith(description));
	}

	@Test
	void shouldTakeBootsProbability() {
		sampler(this.runner.withPropertyValues("management.tracing.sampling.probability=0.5"),
				Sampler.parentBased(Sampler.traceIdRatioBased(0.5)));
	}

	@Test
	void shouldPreferOwnProbabilityToBoots() {
		sampler(this.runner.withPropertyValues("management.opentelemetry.tracing.sampler=always_off",
				"management.tracing.sampling.probability=0.5", "kosmos.tracing.sampling.probability=0.25"),
				Sampler.parentBased(Sampler.traceIdRatioBased(0.25)));
	}

	@Test
	void shouldBackOffForTheSamplerOfTheApplication() {
		Sampler own = Sampler.traceIdRatioBased(0.1);
		this.runner.withBean("own", Sampler.class, () -> own)
			.withPropertyValues("kosmos.tracing.sampling.probability=0.25")
			.run((context) -> assertThat(context).getBean(Sampler.class).isSameAs(own));
	}

	@Test
	void shouldLeaveBootsSamplerWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("kosmosSampler"));
	}

	@Test
	void shouldBackOffWithoutTheSdk() {
		this.runner.withClassLoader(new FilteredClassLoader("io.opentelemetry.sdk"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SamplingAutoConfiguration.class));
	}

	private static void sampler(ApplicationContextRunner runner, Sampler expected) {
		runner.run((context) -> {
			assertThat(context).hasSingleBean(Sampler.class).hasBean("kosmosSampler");
			assertThat(context.getBean(Sampler.class)).hasToString(expected.toString());
		});
	}

}
