package io.kosmos.tracing.autoconfigure.sampling;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

	@ParameterizedTest
	@CsvSource(
			textBlock = """
					sampler=always,    'ParentBased{root:AlwaysOnSampler,'
					sampler=never,     'ParentBased{root:AlwaysOffSampler,'
					rate-limit=5,      'ParentBased{root:RateLimit{5.0/s of AlwaysOnSampler},'
					rules[0].route=/a, 'ParentBased{root:Rules{1, else TraceIdRatioBased{0.500000}},'
					caller.sampled=decide, 'ParentBased{root:TraceIdRatioBased{0.500000},remoteParentSampled:Caller{decided here},'
					caller.rate-limit=5, 'ParentBased{root:TraceIdRatioBased{0.500000},remoteParentSampled:Caller{up to 5.0/s},'
					""")
	void shouldPreferWhatItIsToldToBootsSampler(String property, String description) {
		String[] properties = property.startsWith("rules")
				? new String[] { "kosmos.tracing.sampling." + property,
						"kosmos.tracing.sampling.rules[0].probability=0" }
				: new String[] { "kosmos.tracing.sampling." + property };
		this.runner.withPropertyValues(properties)
			.withPropertyValues("management.opentelemetry.tracing.sampler=trace_id_ratio",
					"management.tracing.sampling.probability=0.5")
			.run((context) -> {
				assertThat(context.getBean(Sampler.class).getDescription()).startsWith(description);
				assertThat(context.getBean(SdkTracerProvider.class).getSampler())
					.hasToString(context.getBean(Sampler.class).getDescription());
			});
	}

	@Test
	void shouldOfferTheOperatorTheChange() {
		this.runner.withPropertyValues("kosmos.tracing.sampling.probability=0.25").run((context) -> {
			SamplerOperation operation = context.getBean(SamplerOperation.class);
			assertThat(operation.run("never")).isEqualTo(Map.of("was", "probability=0.25", "is", "never"));
			assertThat(context.getBean(Tracer.class).spanBuilder("work").startSpan().getSpanContext().isSampled())
				.isFalse();
			assertThat(context.getBean(SamplingSection.class).read()).hasEntrySatisfying("sampler",
					(sampler) -> assertThat(sampler).isEqualTo("never"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "own", "off" })
	void shouldNotChangeWhatIsNotItsOwn(String why) {
		ApplicationContextRunner runner = (why.equals("own"))
				? this.runner.withBean("own", Sampler.class, () -> Sampler.traceIdRatioBased(0.1))
				: this.runner.withPropertyValues("kosmos.tracing.sampling.enabled=false");
		runner.run((context) -> {
			assertThat(context.getBean(SamplingSection.class).read()).containsOnlyKeys("description");
			assertThatIllegalArgumentException().isThrownBy(() -> context.getBean(SamplerOperation.class).run("always"))
				.withMessageContaining("cannot be changed");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(SamplingRuleOperation.class).run("a probability=1"))
				.withMessageContaining("cannot be changed");
		});
	}

	@Test
	void shouldSayThatThereIsNoSamplerWhenOpenTelemetryIsOff() {
		this.runner.withPropertyValues("management.opentelemetry.enabled=false")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(SamplerOperation.class).run("always"))
				.withMessageContaining("management.opentelemetry.enabled is false"));
	}

	@Test
	void shouldPutWhatOtherFeaturesSayAroundTheSamplerInUse() {
		this.runner.withUserConfiguration(Wrappers.class)
			.withBean("own", Sampler.class, Sampler::alwaysOff)
			.run((context) -> {
				assertThat(context.getBean(SdkTracerProvider.class).getSampler())
					.hasToString("outer{inner{AlwaysOffSampler}}");
				assertThat(context).getBean(Sampler.class).isSameAs(Sampler.alwaysOff());
			});
	}

	@Test
	void shouldKeepTheNameOfTheSamplerForWhoReadsIt() {
		this.runner.run((context) -> assertThat(context.getBean(SdkTracerProvider.class).getSampler())
			.hasToString(Sampler.parentBased(Sampler.alwaysOn()).toString()));
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

	@Configuration(proxyBeanMethods = false)
	static class Wrappers {

		@Bean
		@Order(2)
		UnaryOperator<Sampler> outer() {
			return (sampler) -> new Named("outer", sampler);
		}

		@Bean
		@Order(1)
		UnaryOperator<Sampler> inner() {
			return (sampler) -> new Named("inner", sampler);
		}

	}

	record Named(String name, Sampler inside) implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			return this.inside.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
		}

		@Override
		public String getDescription() {
			return this.name + "{" + this.inside.getDescription() + "}";
		}

		@Override
		public String toString() {
			return getDescription();
		}

	}

}
