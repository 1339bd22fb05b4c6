package io.kosmos.tracing.autoconfigure.context;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real applications, because Boot reads what these switches set before the context
 * starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class ContextAutoConfigurationTests {

	private static final Logger logger = LoggerFactory.getLogger(ContextAutoConfigurationTests.class);

	@AfterEach
	void nothingIsLeftBehind() {
		// Boot sets it for the whole JVM and never removes it.
		System.clearProperty("LOG_CORRELATION_PATTERN");
		Hooks.disableAutomaticContextPropagation();
		assertThat(Span.current().getSpanContext().isValid()).isFalse();
		assertThat(MDC.get("traceId")).isNull();
		assertThat(MDC.get("spanId")).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void shouldKeepTheSpanInAnExecutor(Opened opened) throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.task.execution.pool.core-size=1")) {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			Seen seen = opened.in(context, () -> executor.submit(Seen::now));
			assertThat(seen.thread()).startsWith("task-");
			assertClean(executor.submit(Seen::now).get(), seen.thread());
		}
	}

	@EnabledForJreRange(min = JRE.JAVA_21)
	@ParameterizedTest
	@EnumSource
	void shouldKeepTheSpanInAVirtualThread(Opened opened) throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.threads.virtual.enabled=true")) {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			opened.in(context, () -> executor.submit(Seen::now));
			opened.in(context, () -> context.getBean(Worker.class).work());
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldKeepTheSpanInAnAsyncMethod(Opened opened) throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.task.execution.pool.core-size=1")) {
			Seen seen = opened.in(context, () -> context.getBean(Worker.class).work());
			assertThat(seen.thread()).startsWith("task-");
			assertClean(context.getBean(Worker.class).work().get(), seen.thread());
		}
	}

	@ParameterizedTest
	@EnumSource
	void shouldKeepTheSpanInAScheduledTask(Opened opened) throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.task.scheduling.pool.size=1")) {
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			Seen seen = opened.in(context, () -> schedule(scheduler));
			assertThat(seen.thread()).startsWith("scheduling-");
			assertClean(context.getBean("taskScheduler", AsyncTaskExecutor.class).submit(Seen::now).get(),
					seen.thread());
		}
	}

	private static CompletableFuture<Seen> schedule(TaskScheduler scheduler) {
		CompletableFuture<Seen> seen = new CompletableFuture<>();
		Runnable task = () -> seen.complete(Seen.now());
		scheduler.schedule(task, Instant.now());
		return seen;
	}

	@ParameterizedTest
	@EnumSource
	void shouldKeepTheSpanInReactor(Opened opened) throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			opened.in(context,
					() -> Mono.just(1)
						.publishOn(Schedulers.newSingle("publish"))
						.map((ignored) -> Seen.now())
						.toFuture());
			opened.in(context,
					() -> Mono.fromCallable(Seen::now).subscribeOn(Schedulers.newSingle("subscribe")).toFuture());
			opened.in(context, () -> Mono.fromCallable(Seen::now).subscribeOn(Schedulers.boundedElastic()).toFuture());
			opened.in(context, () -> Mono.delay(Duration.ofMillis(1)).map((ignored) -> Seen.now()).toFuture());
		}
	}

	@Test
	void shouldLeaveNothingOnAReactorThread() throws Exception {
		var single = Schedulers.newSingle("reused");
		try (ConfigurableApplicationContext context = run()) {
			for (Opened opened : Opened.values()) {
				opened.in(context,
						() -> Mono.just(1).publishOn(single).map((ignored) -> Seen.now()).publishOn(single).toFuture());
				CompletableFuture<Seen> after = new CompletableFuture<>();
				single.schedule(() -> after.complete(Seen.now()));
				assertThat(after.get(5, TimeUnit.SECONDS).spanId())
					.isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
			}
		}
		finally {
			single.dispose();
		}
	}

	@Test
	void shouldPreferANewerObservationInReactor() {
		try (ConfigurableApplicationContext context = run()) {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Span outer = context.getBean(Tracer.class).spanBuilder("outer").startSpan();
			try (Scope scope = outer.makeCurrent()) {
				Observation newer = Observation.start("newer", registry);
				Seen seen = Mono.just(1)
					.publishOn(Schedulers.boundedElastic())
					.map((ignored) -> Seen.now())
					.contextWrite((view) -> view.put(ObservationThreadLocalAccessor.KEY, newer))
					.block();
				assertThat(seen.traceId()).isEqualTo(outer.getSpanContext().getTraceId());
				assertThat(seen.spanId()).isNotEqualTo(outer.getSpanContext().getSpanId());
				newer.stop();
			}
		}
	}

	@Test
	void shouldKeepAnObservationThatIsAloneInAReactorContext() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			Observation observation = Observation.start("request", context.getBean(ObservationRegistry.class));
			String spanId = observation.scoped(() -> Seen.now().spanId());
			Mono<Seen> seen = Mono.fromCallable(Seen::now)
				.subscribeOn(Schedulers.boundedElastic())
				.contextWrite((view) -> view.put(ObservationThreadLocalAccessor.KEY, observation));
			assertThat(seen.toFuture().get(5, TimeUnit.SECONDS).spanId()).isEqualTo(spanId);
			assertThat(Seen.now().mdcSpanId()).isNull();
			observation.stop();
		}
	}

	@Test
	void shouldNestMicrometerBelowSpansOfTheOpenTelemetryApi() {
		try (ConfigurableApplicationContext context = run()) {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("outer", registry).observe(() -> {
				Span middle = context.getBean(Tracer.class).spanBuilder("middle").startSpan();
				try (Scope scope = middle.makeCurrent()) {
					OtelTracer tracer = context.getBean(OtelTracer.class);
					assertThat(tracer.currentSpan().context().spanId()).isEqualTo(middle.getSpanContext().getSpanId());
					assertThat(tracer.nextSpan().start().context().parentId())
						.isEqualTo(middle.getSpanContext().getSpanId());
				}
			});
		}
	}

	@Test
	void shouldEndATaskThatBeganBeforeTheNextContext() throws Exception {
		try (ConfigurableApplicationContext context = run("--spring.task.execution.pool.core-size=1")) {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			CompletableFuture<Void> begun = new CompletableFuture<>();
			CompletableFuture<Void> end = new CompletableFuture<>();
			context.getBean(Spans.class).in("work", () -> {
				executor.execute(() -> {
					begun.complete(null);
					end.join();
				});
			});
			begun.get(5, TimeUnit.SECONDS);
			run().close();
			end.complete(null);
			assertThat(executor.submit(Seen::now).get().spanId())
				.isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
		}
	}

	@Test
	void shouldKeepTheDecoratorOfTheApplication() throws Exception {
		AtomicInteger decorated = new AtomicInteger();
		TaskDecorator decorator = (task) -> {
			decorated.incrementAndGet();
			return task;
		};
		SpringApplication application = application();
		application.addInitializers((context) -> context.getBeanFactory().registerSingleton("own", decorator));
		try (ConfigurableApplicationContext context = application.run()) {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			Opened.SPANS.in(context, () -> executor.submit(Seen::now));
			assertThat(decorated).hasValue(1);
		}
	}

	@Test
	void shouldNotKeepTheSpanInAnExecutorWhenSwitchedOff() throws Exception {
		for (String off : new String[] { "--kosmos.tracing.context.executors=false",
				"--spring.task.execution.propagate-context=false" }) {
			try (ConfigurableApplicationContext context = run(off)) {
				AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
				Seen seen = context.getBean(Spans.class).in("work", () -> executor.submit(Seen::now).get());
				assertThat(seen.spanId()).as(off).isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
			}
		}
	}

	@Test
	void shouldNotKeepTheSpanInReactorWhenSwitchedOff() {
		for (String off : new String[] { "--kosmos.tracing.context.reactor=false",
				"--spring.reactor.context-propagation=limited" }) {
			try (ConfigurableApplicationContext context = run(off)) {
				Span span = context.getBean(Tracer.class).spanBuilder("work").startSpan();
				try (Scope scope = span.makeCurrent()) {
					Seen seen = Mono.fromCallable(Seen::now).subscribeOn(Schedulers.boundedElastic()).block();
					assertThat(seen.spanId()).as(off).isEqualTo(Span.getInvalid().getSpanContext().getSpanId());
				}
			}
		}
	}

	@Test
	void shouldHaveTheTraceInTheLog(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run()) {
			context.getBean(Spans.class).in("work", () -> {
				logger.info("inside");
				Seen seen = Seen.now();
				assertThat(MDC.get("traceId")).isEqualTo(seen.traceId());
				assertThat(MDC.get("spanId")).isEqualTo(seen.spanId());
				assertThat(output.getOut())
					.containsPattern(".*\\[" + seen.traceId() + "-" + seen.spanId() + "].*: inside");
			});
			logger.info("outside");
			assertThat(output.getOut()).containsPattern("\\[ {49}].*: outside");
		}
	}

	@Test
	void shouldHaveNoTraceInTheMdcWhereTheContextIsCleared() {
		try (ConfigurableApplicationContext context = run()) {
			context.getBean(Spans.class).in("work", () -> {
				Seen seen = Seen.now();
				try (Scope scope = io.opentelemetry.context.Context.root().makeCurrent()) {
					assertThat(MDC.get("traceId")).isNull();
					assertThat(MDC.get("spanId")).isNull();
				}
				assertThat(Seen.now()).isEqualTo(seen);
			});
		}
	}

	@Test
	void shouldNotTakeTheTraceOfAnotherThreadIntoTheMdc() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			Span span = context.getBean(Tracer.class).spanBuilder("work").startSpan();
			try (Scope outer = span.makeCurrent()) {
				Scope scope = io.opentelemetry.context.Context.root().makeCurrent();
				CompletableFuture<Seen> elsewhere = CompletableFuture.supplyAsync(() -> {
					scope.close();
					return Seen.now();
				});
				assertThat(elsewhere.get().mdcTraceId()).isNull();
				scope.close();
			}
		}
	}

	@Test
	void shouldNotHaveTheTraceInTheLogWhenSwitchedOff(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("--kosmos.tracing.log-correlation.enabled=false")) {
			assertThat(context.getBeansOfType(Slf4JEventListener.class)).hasSize(1);
			context.getBean(Spans.class).in("work", () -> {
				logger.info("inside");
				assertThat(MDC.get("traceId")).isNull();
				assertThat(output.getOut()).contains(": inside")
					.doesNotContain(Seen.now().traceId())
					.doesNotContainPattern("\\[ {49}].*: inside");
			});
		}
	}

	@Test
	void shouldSupplyOneOfEach() {
		BootTracing.runner()
			.run((context) -> assertThat(context).hasSingleBean(OtelCurrentTraceContext.class)
				.hasBean("kosmosCurrentTraceContext")
				.hasSingleBean(Slf4JEventListener.class)
				.hasBean("kosmosMdcOfCurrentSpan"));
	}

	@Test
	void shouldBackOffForTheBeansOfTheApplication() {
		OtelCurrentTraceContext own = new OtelCurrentTraceContext();
		Slf4JEventListener listener = new Slf4JEventListener("trace", "span");
		BootTracing.runner()
			.withBean("own", OtelCurrentTraceContext.class, () -> own)
			.withBean("listener", Slf4JEventListener.class, () -> listener)
			.withPropertyValues("kosmos.tracing.log-correlation.enabled=false")
			.run((context) -> {
				assertThat(context).getBean(OtelCurrentTraceContext.class).isSameAs(own);
				assertThat(context).getBean(Slf4JEventListener.class).isSameAs(listener);
			});
	}

	@Test
	void shouldLeaveBootsBeansWhenTracingIsDisabled() {
		BootTracing.runner()
			.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(OtelCurrentTraceContext.class)
				.doesNotHaveBean("kosmosCurrentTraceContext"));
	}

	@Test
	void shouldBackOffWithoutTheBridge() {
		BootTracing.runner()
			.withClassLoader(new FilteredClassLoader(OtelTracer.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ContextAutoConfiguration.class));
	}

	private static void assertClean(Seen after, String thread) {
		assertThat(after).isEqualTo(new Seen(thread, Span.getInvalid().getSpanContext().getTraceId(),
				Span.getInvalid().getSpanContext().getSpanId(), null, null));
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		return application().run(arguments);
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("kosmos.tracing.exporter.enabled", "false"));
		return application;
	}

	/**
	 * How the span that a task must see was opened.
	 */
	enum Opened {

		OBSERVATION, OPENTELEMETRY, SPANS, OPENTELEMETRY_IN_OBSERVATION, SPANS_IN_OBSERVATION;

		Seen in(ConfigurableApplicationContext context, Supplier<Future<Seen>> task) throws Exception {
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			return switch (this) {
				case OBSERVATION -> Observation.createNotStarted("outer", registry).observeChecked(() -> check(task));
				case OPENTELEMETRY -> inSpan(context, task);
				case SPANS -> context.getBean(Spans.class).in("inner", () -> check(task));
				case OPENTELEMETRY_IN_OBSERVATION ->
					Observation.createNotStarted("outer", registry).observeChecked(() -> inSpan(context, task));
				case SPANS_IN_OBSERVATION -> Observation.createNotStarted("outer", registry)
					.observeChecked(() -> context.getBean(Spans.class).in("inner", () -> check(task)));
			};
		}

		private static Seen inSpan(ConfigurableApplicationContext context, Supplier<Future<Seen>> task)
				throws Exception {
			Span span = context.getBean(Tracer.class).spanBuilder("inner").startSpan();
			try (Scope scope = span.makeCurrent()) {
				return check(task);
			}
			finally {
				span.end();
			}
		}

		private static Seen check(Supplier<Future<Seen>> task) throws Exception {
			Seen here = Seen.now();
			assertThat(here.traceId()).isNotEqualTo(Span.getInvalid().getSpanContext().getTraceId());
			Seen there = task.get().get(5, TimeUnit.SECONDS);
			assertThat(there.thread()).isNotEqualTo(here.thread());
			assertThat(there).usingRecursiveComparison().ignoringFields("thread").isEqualTo(here);
			assertThat(there.mdcTraceId()).isEqualTo(there.traceId());
			assertThat(there.mdcSpanId()).isEqualTo(there.spanId());
			assertThat(Seen.now()).isEqualTo(here);
			return there;
		}

	}

	/**
	 * What a thread sees.
	 */
	record Seen(String thread, String traceId, String spanId, String mdcTraceId, String mdcSpanId) {

		static Seen now() {
			Span span = Span.current();
			return new Seen(Thread.currentThread().getName(), span.getSpanContext().getTraceId(),
					span.getSpanContext().getSpanId(), MDC.get("traceId"), MDC.get("spanId"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	static class Worker {

		@Async
		public CompletableFuture<Seen> work() {
			return CompletableFuture.completedFuture(Seen.now());
		}

	}

}
