package usecases;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import reactor.core.publisher.Hooks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What code takes to threads by hand.
 */
class CurrentContextTests {

	private static ConfigurableApplicationContext application;

	private final ExecutorService pool = Executors.newSingleThreadExecutor();

	@BeforeAll
	static void start() {
		application = run();
	}

	@AfterAll
	static void stop() {
		application.close();
		Hooks.disableAutomaticContextPropagation();
		System.clearProperty("LOG_CORRELATION_PATTERN");
	}

	@AfterEach
	void nothingIsLeftBehind() throws Exception {
		assertThat(this.pool.submit(Seen::now).get()).isEqualTo(Seen.NOTHING);
		this.pool.shutdown();
		assertThat(Seen.now()).isEqualTo(Seen.NOTHING);
	}

	private static CurrentContext context() {
		return application.getBean(CurrentContext.class);
	}

	@Test
	void tasks() throws Exception {
		AtomicReference<Seen> seen = new AtomicReference<>();
		AtomicReference<Runnable> wrapped = new AtomicReference<>();
		Seen here = inRequest(() -> {
			wrapped.set(context().wrap(() -> seen.set(Seen.now())));
			Callable<Seen> callable = context().wrap(Seen::now);
			assertThat(this.pool.submit(callable).get()).isEqualTo(Seen.now());
			assertThat(CompletableFuture.supplyAsync(context().wrapSupplier(Seen::now), this.pool).get())
				.isEqualTo(Seen.now());
			return Seen.now();
		});
		for (int i = 0; i < 2; i++) {
			Thread thread = new Thread(wrapped.get());
			thread.start();
			thread.join();
			assertThat(seen.getAndSet(null)).isEqualTo(here);
		}
		wrapped.get().run();
		assertThat(seen.get()).isEqualTo(here);
	}

	@Test
	void stagesOfAFutureThatAnyThreadMayComplete() throws Exception {
		CompletableFuture<String> answer = new CompletableFuture<>();
		AtomicReference<CompletableFuture<List<Seen>>> stages = new AtomicReference<>();
		Seen here = inRequest(() -> {
			List<Seen> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
			stages.set(answer.thenApplyAsync(context().wrapFunction((text) -> Seen.now()), this.pool)
				.thenCombine(CompletableFuture.completedFuture(1), context().wrapFunction((first, second) -> {
					seen.add(first);
					seen.add(Seen.now());
					return seen;
				}))
				.whenComplete(context().wrapConsumer((result, failure) -> seen.add(Seen.now()))));
			answer.thenAccept(context().wrapConsumer((text) -> seen.add(Seen.now())));
			return Seen.now();
		});
		new Thread(() -> answer.complete("text")).start();
		assertThat(stages.get().get(5, TimeUnit.SECONDS)).hasSizeGreaterThanOrEqualTo(3).containsOnly(here);
	}

	@Test
	void executors() throws Exception {
		Executor executor = context().wrap((Executor) this.pool);
		ExecutorService service = context().wrap(this.pool);
		inRequest(() -> {
			assertThat(CompletableFuture.supplyAsync(Seen::now, executor).get()).isEqualTo(Seen.now());
			assertThat(service.submit(Seen::now).get()).isEqualTo(Seen.now());
			assertThat(service.invokeAll(List.of(Seen::now)).get(0).get()).isEqualTo(Seen.now());
			return Seen.now();
		});
		assertThat(service.submit(Seen::now).get()).isEqualTo(Seen.NOTHING);
	}

	@Test
	void parallelStreams() throws Exception {
		inRequest(() -> {
			Seen here = Seen.now();
			assertThat(IntStream.range(0, 1000)
				.boxed()
				.parallel()
				.map(context().wrapFunction((i) -> Seen.now()))
				.collect(Collectors.toSet())).containsExactly(here);
			return here;
		});
		assertThat(IntStream.range(0, 1000).parallel().mapToObj((i) -> Seen.now()).distinct())
			.containsExactly(Seen.NOTHING);
	}

	@Test
	void whereAnotherRequestIsObserved() throws Exception {
		AtomicReference<Callable<Seen>> wrapped = new AtomicReference<>();
		Callable<Seen> ofNothing = context().wrap(Seen::now);
		Seen here = inRequest(() -> {
			wrapped.set(context().wrap(Seen::now));
			return Seen.now();
		});
		Observation other = Observation.start("other", application.getBean(ObservationRegistry.class));
		try (Observation.Scope request = other.openScope()) {
			Seen there = Seen.now();
			assertThat(there.root()).isFalse();
			assertThat(ofNothing.call()).isEqualTo(Seen.NOTHING);
			try (MDC.MDCCloseable order = MDC.putCloseable("order", "18")) {
				assertThat(wrapped.get().call()).isEqualTo(here);
				assertThat(MDC.get("order")).isEqualTo("18");
			}
			assertThat(Seen.now()).isEqualTo(there);
		}
		other.stop();
	}

