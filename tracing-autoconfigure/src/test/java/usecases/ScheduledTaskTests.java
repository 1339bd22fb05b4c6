package usecases;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.scheduling.support.PeriodicTrigger;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The traces of scheduled tasks.
 */
class ScheduledTaskTests {

	private static final AttributeKey<String> CODE_FUNCTION_NAME = AttributeKey.stringKey("code.function.name");

	@AfterEach
	void switchReactorBack() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void eachRunOfAnAnnotatedMethodIsATrace() {
		application(Annotated.class).run((application) -> {
			List<SpanData> runs = awaitRuns(application, "task annotated.everyMoment");
			assertRoots(runs);
			assertThat(runs.get(0).getAttributes().asMap())
				.isEqualTo(Map.of(CODE_FUNCTION_NAME, Annotated.class.getName() + ".everyMoment"));
			SpanData inside = application.named("inside");
			assertThat(runs).extracting(SpanData::getSpanId).contains(inside.getParentSpanId());
		});
	}

	@Test
	void anErrorOfAnAnnotatedMethodIsOnItsSpan() {
		application(Annotated.class).run((application) -> {
			SpanData failed = awaitRuns(application, "task annotated.failing").get(0);
			assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(failed.getStatus().getDescription()).isEqualTo("no disk");
			assertThat(failed.getAttributes().get(AttributeKey.stringKey("error.type")))
				.isEqualTo(IllegalStateException.class.getName());
			assertThat(failed.getEvents()).singleElement()
				.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
		});
	}

	@Test
	void aReactiveMethodHasOneToo() {
		application(Annotated.class).with("spring.reactor.context-propagation=auto").run((application) -> {
			List<SpanData> runs = awaitRuns(application, "task annotated.reactive");
			assertRoots(runs);
			SpanData inside = application.named("in reactive");
			assertThat(runs).extracting(SpanData::getSpanId).contains(inside.getParentSpanId());
		});
	}

	@Test
	void soHaveTasksOfASchedulingConfigurer() {
		application(Registered.class).run((application) -> assertRoots(awaitRuns(application, "task registered")));
	}

	@ParameterizedTest
	@ValueSource(classes = { Pool.class, Simple.class, Adapter.class, Declared.class })
	void eachRunOfATaskThatCodeSchedulesIsATrace(Class<?> scheduler) {
		application(scheduler).run((application) -> {
			TaskScheduler bean = application.bean(TaskScheduler.class);
			inRequest(application,
					() -> List.of(bean.scheduleAtFixedRate(new CleanUp(), Duration.ofMillis(5)),
							bean.scheduleAtFixedRate(new CleanUp(), Instant.now(), Duration.ofMillis(5)),
							bean.scheduleWithFixedDelay(new CleanUp(), Duration.ofMillis(5)),
							bean.scheduleWithFixedDelay(new CleanUp(), Instant.now(), Duration.ofMillis(5)),
							bean.schedule(new CleanUp(), new PeriodicTrigger(Duration.ofMillis(5)))));
			Awaitility.await().until(() -> runs(application, "task cleanUp").size() > 20);
			List<SpanData> runs = runs(application, "task cleanUp");
			assertRoots(runs);
			assertThat(runs).allSatisfy((run) -> assertThat(run.getAttributes().asMap())
				.isEqualTo(Map.of(CODE_FUNCTION_NAME, CleanUp.class.getName() + ".run")));
		});
	}

	@Test
	void aScheduledExecutorServiceDoesTheSame() {
		application(Service.class).run((application) -> {
			ScheduledExecutorService service = application.bean(ScheduledExecutorService.class);
			inRequest(application,
					() -> List.of(service.scheduleAtFixedRate(new CleanUp(), 0, 5, TimeUnit.MILLISECONDS),
							service.scheduleWithFixedDelay(new CleanUp(), 0, 5, TimeUnit.MILLISECONDS)));
			assertRoots(awaitRuns(application, "task cleanUp"));
			Callable<String> once = () -> Span.current().getSpanContext().getTraceId();
			try (OpenSpan work = application.spans().open("work")) {
				assertThat((Future<String>) service.schedule(once, 1, TimeUnit.MILLISECONDS))
					.succeedsWithin(Duration.ofSeconds(5))
					.isEqualTo(Span.current().getSpanContext().getTraceId());
			}
			assertThat((Future<String>) service.schedule(once, 1, TimeUnit.MILLISECONDS))
				.succeedsWithin(Duration.ofSeconds(5))
				.isNotEqualTo("0".repeat(32));
			assertThat(runs(application, "task scheduledTaskTests")).hasSize(1);
		});
	}

