package usecases;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingSection;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What leaves a running service that keeps only what matters.
 */
class TailTests {

	private static RunningService service;

	@BeforeAll
	static void start() {
		service = RunningService.start(WebApplicationType.SERVLET, Application.class,
				"kosmos.tracing.tail.enabled=true", "kosmos.tracing.tail.probability=0", "kosmos.tracing.tail.slow=5m",
				"kosmos.tracing.tail.cost=1.00", "kosmos.tracing.tail.rules[0].name=checkout",
				"kosmos.tracing.tail.rules[0].span-name=check*");
	}

	@AfterAll
	static void stop() {
		service.close();
	}

	@BeforeEach
	void reset() {
		service.bean(InMemorySpanExporter.class).reset();
		service.reset();
	}

	@Test
	void shouldDropWhatIsFastAndRight() {
		service.get("/fast");
		service.awaitEnded(2);
		flush();
		assertThat(exported()).isEmpty();
	}

	@Test
	void shouldKeepErrors() {
		service.get("/error-within");
		assertThat(kept("error")).extracting(SpanData::getName).contains("http get /error-within", "work");
	}

	@Test
	void shouldKeepWhatIsSlow() {
		Tracer tracer = service.bean(Tracer.class);
		Span root = tracer.spanBuilder("slow").setStartTimestamp(Instant.now().minusSeconds(600)).startSpan();
		tracer.spanBuilder("work").setParent(Context.root().with(root)).startSpan().end();
		root.end();
		assertThat(kept("slow")).extracting(SpanData::getName).containsExactlyInAnyOrder("slow", "work");
	}

	@Test
	void shouldKeepWhatIsCostly() {
		service.get("/costly");
		assertThat(kept("cost")).extracting(SpanData::getName).contains("http get /costly", "first", "second");
	}

	@Test
	void shouldKeepByRule() {
		service.get("/checkout");
		assertThat(kept("rule:checkout")).extracting(SpanData::getName).contains("http get /checkout", "check out");
	}

	@Test
	void shouldLetWhatEndsLaterFollow() {
		Controller controller = service.bean(Controller.class);
		controller.later = new CountDownLatch(1);
		service.get("/later");
		controller.later.countDown();
		service.await((span) -> span.getName().equals("late"));
		flush();
		assertThat(exported()).isEmpty();
		controller.later = new CountDownLatch(1);
		service.get("/later-checkout");
		kept("rule:checkout");
		controller.later.countDown();
		Awaitility.await()
			.untilAsserted(() -> assertThat(exported()).extracting(SpanData::getName)
				.contains("http get /later-checkout", "late"));
	}

	@Test
	void shouldShowWhatItHoldsAndDecided() {
		service.get("/checkout");
		kept("rule:checkout");
		Map<String, ?> section = service.bean(TailSections.class).tail();
		assertThat(section).containsKeys("held", "kept", "dropped", "evicted", "limits");
		assertThat((Map<String, Long>) section.get("kept")).extractingByKey("rule:checkout").isNotEqualTo(0L);
		assertThat(section.get("held").toString()).isEqualTo("{spans=0, traces=0, bytes=0}");
	}

	private static List<SpanData> kept(String reason) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> exported().stream()
				.anyMatch((span) -> reason.equals(span.getAttributes().get(KosmosAttributes.SAMPLING_REASON))));
		return exported();
	}

	private static void flush() {
		assertThat(service.bean(SdkTracerProvider.class).forceFlush().join(5, TimeUnit.SECONDS).isSuccess()).isTrue();
	}

	private static List<SpanData> exported() {
		return service.bean(InMemorySpanExporter.class).getFinishedSpanItems();
	}

	private static String await(CountDownLatch latch) {
		try {
			latch.await();
			return "done";
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String fail() {
		throw new IllegalStateException("broken");
	}

	private static String spend() {
		Span.current().setAttribute(KosmosAttributes.LLM_COST, 0.6);
		return "done";
	}

	record TailSections(List<TracingSection> sections) {

		Map<String, ?> tail() {
			return this.sections.stream()
				.filter((section) -> section.name().equals("tail"))
				.findFirst()
				.orElseThrow()
				.read();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		InMemorySpanExporter exporter() {
			return InMemorySpanExporter.create();
		}

		@Bean
		Controller controller(Spans spans) {
			return new Controller(spans);
		}

		@Bean
		TailSections sections(List<TracingSection> sections) {
			return new TailSections(sections);
		}

	}

	@RestController
	static class Controller {

		private final Spans spans;

		volatile CountDownLatch later = new CountDownLatch(0);

		Controller(Spans spans) {
			this.spans = spans;
		}

		@GetMapping("/fast")
		String fast() {
			return this.spans.in("work", () -> "done");
		}

		@GetMapping("/error-within")
		String error() {
			try {
				return this.spans.in("work", TailTests::fail);
			}
			catch (IllegalStateException ex) {
				return "mended";
			}
		}

		@GetMapping("/costly")
		String costly() {
			this.spans.in("first", TailTests::spend);
			return this.spans.in("second", TailTests::spend);
		}

		@GetMapping("/checkout")
		String checkout() {
			return this.spans.in("check out", () -> "done");
		}

		@GetMapping("/later")
		String later() {
			CountDownLatch until = this.later;
			Runnable late = () -> this.spans.in("late", () -> await(until));
			CompletableFuture.runAsync(Context.current().wrap(late));
			return "done";
		}

		@GetMapping("/later-checkout")
		String laterCheckout() {
			later();
			return checkout();
		}

	}

}
