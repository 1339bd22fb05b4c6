package usecases;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a caller learns of the trace, and what is known of it when a request fails, on
 * both stacks with real servers.
 */
class CallerTraceTests {

	private static final String TELL = "kosmos.tracing.web.trace-response.paths=/api/**,/actuator/**";

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@AfterEach
	void detach() {
		root().detachAppender(this.log);
	}

	private static ch.qos.logback.classic.Logger root() {
		return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
	}

	private RunningService start(Stack stack, String... properties) {
		RunningService service = RunningService.start(stack.type, stack.application, properties);
		this.log.start();
		root().addAppender(this.log);
		return service;
	}

	@ParameterizedTest
	@EnumSource
	void aResponseTellsItsTraceOnAllowedPaths(Stack stack) {
		try (RunningService service = start(stack, TELL, "management.endpoints.web.exposure.include=health")) {
			for (String path : List.of("/api/ok", "/api/stream", "/api/fail", "/api/status", "/api/problem",
					"/api/async", "/api/broken")) {
				service.reset();
				String response = service.get(path);
				SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
				assertThat(header(response)).as(path + response)
					.containsExactly("00-" + server.getTraceId() + "-" + server.getSpanId() + "-01");
			}
			String unsampled = service.get("/api/ok",
					"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
			assertThat(header(unsampled)).singleElement()
				.asString()
				.startsWith("00-0af7651916cd43dd8448eb211c80319c-")
				.endsWith("-00");
			for (String path : List.of("/ok", "/fail", "/actuator/health", "/apix")) {
				assertThat(header(service.get(path))).as(path).isEmpty();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void noResponseTellsItsTraceUnlessAllowed(Stack stack) {
		try (RunningService service = start(stack)) {
			assertThat(header(service.get("/api/ok"))).isEmpty();
		}
	}

	private static List<String> header(String response) {
		return response.lines()
			.filter((line) -> line.startsWith("traceresponse: "))
			.map((line) -> line.substring(15))
			.toList();
	}

	@ParameterizedTest
	@EnumSource
	void errorsTellTheTraceId(Stack stack) {
		try (RunningService service = start(stack, "spring.mvc.problemdetails.enabled=true",
				"spring.webflux.problemdetails.enabled=true")) {
			for (String path : List.of("/api/problem", "/api/status", "/api/method", "/api/fail", "/api/async",
					"/api/own")) {
				service.reset();
				String response = service.get(path, "Accept: application/json");
				SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
				String expected = path.equals("/api/own") ? "mine" : server.getTraceId();
				assertThat(response).as(path).contains("\"traceId\":\"" + expected + "\"");
			}
			assertThat(service.get("/actuator/nothing", "Accept: application/json")).contains("404")
				.doesNotContain("traceId");
		}
		try (RunningService service = start(stack, "kosmos.tracing.web.trace-id-in-errors=false")) {
			assertThat(service.get("/api/problem")).contains("problem").doesNotContain("traceId");
			assertThat(service.get("/api/fail", "Accept: application/json")).contains("500").doesNotContain("traceId");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatIsLoggedOfAFailureHasItsTrace(Stack stack) {
		try (RunningService service = start(stack)) {
			for (String path : List.of("/api/fail", "/api/async", "/api/broken")) {
				service.reset();
				this.log.list.clear();
				service.get(path, "X-Tenant-Id: acme");
				SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
				Awaitility.await().untilAsserted(() -> assertThat(failures()).as(path).isNotEmpty());
				assertThat(failures()).allSatisfy((line) -> assertThat(line.getMDCPropertyMap()).as(path + line)
					.containsEntry("traceId", server.getTraceId())
					.containsEntry("spanId", server.getSpanId()));
				assertThat(failures())
					.allSatisfy((line) -> assertThat(line.getMDCPropertyMap()).containsEntry("tenantId", "acme"));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/services/hello", "//services/hello", "/%73ervices/hello", "/services;a=b/hello" })
	void aPathThatOnlyItsServletUnderstandsIsServed(String path) {
		try (RunningService service = RunningService.start(WebApplicationType.SERVLET, ServiceApplication.class,
				"kosmos.tracing.web.trace-response.paths=/**")) {
			assertThat(service.get(path)).startsWith("HTTP/1.1 200").contains("hello");
		}
	}

	// Of a response that broke off Netty logs a line as well, outside the request.
	private List<ILoggingEvent> failures() {
		return List.copyOf(this.log.list)
			.stream()
			.filter((line) -> line.getLevel() == Level.ERROR && !line.getLoggerName().startsWith("reactor.netty."))
			.toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/fail", "/api/status", "/api/async", "/api/deferred" })
	void anErrorPageIsPartOfTheRequest(String path) {
		try (RunningService service = RunningService.start(WebApplicationType.SERVLET, ErrorPageApplication.class)) {
			this.log.start();
			root().addAppender(this.log);
			assertThat(service.get(path, "X-Tenant-Id: acme")).contains("sorry");
			List<SpanData> spans = service.awaitEnded(2);
			assertThat(spans).hasSize(2);
			SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
			SpanData page = service.await((span) -> span.getName().equals("error-page"));
			assertThat(server.getName()).isEqualTo("http get " + path);
			assertThat(page.getTraceId()).isEqualTo(server.getTraceId());
			assertThat(page.getParentSpanId()).isEqualTo(server.getSpanId());
			assertThat(this.log.list).filteredOn((line) -> line.getMessage().equals("error page"))
				.singleElement()
				.satisfies((line) -> assertThat(line.getMDCPropertyMap()).containsEntry("traceId", server.getTraceId())
					.containsEntry("tenantId", "acme"));
		}
	}

	@Test
	void aFailedRequestLeavesNothingBehindInItsThread() {
		try (RunningService service = start(Stack.SERVLET, "server.tomcat.threads.max=1",
				"server.tomcat.threads.min-spare=1")) {
			for (String path : List.of("/api/fail", "/api/async", "/api/status", "/api/broken", "/api/ok",
					"/api/stream", "/no/such/path", "/api/fail")) {
				service.get(path);
				service.reset();
				service.get("/api/ok");
				SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
				assertThat(server.getParentSpanContext().isValid()).as("after " + path).isFalse();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aStreamIsOneSpanUntilItEnds(Stack stack) {
		try (RunningService service = start(stack)) {
			String response = service.get("/api/stream", "Accept: text/event-stream");
			assertThat(response).containsSubsequence("data:", "0", "data:", "1", "data:", "2");
			List<SpanData> spans = service.awaitEnded(1);
			assertThat(spans).hasSize(1);
			long millis = (spans.get(0).getEndEpochNanos() - spans.get(0).getStartEpochNanos()) / 1_000_000;
			assertThat(millis).isGreaterThanOrEqualTo(190);
		}
	}

	enum Stack {

		SERVLET(WebApplicationType.SERVLET, ServletApplication.class),

		REACTIVE(WebApplicationType.REACTIVE, ReactiveApplication.class);

		private final WebApplicationType type;

		private final Class<?> application;

		Stack(WebApplicationType type, Class<?> application) {
			this.type = type;
			this.application = application;
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Answers.class, ServletAnswers.class })
	static class ServletApplication {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServiceApplication {

		@Bean
		ServletRegistrationBean<HttpServlet> services() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					response.getWriter().print("hello");
				}

			}, "/services/*");
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Answers.class, ServletAnswers.class, ErrorPage.class })
	static class ErrorPageApplication {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = TomcatReactiveWebServerAutoConfiguration.class)
	@Import({ Answers.class, ReactiveAnswers.class })
	static class ReactiveApplication {

		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			factory.setShutdownQuietPeriod(Duration.ZERO);
			return factory;
		}

	}

	@RestController
	static class Answers {

		@GetMapping({ "/ok", "/api/ok", "/apix" })
		String ok() {
			return "ok";
		}

		@GetMapping({ "/fail", "/api/fail" })
		String fail() {
			throw new IllegalStateException("failed");
		}

		@GetMapping("/api/status")
		String status() {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "taken");
		}

		@RequestMapping(path = "/api/method", method = RequestMethod.PUT)
		String method() {
			return "put";
		}

		@GetMapping("/api/problem")
		String problem() {
			throw new UnsupportedOperationException("problem");
		}

		@GetMapping("/api/own")
		ProblemDetail own() {
			ProblemDetail detail = ProblemDetail.forStatus(418);
			detail.setProperty("traceId", "mine");
			return detail;
		}

		@ExceptionHandler
		ProblemDetail handle(UnsupportedOperationException ex) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.getMessage());
		}

	}

	@RestController
	static class ServletAnswers {

		@GetMapping("/api/async")
		Callable<String> async() {
			return () -> {
				throw new IllegalStateException("failed later");
			};
		}

		@GetMapping("/api/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			CompletableFuture.runAsync(() -> result.setErrorResult(new IllegalStateException("failed later")));
			return result;
		}

		@GetMapping("/api/broken")
		StreamingResponseBody broken() {
			return (output) -> {
				output.write("begun".getBytes());
				output.flush();
				throw new IOException("broken off");
			};
		}

		@GetMapping("/api/stream")
		SseEmitter stream() {
			SseEmitter emitter = new SseEmitter();
			Flux.interval(Duration.ofMillis(100)).take(3).subscribe((tick) -> {
				try {
					emitter.send(tick);
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}, emitter::completeWithError, emitter::complete);
			return emitter;
		}

	}

	@RestController
	static class ReactiveAnswers {

		@GetMapping("/api/async")
		Mono<String> async() {
			return Mono.delay(Duration.ofMillis(10)).then(Mono.error(() -> new IllegalStateException("failed later")));
		}

		@GetMapping(path = "/api/broken", produces = MediaType.TEXT_PLAIN_VALUE)
		Flux<String> broken() {
			return Flux.concat(Mono.just("begun"), Mono.error(() -> new IllegalStateException("broken off")));
		}

		@GetMapping("/api/stream")
		Flux<ServerSentEvent<Long>> stream() {
			return Flux.interval(Duration.ofMillis(100))
				.onBackpressureBuffer()
				.take(3)
				.map((tick) -> ServerSentEvent.builder(tick).build());
		}

	}

	@RestController
	static class ErrorPage implements ErrorController {

		private static final Logger logger = LoggerFactory.getLogger(ErrorPage.class);

		private final Spans spans;

		ErrorPage(Spans spans) {
			this.spans = spans;
		}

		@RequestMapping("/error")
		String page() {
			logger.info("error page");
			return this.spans.in("error-page", () -> "sorry");
		}

	}

}
