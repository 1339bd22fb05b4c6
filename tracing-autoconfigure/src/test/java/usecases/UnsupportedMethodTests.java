package usecases;

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import io.kosmos.tracing.TracingSection;
import org.aspectj.weaver.Advice;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No annotation does nothing in silence.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnsupportedMethodTests {

	@Test
	void shouldWarnOfEveryMethodThatCannotBeWoven(CapturedOutput output) {
		new TracedApplication(Unweavable.class, FinalBean.class, RecordBean.class, SealedBean.class).run((app) -> {
			assertThat(app.context()).hasNotFailed();
			app.bean(FinalBean.class).work();
			assertThat(app.bean(Unweavable.class).fixed()).isEqualTo("fixed");
			assertThat(app.ended()).isEmpty();
			assertThat(app.context().getBeansOfType(TracingSection.class).values())
				.filteredOn((section) -> section.name().equals("unwoven-methods"))
				.singleElement()
				.extracting((section) -> section.read().get("methods"), InstanceOfAssertFactories.list(String.class))
				.anyMatch((method) -> method.contains("Unweavable#fixed() is final and never traced"))
				.hasSizeGreaterThanOrEqualTo(6);
		});
		assertThat(output).contains("Unweavable#fixed() is final and never traced")
			.contains("Unweavable#hidden(String) is private and never traced")
			.contains("Unweavable#shared() is static and never traced")
			.contains("FinalBean#work() belongs to a final class and is never traced")
			.contains("RecordBean#work() belongs to a record and is never traced")
			.contains("SealedBean#work() belongs to a sealed class and is never traced");
	}

	@Test
	void shouldSayNothingOfMethodsThatAreTraced(CapturedOutput output) {
		new TracedApplication(Fine.class).run((app) -> assertThat(output).doesNotContain("@Traced method"));
	}

	@Test
	void shouldWarnOfAMethodThatAJdkProxyDoesNotHave(CapturedOutput output) {
		new TracedApplication(Hidden.class).with("spring.aop.proxy-target-class=false").run((app) -> {
			app.bean(Visible.class).visible();
			assertThat(app.only().getName()).isEqualTo("Hidden.visible");
		});
		assertThat(output).contains("Hidden#invisible() is not on an interface of its bean").doesNotContain("#visible");
	}

	@Test
	void shouldSayNothingOfAGenericMethodThatAJdkProxyTraces(CapturedOutput output) {
		new TracedApplication(TextStep.class).with("spring.aop.proxy-target-class=false").run((app) -> {
			step(app.bean(Step.class)).apply("x");
			assertThat(app.only().getName()).isEqualTo("TextStep.apply");
		});
		assertThat(output).doesNotContain("@Traced method");
	}

	@SuppressWarnings("unchecked")
	private static Step<Object> step(Step<?> step) {
		return (Step<Object>) step;
	}

	@Test
	void shouldStartAndWarnOfAClassWithPrivateConstructorsAlone(CapturedOutput output) {
		new TracedApplication(Factory.class).run((app) -> assertThat(app.bean(Made.class).work()).isEqualTo("done"));
		assertThat(output).contains("Made#work() belongs to a class with private constructors alone");
	}

	@Test
	void shouldWarnOfABeanThatWasThereBeforeTracing(CapturedOutput output) {
		new TracedApplication().with(TooEarly.class).run((app) -> assertThat(app.context()).hasNotFailed());
		assertThat(output).contains("Fine#work() belongs to a bean that was created before tracing");
	}

	@Test
	void shouldWarnOfAnnotationsThatDoLessThanTheySay(CapturedOutput output) {
		new TracedApplication(Halfway.class).run((app) -> {
			app.bean(Halfway.class).broken("x");
			assertThat(app.only().getAttributes().size()).isZero();
		});
		assertThat(output)
			.contains("Halfway#broken(String) has an @Attribute 'bad' whose expression '#text.(' cannot be")
			.contains("Halfway#result() has a @SpanAttribute without a key")
			.contains("Halfway#future() returns a Future, which tells nobody when it is done")
			.contains("Halfway#connectable() returns reactor.core.publisher.ConnectableFlux, whose span ends when");
	}

	@Test
	void shouldLeaveAPublisherAloneThatItCannotReplace() {
		new TracedApplication(Halfway.class).run((app) -> {
			assertThat(app.bean(Halfway.class).connectable()).isInstanceOf(ConnectableFlux.class);
			assertThat(app.only().getName()).isEqualTo("Halfway.connectable");
		});
	}

	@Test
	void shouldStopTheApplicationWhenToldTo() {
		new TracedApplication(Unweavable.class).with("kosmos.tracing.annotation.unsupported=fail").start((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
				.load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {
				}))
				.stream()
				.filter((analyzer) -> analyzer.getClass().getName().startsWith("io.kosmos."))
				.map((analyzer) -> analyzer.analyze(context.getStartupFailure()))
				.filter(Objects::nonNull)
				.findFirst()
				.orElseThrow();
			assertThat(analysis.getDescription()).contains("Unweavable#fixed() is final")
				.contains("Unweavable#shared() is static");
			assertThat(analysis.getAction()).contains("kosmos.tracing.annotation.unsupported")
				.contains("allowed: warn, fail, ignore");
		});
	}

	@Test
	void shouldSayNothingWhenToldTo(CapturedOutput output) {
		new TracedApplication(Unweavable.class).with("kosmos.tracing.annotation.unsupported=ignore")
			.run((app) -> assertThat(output).doesNotContain("@Traced method"));
	}

	@Test
	void shouldLeaveBeansAloneWhenSwitchedOff() {
		new TracedApplication(Fine.class).with("kosmos.tracing.annotation.enabled=false").run((app) -> {
			assertThat(app.bean(Fine.class).getClass()).isSameAs(Fine.class);
			app.bean(Fine.class).work();
			assertThat(app.ended()).isEmpty();
			app.spans().in("still here", () -> {
			});
			assertThat(app.only().getName()).isEqualTo("still here");
		});
	}

	@Test
	void shouldTraceWithoutAspectJ() {
		new TracedApplication(Open.class).without(Advice.class).run((app) -> {
			app.bean(Open.class).work();
			assertThat(app.only().getName()).isEqualTo("Open.work");
		});
	}

	@Test
	void shouldRunWorkAndMakeNoSpanWhenTracingIsOff() {
		new TracedApplication(Fine.class).with("kosmos.tracing.enabled=false").run((app) -> {
			app.bean(Fine.class).work();
			assertThat(app.spans().<String, RuntimeException>in("x", () -> "y")).isEqualTo("y");
			assertThat(app.ended()).isEmpty();
		});
	}

	static class Unweavable {

		@Traced
		final String fixed() {
			return "fixed";
		}

		@Traced
		private void hidden(String text) {
		}

		@Traced
		static void shared() {
		}

	}

	static final class FinalBean {

		@Traced
		void work() {
		}

	}

	static sealed class SealedBean permits OnlySubclass {

		@Traced
		void work() {
		}

	}

	static final class OnlySubclass extends SealedBean {

	}

	record RecordBean() {

		@Traced
		void work() {
		}

	}

	static class Fine {

		@Traced
		void work() {
		}

	}

	interface Step<T> {

		@Traced
		void apply(T input);

	}

	static class TextStep implements Step<String> {

		@Override
		public void apply(String input) {
		}

	}

	static class Made {

		private Made() {
		}

		static Made create() {
			return new Made();
		}

		@Traced
		String work() {
			return "done";
		}

		private static class Special extends Made {

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Factory {

		@Bean
		Made made() {
			return Made.create();
		}

	}

	/** Visible to a proxy class in another class loader. */
	public static class Open {

		@Traced
		public void work() {
		}

	}

	interface Visible {

		void visible();

	}

	static class Hidden implements Visible {

		@Override
		@Traced
		public void visible() {
		}

		@Traced
		void invisible() {
		}

	}

	static class Halfway {

		@Traced(attributes = @Attribute(key = "bad", value = "#text.("))
		void broken(String text) {
		}

		@Traced
		@SpanAttribute
		String result() {
			return "x";
		}

		@Traced
		Future<String> future() {
			return new FutureTask<>(() -> "x");
		}

		@Traced
		ConnectableFlux<String> connectable() {
			return Flux.just("x").publish();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TooEarly {

		@Bean
		static Fine fine() {
			return new Fine();
		}

		@Bean
		static BeanFactoryPostProcessor greedy(Fine fine) {
			return (beanFactory) -> {
			};
		}

	}

}
