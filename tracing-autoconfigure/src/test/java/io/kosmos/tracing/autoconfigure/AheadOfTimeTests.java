package io.kosmos.tracing.autoconfigure;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application is told when it is processed ahead of time. That one works is shown
 * end to end, with the samples.
 */
class AheadOfTimeTests {

	@Test
	void shouldRegisterWhatIsReadOfTracedMethods() throws Exception {
		RuntimeHints hints = hints(Athena.class);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Athena.class, "answer")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Question.class, "text")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Answer.class, "text")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TracedAgent.class)
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).accepts(hints);
	}

	@Test
	void shouldRegisterNothingOfOtherBeans() {
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Untraced.class, "answer"))
			.rejects(hints(Untraced.class));
	}

	@Test
	void shouldRegisterTheTableOfPrices() {
		assertThat(
				RuntimeHintsPredicates.resource().forResource("io/kosmos/tracing/autoconfigure/cost/model-prices.csv"))
			.accepts(hints(io.kosmos.tracing.autoconfigure.cost.CostAutoConfiguration.class));
	}

	@Test
	void shouldRegisterTheSettingsOfDestinations() {
		RuntimeHints hints = hints(Destinations.class);
		for (Class<?> type : ExporterProperties.class.getDeclaredClasses()) {
			if (type.isRecord()) {
				assertThat(
						RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
					.accepts(hints);
			}
		}
	}

	@Test
	void shouldRegisterWhatTheActuatorReadsOfProperties() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(io.kosmos.tracing.autoconfigure.cost.CostProperties.class, "location"))
			.accepts(hints(io.kosmos.tracing.autoconfigure.cost.CostAutoConfiguration.class));
	}

	@Test
	void whenSwitchedOffWhereItRunsShouldMakeNoSpansAndWriteNoHeaders() {
		SwitchedOffBeanPostProcessor off = new SwitchedOffBeanPostProcessor(
				new MockEnvironment().withProperty("kosmos.tracing.enabled", "false"));
		Tracer tracer = SdkTracerProvider.builder().build().get("test");
		assertThat(((Tracer) off.postProcessAfterInitialization(tracer, "tracer")).spanBuilder("work")
			.startSpan()
			.getSpanContext()
			.isValid()).isFalse();
		assertThat(off.postProcessAfterInitialization(Sampler.alwaysOn(), "sampler")).isEqualTo(Sampler.alwaysOff());
		ContextPropagators propagators = ContextPropagators.create(W3CTraceContextPropagator.getInstance());
		assertThat(off.postProcessAfterInitialization(propagators, "propagators")).isEqualTo(ContextPropagators.noop());
	}

	@Test
	void whenOnWhereItRunsShouldKeepTheBeans() {
		SwitchedOffBeanPostProcessor on = new SwitchedOffBeanPostProcessor(new MockEnvironment());
		assertThat(on.postProcessAfterInitialization(Sampler.alwaysOn(), "sampler")).isEqualTo(Sampler.alwaysOn());
	}

	private static RuntimeHints hints(Class<?> configuration) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(configuration);
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("processed", "Application")), new InMemoryGeneratedFiles());
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return generation.getRuntimeHints();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(ExporterProperties.class)
	static class Destinations {

	}

	record Question(String text) {

	}

	record Answer(String text) {

	}

	static class Athena {

		@TracedAgent(name = "athena", attributes = @Attribute(key = "length", value = "#question.text.length()"))
		Answer answer(Question question) {
			return new Answer(question.text());
		}

	}

	static class Untraced {

		Answer answer(Question question) {
			return new Answer(question.text());
		}

	}

}
