package usecases;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.MDC;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ids and the MDC on every thread that the work gets to. Two applications run, as
 * they do in a test suite.
 */
class RequestThreadTests {

	private static ConfigurableApplicationContext application;

	private static ConfigurableApplicationContext other;

	@BeforeAll
	static void start() {
		other = run();
		application = run("--spring.task.execution.pool.core-size=1", "--spring.task.scheduling.pool.size=1");
	}

	@AfterAll
	static void stop() {
		application.close();
		other.close();
		Hooks.disableAutomaticContextPropagation();
		System.clearProperty("LOG_CORRELATION_PATTERN");
	}

	@AfterEach
	void nothingIsLeftBehind() {
		assertThat(Seen.now()).isEqualTo(Seen.NOTHING);
	}

	@Test
	void executor() throws Exception {
		AsyncTaskExecutor executor = application.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		followed(() -> executor.submit(Seen::now));
	}

	@Test
	void asynchronousMethod() throws Exception {
		followed(() -> application.getBean(Worker.class).work());
	}

	@Test
	void scheduledTask() throws Exception {
		TaskScheduler scheduler = application.getBean(TaskScheduler.class);
		followed(() -> {
			CompletableFuture<Seen> seen = new CompletableFuture<>();
			Runnable see = () -> seen.complete(Seen.now());
			scheduler.schedule(see, Instant.now());
			return seen;
		});
	}

	@Test
	void reactor() throws Exception {
		Scheduler single = Schedulers.newSingle("single");
		followed(() -> Mono.just(1).publishOn(single).map((ignored) -> Seen.now()).toFuture());
		followed(() -> Mono.fromCallable(Seen::now).subscribeOn(single).toFuture());
		followed(() -> Mono.delay(Duration.ofMillis(1), single).map((ignored) -> Seen.now()).toFuture());
		single.dispose();
	}

	@EnabledForJreRange(min = JRE.JAVA_21)
	@Test
	void virtualThreads() throws Exception {
		try (ConfigurableApplicationContext virtual = run("--spring.threads.virtual.enabled=true")) {
			AsyncTaskExecutor executor = virtual.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			followed(() -> executor.submit(Seen::now));
		}
	}

	@Test
	void executorOfTheApplication() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		followed(() -> executor.submit(Context.current().wrap((Callable<Seen>) Seen::now)));
		executor.shutdown();
	}

	/**
	 * A thread sees what is set when it gets its task, also within a span and an
	 * observation, and nothing when it gets one from nowhere.
	 */
	private static void followed(Callable<Future<Seen>> task) throws Exception {
		RequestContext context = application.getBean(RequestContext.class);
		ObservationRegistry observations = application.getBean(ObservationRegistry.class);
		Spans spans = application.getBean(Spans.class);
		Seen both = new Seen(new RequestIds("acme", "u1", null, null), "acme", "u1");
		context.tenant("acme").user("u1").in(() -> sees(task, both));
		sees(task, Seen.NOTHING);
		context.tenant("acme").user("u1").in(() -> spans.in("span", () -> sees(task, both)));
		sees(task, Seen.NOTHING);
		Observation.createNotStarted("outer", observations).observeChecked(() -> {
			context.tenant("acme").user("u1").in(() -> {
				sees(task, both);
				Observation.createNotStarted("inner", observations).observeChecked(() -> sees(task, both));
				context.user("u2")
					.in(() -> sees(task, new Seen(new RequestIds("acme", "u2", null, null), "acme", "u2")));
				sees(task, both);
			});
			sees(task, Seen.NOTHING);
		});
	}

	private static void sees(Callable<Future<Seen>> task, Seen expected) throws Exception {
		assertThat(Seen.now()).isEqualTo(expected);
		assertThat(task.call().get(10, TimeUnit.SECONDS)).isEqualTo(expected);
	}

	@Test
	void whatTheApplicationHasInTheMdcComesBack() {
		RequestContext context = application.getBean(RequestContext.class);
		MDC.put("tenantId", "own");
		MDC.put("something", "else");
		try {
			context.user("u1").in(() -> {
				assertThat(MDC.get("tenantId")).isEqualTo("own");
				try (Scope scope = context.tenant("acme").open()) {
					assertThat(MDC.get("tenantId")).isEqualTo("acme");
					context.tenant("inner").in(() -> assertThat(MDC.get("tenantId")).isEqualTo("inner"));
					assertThat(MDC.get("tenantId")).isEqualTo("acme");
				}
				assertThat(MDC.get("tenantId")).isEqualTo("own");
			});
			assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("tenantId", "own", "something", "else"));
		}
		finally {
			MDC.clear();
		}
	}

	@Test
	void everyIdIsInTheMdc() {
		application.getBean(RequestContext.class)
			.tenant("acme")
			.user("u1")
			.conversation("c9")
			.request("r1")
			.in(() -> assertThat(MDC.getCopyOfContextMap())
				.isEqualTo(Map.of("tenantId", "acme", "userId", "u1", "conversationId", "c9", "requestId", "r1")));
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("kosmos.tracing.exporter.enabled", "false"));
		return application.run(arguments);
	}

	/**
	 * What a thread sees.
	 */
	record Seen(RequestIds ids, String mdcTenant, String mdcUser) {

		static final Seen NOTHING = new Seen(RequestIds.NONE, null, null);

		static Seen now() {
			return new Seen(RequestIds.current(), MDC.get("tenantId"), MDC.get("userId"));
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