	@Test
	void anAnnotatedMethodOnAScheduledExecutorServiceHasOneSpanForEachRun() {
		application(Annotated.class).with(Service.class).run((application) -> {
			assertRoots(awaitRuns(application, "task annotated.everyMoment"));
			assertThat(application.ended()).extracting(SpanData::getName)
				.containsOnly("task annotated.everyMoment", "task annotated.failing", "task annotated.reactive",
						"inside", "in reactive");
		});
	}

	@Test
	void anErrorOfATaskIsOnItsSpanAndTheTaskGoesOn() {
		application(Pool.class).run((application) -> {
			Runnable failing = new Failing();
			application.bean(TaskScheduler.class).scheduleAtFixedRate(failing, Duration.ofMillis(5));
			List<SpanData> runs = awaitRuns(application, "task failing");
			assertThat(runs).allSatisfy((run) -> {
				assertThat(run.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
				assertThat(run.getEvents()).hasSize(1);
			});
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { Pool.class, Simple.class, Adapter.class, Declared.class })
	void oneDelayedTaskBelongsToTheTraceThatAskedForIt(Class<?> scheduler) {
		application(scheduler).run((application) -> {
			TaskScheduler bean = application.bean(TaskScheduler.class);
			CompletableFuture<String> seen = new CompletableFuture<>();
			CompletableFuture<RequestIds> ids = new CompletableFuture<>();
			String spanId = application.bean(RequestContext.class).tenant("acme").in(() -> {
				return application.spans().in("work", () -> {
					bean.schedule(() -> {
						seen.complete(Span.current().getSpanContext().getSpanId());
						ids.complete(RequestIds.current());
					}, Instant.now().plusMillis(20));
					return Span.current().getSpanContext().getSpanId();
				});
			});
			assertThat(seen.orTimeout(5, TimeUnit.SECONDS).join()).isEqualTo(spanId);
			assertThat(ids.orTimeout(5, TimeUnit.SECONDS).join().tenant()).isEqualTo("acme");
			assertThat(application.ended()).extracting(SpanData::getName).containsExactly("work");
		});
	}

	@Test
	void oneDelayedTaskThatNoTraceAskedForIsATrace() {
		application(Pool.class).run((application) -> {
			CompletableFuture<RequestIds> ids = new CompletableFuture<>();
			try (Scope tenant = application.bean(RequestContext.class).tenant("acme").open()) {
				application.bean(TaskScheduler.class).schedule(() -> ids.complete(RequestIds.current()), Instant.now());
			}
			assertThat(ids.orTimeout(5, TimeUnit.SECONDS).join().tenant()).isEqualTo("acme");
			Awaitility.await().until(() -> !application.ended().isEmpty());
			assertThat(application.only().getName()).isEqualTo("task scheduledTaskTests");
			assertThat(application.only().getAttributes().get(CODE_FUNCTION_NAME)).isNull();
		});
	}

	@Test
	void thereAreNoSpansWhenSwitchedOff() {
		application(Annotated.class).with(Pool.class)
			.with("kosmos.tracing.context.scheduled-tasks=false")
			.run((application) -> {
				CountDownLatch ran = new CountDownLatch(3);
				inRequest(application, () -> List.of(application.bean(TaskScheduler.class)
					.scheduleAtFixedRate(ran::countDown, Duration.ofMillis(5))));
				assertThat(await(ran)).isTrue();
				SpanData inside = Awaitility.await()
					.until(() -> application.ended()
						.stream()
						.filter((span) -> span.getName().equals("inside"))
						.findFirst(), Optional::isPresent)
					.orElseThrow();
				assertThat(inside.getParentSpanContext().isValid()).isFalse();
				assertThat(application.ended()).extracting(SpanData::getName)
					.containsOnly("inside", "in reactive", "request", "work");
			});
	}

	@EnabledForJreRange(min = JRE.JAVA_21)
	@Test
	void virtualThreadsOfBoot() {
		application(Annotated.class).with("spring.threads.virtual.enabled=true").run((application) -> {
			assertThat(application.bean(TaskScheduler.class)).isInstanceOf(SimpleAsyncTaskScheduler.class);
			assertRoots(awaitRuns(application, "task annotated.everyMoment"));
			inRequest(application, () -> List
				.of(application.bean(TaskScheduler.class).scheduleAtFixedRate(new CleanUp(), Duration.ofMillis(5))));
			assertRoots(awaitRuns(application, "task cleanUp"));
		});
	}

	private static boolean await(CountDownLatch latch) {
		try {
			return latch.await(5, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void inRequest(TracedApplication.Running application,
			Supplier<List<ScheduledFuture<?>>> scheduling) {
		Observation request = Observation.createNotStarted("request", application.bean(ObservationRegistry.class));
		try (Scope tenant = application.bean(RequestContext.class).tenant("acme").open()) {
			request.observe(() -> {
				try (OpenSpan work = application.spans().open("work")) {
					scheduling.get();
				}
			});
		}
	}

	private static List<SpanData> awaitRuns(TracedApplication.Running application, String name) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> runs(application, name).size() > 2);
		return runs(application, name);
	}

	private static List<SpanData> runs(TracedApplication.Running application, String name) {
		return application.ended().stream().filter((span) -> span.getName().equals(name)).toList();
	}

	private static void assertRoots(List<SpanData> runs) {
		assertThat(runs).allSatisfy((run) -> {
			assertThat(run.getParentSpanContext().isValid()).isFalse();
			assertThat(run.getKind()).isEqualTo(SpanKind.INTERNAL);
			assertThat(run.getLinks()).isEmpty();
			assertThat(run.getAttributes().get(AttributeKey.stringKey("kosmos.tenant.id"))).isNull();
		});
		assertThat(runs).extracting(SpanData::getTraceId).doesNotHaveDuplicates();
	}

	private static TracedApplication application(Class<?> configuration) {
		return new TracedApplication(configuration).withAutoConfiguration(TaskExecutionAutoConfiguration.class,
				TaskSchedulingAutoConfiguration.class, ScheduledTasksObservationAutoConfiguration.class,
				ReactorAutoConfiguration.class);
	}

	static class CleanUp implements Runnable {

		@Override
		public void run() {
			// Its span is all there is to see.
		}

	}

	static class Failing implements Runnable {

		@Override
		public void run() {
			throw new IllegalStateException("no disk");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Annotated {

		private final Spans spans;

		Annotated(Spans spans) {
			this.spans = spans;
		}

		@Scheduled(fixedRate = 10)
		void everyMoment() {
			this.spans.in("inside", () -> {
			});
		}

		@Scheduled(fixedDelay = 10)
		void failing() {
			throw new IllegalStateException("no disk");
		}

		@Scheduled(fixedDelay = 10)
		Mono<String> reactive() {
			return Mono.fromCallable(() -> this.spans.in("in reactive", () -> "done"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Registered implements SchedulingConfigurer {

		@Override
		public void configureTasks(ScheduledTaskRegistrar registrar) {
			registrar.addFixedRateTask(() -> {
			}, Duration.ofMillis(5));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Pool {

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			return new ThreadPoolTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Simple {

		@Bean
		SimpleAsyncTaskScheduler scheduler() {
			return new SimpleAsyncTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Adapter {

		@Bean
		ScheduledExecutorService service() {
			return Executors.newScheduledThreadPool(1);
		}

		@Bean
		ConcurrentTaskScheduler scheduler(ScheduledExecutorService service) {
			return new ConcurrentTaskScheduler(service);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Declared {

		@Bean
		TaskScheduler scheduler() {
			return new ConcurrentTaskScheduler(Executors.newScheduledThreadPool(1));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Service {

		@Bean
		ScheduledExecutorService service() {
			return Executors.newScheduledThreadPool(2);
		}

	}

}