	@EnumSource
	@ParameterizedTest
	void besideAnAccessorThatFails(FailingAccessor failing) throws Exception {
		ContextRegistry.getInstance().registerThreadLocalAccessor(failing);
		try {
			Callable<Seen> ofNothing = context().wrap(Seen::now);
			inRequest(() -> {
				Seen here = Seen.now();
				assertThat(ofNothing.call().root()).isTrue();
				assertThat(Seen.now()).isEqualTo(here);
				assertThat(this.pool.submit(context().wrap(Seen::now)).get()).isEqualTo(here);
				return here;
			});
		}
		finally {
			ContextRegistry.getInstance().removeThreadLocalAccessor(failing.key());
		}
	}

	@Test
	void whatATaskLeavesInTheMdcIsGone() throws Exception {
		Runnable untidy = context().wrap(() -> MDC.put("junk", "left"));
		this.pool.submit(untidy).get();
	}

	@Test
	void itIsThereWhenTracingIsOff() throws Exception {
		try (ConfigurableApplicationContext off = run("--kosmos.tracing.enabled=false")) {
			MDC.put("order", "17");
			Callable<String> order = off.getBean(CurrentContext.class).wrap(() -> MDC.get("order"));
			MDC.remove("order");
			assertThat(this.pool.submit(order).get()).isEqualTo("17");
		}
	}

	/**
	 * The API is a preview, and has another shape in every JDK.
	 */
	@EnabledOnJre(JRE.JAVA_25)
	@Test
	void structuredTaskScopes(@TempDir Path directory) throws Exception {
		Path source = Files.writeString(directory.resolve("Structured.java"),
				"""
						import java.util.concurrent.StructuredTaskScope;
						import io.kosmos.tracing.CurrentContext;
						import io.kosmos.tracing.Spans;
						import io.opentelemetry.api.trace.Span;
						import org.springframework.boot.SpringApplication;
						import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

						@EnableAutoConfiguration
						public class Structured {
							public static void main(String[] args) throws Exception {
								var application = SpringApplication.run(Structured.class, "--spring.main.web-application-type=none",
										"--kosmos.tracing.exporter.enabled=false", "--spring.main.banner-mode=off");
								var context = application.getBean(CurrentContext.class);
								application.getBean(Spans.class).in("work", () -> {
									String here = Span.current().getSpanContext().getSpanId();
									try (var scope = StructuredTaskScope.<String>open()) {
										var wrapped = scope.fork(context.wrap(() -> Span.current().getSpanContext().getSpanId()));
										var plain = scope.fork(() -> Span.current().getSpanContext().getSpanId());
										scope.join();
										System.out.println("wrapped " + here.equals(wrapped.get()) + ", plain " + here.equals(plain.get()));
									}
								});
								application.close();
							}
						}
						""");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"--enable-preview", "--source", "25", "-cp", System.getProperty("java.class.path"), source.toString())
			.redirectErrorStream(true)
			.redirectOutput(new File(directory.toFile(), "out"))
			.start();
		assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
		assertThat(directory.resolve("out")).content().contains("wrapped true, plain false");
	}

	private static Seen inRequest(Callable<Seen> work) throws Exception {
		MDC.put("order", "17");
		try (Scope ids = application.getBean(RequestContext.class).tenant("acme").open();
				Scope baggage = Baggage.current().toBuilder().put("region", "north").build().makeCurrent()) {
			Seen seen = application.getBean(Spans.class).in("work", work::call);
			assertThat(seen.mdc()).containsEntry("order", "17")
				.containsEntry("tenantId", "acme")
				.containsEntry("traceId", seen.traceId())
				.containsEntry("spanId", seen.spanId());
			assertThat(seen.ids().tenant()).isEqualTo("acme");
			assertThat(seen.region()).isEqualTo("north");
			return seen;
		}
		finally {
			MDC.remove("order");
		}
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
	record Seen(boolean root, String traceId, String spanId, RequestIds ids, String region, Map<String, String> mdc) {

		static final Seen NOTHING = new Seen(true, "0".repeat(32), "0".repeat(16), RequestIds.NONE, null, Map.of());

		static Seen now() {
			Map<String, String> mdc = MDC.getCopyOfContextMap();
			return new Seen(Context.current() == Context.root(), Span.current().getSpanContext().getTraceId(),
					Span.current().getSpanContext().getSpanId(), RequestIds.current(),
					Baggage.current().getEntryValue("region"), (mdc != null) ? mdc : Map.of());
		}

	}

	enum FailingAccessor implements ThreadLocalAccessor<String> {

		SETTING, CLEARING, RESTORING;

		@Override
		public Object key() {
			return "failing";
		}

		@Override
		public String getValue() {
			return (this != CLEARING) ? "value" : null;
		}

		@Override
		public void setValue(String value) {
			if (this == SETTING) {
				throw new IllegalStateException("cannot be set");
			}
		}

		@Override
		public void restore(String previous) {
			throw new IllegalStateException("cannot be restored");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
