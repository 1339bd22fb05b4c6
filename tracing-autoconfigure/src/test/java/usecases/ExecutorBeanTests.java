package usecases;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Executors that the application declares, in each way it can.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExecutorBeanTests {

	@AfterEach
	void nothingIsLeftBehind() {
		assertThat(Seen.now()).isEqualTo(Seen.NOTHING);
	}

	@Test
	void everyExecutorRunsTasksInTheContextOfWhoGaveThem() {
		run(new TracedApplication(Pools.class), (application) -> {
			Map<String, Executor> executors = application.context().getBeansOfType(Executor.class);
			assertThat(executors).hasSize(14);
			for (Map.Entry<String, Executor> executor : executors.entrySet()) {
				follows(application, executor.getKey(), executor.getValue());
			}
		});
	}

	@EnabledForJreRange(min = JRE.JAVA_21)
	@Test
	void soDoVirtualThreads() {
		run(new TracedApplication(VirtualThreads.class), (application) -> {
			Map<String, Executor> executors = application.context().getBeansOfType(Executor.class);
			assertThat(executors).hasSize(5);
			for (Map.Entry<String, Executor> executor : executors.entrySet()) {
				follows(application, executor.getKey(), executor.getValue());
			}
			assertThat(application.context().getBean(VirtualThreadTaskExecutor.class).getVirtualThreadFactory())
				.isNotNull();
		});
	}

	/**
	 * What runs in a thread sees all that is current where it was given, and the thread
	 * is clean afterwards.
	 */
	private static void follows(TracedApplication.Running application, String name, Executor executor)
			throws Exception {
		RequestIds ids = new RequestIds("acme", null, null, null);
		try (Scope tenant = ids.makeCurrent();
				OpenSpan span = application.spans().open("work");
				Scope baggage = Baggage.current().toBuilder().put("region", "north").build().makeCurrent();
				MDC.MDCCloseable order = MDC.putCloseable("order", "17")) {
			sees(name, executor, Seen.now());
			assertThat(Seen.now()).isEqualTo(new Seen(Span.current().getSpanContext().getTraceId(),
					Span.current().getSpanContext().getSpanId(), ids, "north", "17"));
		}
		for (int i = 0; i < 4; i++) {
			assertThat(in(executor)).as(name).isEqualTo(Seen.NOTHING);
		}
	}

	private static void sees(String name, Executor executor, Seen here) throws Exception {
		assertThat(in(executor)).as(name).isEqualTo(here);
		assertThat(CompletableFuture.supplyAsync(Seen::now, executor)
			.thenApplyAsync((first) -> List.of(first, Seen.now()), executor)
			.get(5, TimeUnit.SECONDS)).as(name).containsExactly(here, here);
		if (executor instanceof ExecutorService service) {
			assertThat(service.submit(Seen::now).get()).as(name).isEqualTo(here);
			List<Callable<Seen>> tasks = List.of(Seen::now, Seen::now);
			assertThat(service.invokeAll(tasks).get(1).get()).as(name).isEqualTo(here);
			assertThat(service.invokeAny(tasks)).as(name).isEqualTo(here);
		}
		if (executor instanceof AsyncTaskExecutor asynchronous) {
			assertThat(asynchronous.submit(Seen::now).get()).as(name).isEqualTo(here);
			assertThat(asynchronous.submitCompletable(Seen::now).get()).as(name).isEqualTo(here);
		}
	}

	private static Seen in(Executor executor) throws Exception {
		CompletableFuture<Seen> seen = new CompletableFuture<>();
		executor.execute(() -> seen.complete(Seen.now()));
		return seen.get(5, TimeUnit.SECONDS);
	}

	@Test
	void beansStayWhatTheyAreInjectedAs() {
		run(new TracedApplication(Pools.class).with(ByClass.class), (application) -> {
			ByClass injected = application.bean(ByClass.class);
			assertThat(injected.pool.getCorePoolSize()).isEqualTo(2);
			assertThat(injected.own.describe()).isEqualTo("own with 1");
			assertThat(injected.scheduler.getScheduledThreadPoolExecutor().getCorePoolSize()).isEqualTo(3);
			assertThat(injected.simple.getConcurrencyLimit()).isEqualTo(7);
			assertThat(injected.simple.isThrottleActive()).isTrue();
			assertThat(injected.adapter.getConcurrentExecutor()).isNotNull();
			assertThat(application.context().getBean("made")).isInstanceOf(ThreadPoolExecutor.class);
			assertThat(application.context().getBean("adapted")).isExactlyInstanceOf(ConcurrentTaskExecutor.class);
		});
	}

	@Test
	void tasksThatTheExecutorComparesAndReturns() {
		run(new TracedApplication(ByPriority.class), (application) -> {
			ExecutorService pool = application.context().getBean("byPriority", ExecutorService.class);
			CompletableFuture<Seen> seen = new CompletableFuture<>();
			Job second = new Job(2, () -> {
			});
			Job first = new Job(1, () -> {
			});
			application.spans().in("work", () -> {
				pool.execute(new Job(0, () -> {
					seen.complete(Seen.now());
					while (!Thread.currentThread().isInterrupted()) {
						LockSupport.park();
					}
				}));
				pool.execute(second);
				pool.execute(first);
				assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo(Seen.now());
			});
			assertThat(pool.shutdownNow()).containsExactly(first, second);
		});
	}

	@Test
	void tasksAreNeverHashed() {
		run(new TracedApplication(Pools.class), (application) -> {
			CompletableFuture<Seen> seen = new CompletableFuture<>();
			application.context().getBean("pool", Executor.class).execute(new Runnable() {

				@Override
				public void run() {
					seen.complete(Seen.now());
				}

				@Override
				public boolean equals(Object other) {
					throw new UnsupportedOperationException();
				}

				@Override
				public int hashCode() {
					throw new UnsupportedOperationException();
				}

			});
			assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo(Seen.NOTHING);
		});
	}

	@Test
	void methodsOfTheExecutorThatTakeTasksOfItsOwn() {
		run(new TracedApplication(Pools.class), (application) -> {
			CompletableFuture<String> thread = new CompletableFuture<>();
			application.bean(OwnPool.class)
				.submit(new Job(1, () -> thread.complete(Thread.currentThread().getName())))
				.get(5, TimeUnit.SECONDS);
			assertThat(thread).isCompleted();
		});
	}

	@Test
	void whatCannotBeReplacedIsNamedInAWarning(CapturedOutput output) {
		run(new TracedApplication(OfTheJdk.class), (application) -> {
			ThreadPoolExecutor pool = application.bean(ThreadPoolExecutor.class);
			assertThat(pool).isExactlyInstanceOf(ThreadPoolExecutor.class);
			assertThat(output)
				.contains("Traces end at the bean 'byClass' of type " + ThreadPoolExecutor.class.getName())
				.contains("CurrentContext");
			assertThat(application.spans().in("work", () -> in(pool))).isEqualTo(Seen.NOTHING);
		});
	}

	@Test
	void soAreExecutorsWhoseInterfaceNobodyElseSees(CapturedOutput output) {
		run(new TracedApplication(Hidden.class), (application) -> {
			assertThat(application.context().getBeansOfType(HiddenExecutor.class)).hasSize(2);
			assertThat(output).contains("Traces end at the bean 'hiddenLambda'")
				.contains("Traces end at the bean 'hiddenRecord'");
		});
	}

	@Test
	void anExecutorThatIsNotThereIsNotNamed(CapturedOutput output) {
		run(new TracedApplication(Absent.class),
				(application) -> assertThat(output).doesNotContain("Traces end at the bean"));
	}

	@Test
	void whatAlreadyPropagatesIsNotTouched() {
		run(new TracedApplication(Decorated.class), (application) -> {
			Decorated decorated = application.bean(Decorated.class);
			decorated.untouched.forEach(
					(name, executor) -> assertThat(application.context().getBean(name)).as(name).isSameAs(executor));
			assertThat(decorator(application, "springs")).isInstanceOf(ContextPropagatingTaskDecorator.class);
			assertThat(decorator(application, "composed")).isInstanceOf(CompositeTaskDecorator.class);
		});
	}

	private static Object decorator(TracedApplication.Running application, String name) {
		return ReflectionTestUtils.getField(application.context().getBean(name), "taskDecorator");
	}

	@Test
	void aDecoratorOfTheApplicationKeepsWorkingAndHasTheLastWord() {
		AtomicInteger decorated = new AtomicInteger();
		run(new TracedApplication(OwnDecorators.class), (application) -> {
			application.bean(OwnDecorators.class).decorated = decorated;
			application.bean(RequestContext.class).tenant("acme").in(() -> {
				Seen seen = in(application.context().getBean("counting", Executor.class));
				assertThat(seen.ids().tenant()).isEqualTo("acme");
				assertThat(decorated).hasValue(1);
				assertThat(in(application.context().getBean("clearing", Executor.class)).ids())
					.isEqualTo(RequestIds.NONE);
			});
		});
	}

	@Test
	void executorsThatWereMadeEarlyStillPropagateOrAreNamed(CapturedOutput output) {
		run(new TracedApplication(Early.class), (application) -> {
			follows(application, "early", application.context().getBean("early", Executor.class));
			assertThat(output).contains("Traces end at the bean 'earlyService'");
			assertThat(application.context().getBean("earlyService")).isInstanceOf(ThreadPoolExecutor.class);
		});
	}

	@Test
	void eachKindHasASwitch() {
		run(new TracedApplication(Pools.class).with("kosmos.tracing.context.executors=false"), (application) -> {
			assertThat(fromWork(application, "pool")).isEqualTo(Seen.NOTHING);
			assertThat(fromWork(application, "service").traceId()).isNotEqualTo(Seen.NOTHING.traceId());
		});
		run(new TracedApplication(Pools.class).with("kosmos.tracing.context.executor-services=false"),
				(application) -> {
					assertThat(fromWork(application, "pool").traceId()).isNotEqualTo(Seen.NOTHING.traceId());
					assertThat(fromWork(application, "service")).isEqualTo(Seen.NOTHING);
					assertThat(AopUtils.isAopProxy(application.context().getBean("service"))).isFalse();
				});
		run(new TracedApplication(Pools.class).with("kosmos.tracing.enabled=false"), (application) -> {
			assertThat(application.context().getBeansOfType(Executor.class).values()).noneMatch(AopUtils::isAopProxy);
			assertThat(decorator(application, "pool")).isNull();
		});
	}

	private static Seen fromWork(TracedApplication.Running application, String executor) throws Exception {
		return application.spans().in("work", () -> in(application.context().getBean(executor, Executor.class)));
	}

	@Test
	void asynchronousMethodsWithoutADefaultExecutor() {
		run(new TracedApplication(TwoPools.class), ExecutorBeanTests::runsAsynchronously);
	}

	@Test
	void asynchronousMethodsWithAnExecutorThatIsNoBean() {
		run(new TracedApplication(OwnExecutor.class, OneWorker.class), ExecutorBeanTests::runsAsynchronously);
		run(new TracedApplication(OwnConfigurer.class), (application) -> {
			runsAsynchronously(application);
			assertThat(application.bean(OwnConfigurer.class)).isNotNull();
		});
	}

	private static void runsAsynchronously(TracedApplication.Running application) throws Exception {
		application.spans().in("work", () -> {
			Seen seen = application.bean(Worker.class).work().get(5, TimeUnit.SECONDS);
			assertThat(seen).isEqualTo(Seen.now());
			assertThat(seen.traceId()).isNotEqualTo(Seen.NOTHING.traceId());
		});
	}

	private static void run(TracedApplication application, Check check) {
		application.withAutoConfiguration(TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class)
			.run((running) -> {
				try {
					check.check(running);
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			});
	}

	@FunctionalInterface
	interface Check {

		void check(TracedApplication.Running application) throws Exception;

	}

	/**
	 * What a thread sees.
	 */
	record Seen(String traceId, String spanId, RequestIds ids, String region, String order) {

		static final Seen NOTHING = new Seen("0".repeat(32), "0".repeat(16), RequestIds.NONE, null, null);

		static Seen now() {
			return new Seen(Span.current().getSpanContext().getTraceId(), Span.current().getSpanContext().getSpanId(),
					RequestIds.current(), Baggage.current().getEntryValue("region"), MDC.get("order"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Pools {

		@Bean
		ThreadPoolTaskExecutor pool() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(2);
			return executor;
		}

		@Bean
		Executor declaredAsExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.initialize();
			return executor;
		}

		@Bean
		SimpleAsyncTaskExecutor simple() {
			return new SimpleAsyncTaskExecutor();
		}

		@Bean
		ConcurrentTaskExecutor adapted() {
			return new ConcurrentTaskExecutor(Executors.newSingleThreadExecutor());
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setPoolSize(3);
			return scheduler;
		}

		@Bean
		SimpleAsyncTaskScheduler simpleScheduler() {
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setConcurrencyLimit(7);
			return scheduler;
		}

		@Bean
		ConcurrentTaskScheduler adaptedScheduler() {
			return new ConcurrentTaskScheduler(Executors.newSingleThreadScheduledExecutor());
		}

		@Bean
		ExecutorService service() {
			return Executors.newFixedThreadPool(1);
		}

		@Bean
		@Lazy
		ExecutorService lazy() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		ScheduledExecutorService scheduledService() {
			return Executors.newScheduledThreadPool(1);
		}

		@Bean
		ExecutorService workStealing() {
			return Executors.newWorkStealingPool(1);
		}

		@Bean
		Executor lambda() {
			return (task) -> new Thread(task).start();
		}

		@Bean
		OwnPool own() {
			return new OwnPool();
		}

		@Bean
		ThreadPoolExecutorFactoryBean made() {
			return new ThreadPoolExecutorFactoryBean();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByPriority {

		@Bean
		ExecutorService byPriority() {
			return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new PriorityBlockingQueue<>());
		}

	}

	record Job(int priority, Runnable work) implements Runnable, Comparable<Job> {

		@Override
		public void run() {
			this.work.run();
		}

		@Override
		public int compareTo(Job other) {
			return Integer.compare(this.priority, other.priority);
		}

	}

	static class OwnPool extends ThreadPoolExecutor {

		private final String name = "own";

		OwnPool() {
			super(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
		}

		Future<?> submit(Job job) {
			return super.submit(job);
		}

		String describe() {
			return this.name + " with " + getCorePoolSize();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByClass {

		@Autowired
		ThreadPoolTaskExecutor pool;

		@Autowired
		OwnPool own;

		@Autowired
		ThreadPoolTaskScheduler scheduler;

		@Autowired
		SimpleAsyncTaskScheduler simple;

		@Autowired
		ConcurrentTaskScheduler adapter;

	}

	@Configuration(proxyBeanMethods = false)
	static class VirtualThreads {

		@Bean
		SimpleAsyncTaskExecutor simple() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
			executor.setVirtualThreads(true);
			return executor;
		}

		@Bean
		ThreadPoolTaskExecutor pool() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setVirtualThreads(true);
			return executor;
		}

		@Bean
		SimpleAsyncTaskScheduler scheduler() {
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setVirtualThreads(true);
			return scheduler;
		}

		@Bean
		VirtualThreadTaskExecutor perTask() {
			return new VirtualThreadTaskExecutor();
		}

		@Bean
		ExecutorService service() throws Exception {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OfTheJdk {

		@Bean
		ThreadPoolExecutor byClass() {
			return new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
		}

	}

	interface HiddenExecutor extends Executor {

	}

	record HiddenRecord() implements HiddenExecutor {

		@Override
		public void execute(Runnable task) {
			task.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hidden {

		@Bean
		HiddenExecutor hiddenLambda() {
			return Runnable::run;
		}

		@Bean
		HiddenExecutor hiddenRecord() {
			return new HiddenRecord();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Absent {

		@Bean
		Executor absent() {
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Decorated {

		private final ExecutorService executor = Executors.newSingleThreadExecutor();

		final Map<String, Executor> untouched = Map.of("otel", Context.taskWrapping(this.executor), "otelExecutor",
				Context.taskWrapping((Executor) this.executor), "micrometer",
				ContextExecutorService.wrap(this.executor, ContextSnapshotFactory.builder().build()), "same",
				new SyncTaskExecutor());

		@Bean
		ExecutorService otel() {
			return (ExecutorService) this.untouched.get("otel");
		}

		@Bean
		Executor otelExecutor() {
			return this.untouched.get("otelExecutor");
		}

		@Bean
		ExecutorService micrometer() {
			return (ExecutorService) this.untouched.get("micrometer");
		}

		@Bean
		SyncTaskExecutor same() {
			return (SyncTaskExecutor) this.untouched.get("same");
		}

		@Bean
		ThreadPoolTaskExecutor springs() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
			return executor;
		}

		@Bean
		SimpleAsyncTaskExecutor composed() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
			TaskDecorator other = (task) -> task;
			executor
				.setTaskDecorator(new CompositeTaskDecorator(List.of(other, new ContextPropagatingTaskDecorator())));
			return executor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDecorators {

		AtomicInteger decorated = new AtomicInteger();

		@Bean
		ThreadPoolTaskExecutor counting() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setTaskDecorator((task) -> {
				this.decorated.incrementAndGet();
				return task;
			});
			return executor;
		}

		@Bean
		SimpleAsyncTaskExecutor clearing() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
			TaskDecorator clearing = (task) -> Context.root().wrap(task);
			executor.setTaskDecorator(clearing);
			return executor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		static ThreadPoolTaskExecutor early() {
			return new ThreadPoolTaskExecutor();
		}

		@Bean
		static ExecutorService earlyService() {
			return new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
		}

		@Bean
		static EarlyPostProcessor earlyPostProcessor(ThreadPoolTaskExecutor early, ExecutorService earlyService) {
			return new EarlyPostProcessor();
		}

	}

	static class EarlyPostProcessor implements BeanPostProcessor, org.springframework.core.PriorityOrdered {

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class TwoPools {

		@Bean
		ThreadPoolTaskExecutor one() {
			return new ThreadPoolTaskExecutor();
		}

		@Bean
		ThreadPoolTaskExecutor two() {
			return new ThreadPoolTaskExecutor();
		}

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	@EnableAsync
	static class OwnExecutor implements AsyncConfigurer {

		@Override
		public Executor getAsyncExecutor() {
			return Executors.newSingleThreadExecutor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OneWorker {

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	@Configuration
	static class OwnConfigurer extends OwnExecutor {

		@Bean
		ThreadPoolTaskScheduler another() {
			return new ThreadPoolTaskScheduler();
		}

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
