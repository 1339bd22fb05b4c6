package usecases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Traced;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * 10,000 requests over six threads: each sees its own context on every one of them, and
 * none leaves anything there.
 */
class ReactiveThreadTests {

	private static final int REQUESTS = 10_000;

	private static final int CONCURRENCY = 64;

	@AfterEach
	void switchReactorBack() {
		Hooks.disableAutomaticContextPropagation();
		System.clearProperty("LOG_CORRELATION_PATTERN");
	}

	@Test
	void nothingIsLeftBehindAndNothingIsMixedUp() {
		try (RunningService service = RunningService.start(WebApplicationType.REACTIVE, Service.class)) {
			Threads threads = service.bean(Threads.class);
			CleanThreads clean = service.bean(CleanThreads.class);
			WebClient client = WebClient.create("http://127.0.0.1:" + service.port());
			List<String> answers = Flux.range(0, REQUESTS)
				.flatMap((i) -> client.get()
					.uri("/outer/{i}", i)
					.header("X-Tenant-Id", "tenant-" + i)
					.retrieve()
					.bodyToMono(String.class)
					.doOnNext((answer) -> clean.look(threads.all(), "after request " + i)), CONCURRENCY)
				.collectList()
				.block(Duration.ofMinutes(4));
			assertThat(answers).hasSize(REQUESTS);
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(clean::isDone);
			assertThat(clean.leftBehind()).isEmpty();
			assertThat(clean.looks()).isEqualTo(REQUESTS * threads.all().size());
			assertThat(threads.all()).hasSize(6);
			assertTraces(service.awaitEnded(REQUESTS * 5), answers);
		}
	}

	private static void assertTraces(List<SpanData> spans, List<String> answers) {
		assertThat(spans).hasSize(REQUESTS * 5);
		assertThat(spans).extracting(SpanData::getSpanId).doesNotHaveDuplicates();
		Map<String, List<SpanData>> traces = spans.stream().collect(Collectors.groupingBy(SpanData::getTraceId));
		assertThat(traces).hasSize(REQUESTS);
		for (String answer : answers) {
			String[] tenantAndTrace = answer.split(" ");
			List<SpanData> trace = traces.get(tenantAndTrace[1]);
			SpanData root = only(trace, SpanKind.SERVER, null);
			SpanData step = only(trace, SpanKind.INTERNAL, root);
			SpanData client = only(trace, SpanKind.CLIENT, step);
			SpanData inner = only(trace, SpanKind.SERVER, client);
			only(trace, SpanKind.INTERNAL, inner);
			assertThat(List.of(root, step, client))
				.allSatisfy((span) -> assertThat(span.getAttributes().get(AttributeKey.stringKey("kosmos.tenant.id")))
					.isEqualTo(tenantAndTrace[0]));
		}
	}

	private static SpanData only(List<SpanData> trace, SpanKind kind, SpanData parent) {
		String parentId = (parent != null) ? parent.getSpanId() : "0".repeat(16);
		List<SpanData> found = trace.stream()
			.filter((span) -> span.getKind() == kind && span.getParentSpanId().equals(parentId))
			.toList();
		assertThat(found).hasSize(1);
		return found.get(0);
	}

	/**
	 * The only threads of the service.
	 */
	record Threads(List<ExecutorService> workers, LoopResources loops) {

		Scheduler worker(int i) {
			return Schedulers.fromExecutorService(this.workers.get(i % this.workers.size()));
		}

		List<Executor> all() {
			List<Executor> all = new ArrayList<>(this.workers);
			this.loops.onServer(true).forEach(all::add);
			return all;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Service {

		@Bean
		Threads threads() {
			List<ExecutorService> workers = IntStream.range(0, 4)
				.<ExecutorService>mapToObj(
						(i) -> Executors.newSingleThreadScheduledExecutor((task) -> new Thread(task, "worker-" + i)))
				.toList();
			return new Threads(workers, LoopResources.create("loop", 1, 2, true));
		}

		@Bean
		ReactorResourceFactory reactorResourceFactory(Threads threads) {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			factory.setLoopResources(threads.loops());
			return factory;
		}

		@Bean
		CleanThreads cleanThreads() {
			return new CleanThreads();
		}

		@Bean
		Steps steps(WebClient.Builder builder, Threads threads, CleanThreads clean) {
			return new Steps(builder.build(), threads, clean);
		}

		@Bean
		Controller controller(Steps steps, Threads threads, CleanThreads clean) {
			return new Controller(steps, threads, clean);
		}

	}

	@RestController
	static class Controller {

		private final Steps steps;

		private final Threads threads;

		private final CleanThreads clean;

		Controller(Steps steps, Threads threads, CleanThreads clean) {
			this.steps = steps;
			this.threads = threads;
			this.clean = clean;
		}

		@GetMapping("/outer/{i}")
		Mono<String> outer(@PathVariable int i, ServerWebExchange exchange) {
			int port = exchange.getRequest().getLocalAddress().getPort();
			String tenant = "tenant-" + i;
			See see = new See(this.clean, tenant);
			return Mono.just(i)
				.doOnNext(see::here)
				.publishOn(this.threads.worker(i))
				.doOnNext(see::here)
				.flatMap((ignored) -> this.steps.step(i, port, see))
				.doOnNext(see::here)
				.publishOn(this.threads.worker(i + 2))
				.map((trace) -> {
					see.here(trace);
					return tenant + " " + trace;
				})
				.subscribeOn(this.threads.worker(i + 1));
		}

		@GetMapping("/inner/{i}")
		Mono<String> inner(@PathVariable int i, @RequestHeader String traceparent) {
			See see = new See(this.clean, null);
			return this.steps.leaf(see, this.threads.worker(i + 3))
				.filter((trace) -> trace.equals(traceparent.substring(3, 35)));
		}

	}

	static class Steps {

		private final WebClient client;

		private final Threads threads;

		private final CleanThreads clean;

		Steps(WebClient client, Threads threads, CleanThreads clean) {
			this.client = client;
			this.threads = threads;
			this.clean = clean;
		}

		@Traced("step")
		Mono<String> step(int i, int port, See see) {
			return Flux.range(0, 2)
				.delayElements(Duration.ofMillis(1), this.threads.worker(i))
				.doOnNext(see::here)
				.collectList()
				.flatMap((ignored) -> this.client.get()
					.uri("http://127.0.0.1:" + port + "/inner/" + i)
					.retrieve()
					.bodyToMono(String.class))
				.doOnNext(see::here);
		}

		@Traced("leaf")
		Mono<String> leaf(See see, Scheduler worker) {
			return Mono.fromCallable(() -> {
				see.here("leaf");
				return Span.current().getSpanContext().getTraceId();
			}).subscribeOn(worker);
		}

	}

	/**
	 * Looks at the context and the MDC of a thread while a request is there.
	 */
	record See(CleanThreads clean, String tenant) {

		void here(Object ignored) {
			Span span = Span.current();
			boolean right = span.getSpanContext().isValid()
					&& span.getSpanContext().getTraceId().equals(MDC.get("traceId"))
					&& span.getSpanContext().getSpanId().equals(MDC.get("spanId"))
					&& java.util.Objects.equals(this.tenant, RequestIds.current().tenant())
					&& java.util.Objects.equals(this.tenant, MDC.get("tenantId"));
			if (!right) {
				this.clean.found(Thread.currentThread().getName() + " with " + this.tenant + ": "
						+ span.getSpanContext() + " " + RequestIds.current() + " " + MDC.getCopyOfContextMap());
			}
		}

	}

}
