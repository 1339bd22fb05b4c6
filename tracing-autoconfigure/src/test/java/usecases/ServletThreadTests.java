package usecases;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.Traced;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * 10,000 requests over the threads of Tomcat and of small pools: each sees its own
 * context on every one of them, and none leaves anything there.
 */
class ServletThreadTests {

	private static final int REQUESTS = 10_000;

	private static final int CONCURRENCY = 32;

	private static final List<String> STEPS = List.of("async", "service", "then", "raw", "later");

	@AfterEach
	void switchReactorBack() {
		Hooks.disableAutomaticContextPropagation();
		System.clearProperty("LOG_CORRELATION_PATTERN");
	}

	@Test
	void nothingIsLeftBehindAndNothingIsMixedUp() {
		try (RunningService service = RunningService.start(WebApplicationType.SERVLET, Service.class,
				"server.tomcat.threads.max=8")) {
			CleanThreads clean = service.bean(CleanThreads.class);
			List<Executor> pools = List.of(service.bean(ThreadPoolTaskExecutor.class),
					service.bean(ThreadPoolTaskScheduler.class), service.bean(ExecutorService.class));
			WebClient client = WebClient.create("http://127.0.0.1:" + service.port());
			List<String> answers = Flux.range(0, REQUESTS)
				.flatMap((i) -> client.get()
					.uri("/work/{i}", i)
					.header("X-Tenant-Id", "tenant-" + i)
					.retrieve()
					.bodyToMono(String.class)
					.doOnNext((answer) -> clean.look(pools, "after request " + i)), CONCURRENCY)
				.collectList()
				.block(Duration.ofMinutes(4));
			assertThat(answers).hasSize(REQUESTS);
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(clean::isDone);
			assertThat(clean.leftBehind()).isEmpty();
			// Before each request in Tomcat's threads, and after it in each pool.
			assertThat(clean.looks()).isEqualTo(REQUESTS * (1 + pools.size()));
			assertTraces(service.awaitEnded(REQUESTS * (1 + STEPS.size())));
		}
	}

	private static void assertTraces(List<SpanData> spans) {
		Map<String, List<SpanData>> traces = spans.stream().collect(Collectors.groupingBy(SpanData::getTraceId));
		assertThat(traces).hasSize(REQUESTS);
		for (List<SpanData> trace : traces.values()) {
			SpanData server = trace.stream()
				.filter((span) -> !span.getParentSpanContext().isValid())
				.findFirst()
				.orElseThrow();
			assertThat(trace).filteredOn((span) -> span != server)
				.allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(server.getSpanId()))
				.extracting(SpanData::getName)
				.containsExactlyInAnyOrderElementsOf(STEPS);
			assertThat(trace).extracting((span) -> span.getAttributes().get(AttributeKey.stringKey("kosmos.tenant.id")))
				.containsOnly(server.getAttributes().get(AttributeKey.stringKey("kosmos.tenant.id")))
				.doesNotContainNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	static class Service {

		@Bean
		CleanThreads cleanThreads() {
			return new CleanThreads();
		}

		@Bean
		ThreadPoolTaskExecutor taskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(2);
			return executor;
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setPoolSize(2);
			return scheduler;
		}

		@Bean
		ExecutorService service() {
			return Executors.newFixedThreadPool(2);
		}

		@Bean
		Work work() {
			return new Work();
		}

		@Bean
		Controller controller(Work work, ExecutorService service, TaskScheduler scheduler, CurrentContext context) {
			return new Controller(work, service, scheduler, context);
		}

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> outermost(CleanThreads clean) {
			return (factory) -> factory.addContextValves(new ValveBase(true) {

				@Override
				public void invoke(Request request, Response response) throws IOException, ServletException {
					clean.lookHere("before a request");
					getNext().invoke(request, response);
				}

			});
		}

	}

	@RestController
	static class Controller {

		private final Work work;

		private final ExecutorService service;

		private final TaskScheduler scheduler;

		private final CurrentContext context;

		private final ExecutorService unknown = Executors.newFixedThreadPool(2);

		Controller(Work work, ExecutorService service, TaskScheduler scheduler, CurrentContext context) {
			this.work = work;
			this.service = service;
			this.scheduler = scheduler;
			this.context = context;
		}

		@GetMapping("/work/{i}")
		String work(@PathVariable int i) throws Exception {
			CompletableFuture<Void> later = new CompletableFuture<>();
			this.scheduler.schedule(() -> {
				this.work.step("later");
				later.complete(null);
			}, Instant.now());
			CompletableFuture
				.allOf(this.work.async(),
						CompletableFuture.runAsync(() -> this.work.step("service"), this.service)
							.thenRunAsync(() -> this.work.step("then"), this.service),
						CompletableFuture.runAsync(this.context.wrap(() -> this.work.step("raw")), this.unknown), later)
				.get();
			return "done " + i;
		}

	}

	static class Work {

		@org.springframework.beans.factory.annotation.Autowired
		private io.kosmos.tracing.Spans spans;

		@Async
		@Traced("async")
		CompletableFuture<Void> async() {
			return CompletableFuture.completedFuture(null);
		}

		void step(String name) {
			this.spans.in(name, () -> {
			});
		}

	}

}
