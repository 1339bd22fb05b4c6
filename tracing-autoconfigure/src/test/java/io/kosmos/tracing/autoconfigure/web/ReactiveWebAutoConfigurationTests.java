package io.kosmos.tracing.autoconfigure.web;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

class ReactiveWebAutoConfigurationTests {

	@TempDir
	Path resources;

	@Test
	void shouldNotTraceActuator() {
		try (WebTracingServer server = start()) {
			for (String path : List.of("/actuator", "/actuator/info", "/actuator/nothing/below", "/%61ctuator/info")) {
				server.get(path);
			}
			HttpResponse<String> health = server.get("/actuator/health", "traceparent",
					"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(server.get("/actuators").statusCode()).isEqualTo(200);
			CustomHealthIndicator indicator = server.context().getBean(CustomHealthIndicator.class);
			assertThat(indicator.receivedTraceparent).startsWith("00-0af7651916cd43dd8448eb211c80319c-")
				.satisfies(WebTracingServer::isNotSampled);
			assertThat(names(server)).containsExactly("http get /actuators");
			server.assertMetric("/actuator/health");
		}
	}

	@Test
	void shouldFollowBasePaths() {
		WebTracingServer.write(this.resources, "site.css", "a{}");
		try (WebTracingServer server = start("spring.webflux.base-path=/app",
				"management.endpoints.web.base-path=/manage", "management.endpoints.web.path-mapping.info=about")) {
			assertThat(server.get("/app/manage/about").statusCode()).isEqualTo(200);
			assertThat(server.get("/app/site.css").statusCode()).isEqualTo(200);
			assertThat(server.spanNames("/app/marker", "http get /marker")).isEmpty();
		}
	}

	@Test
	void shouldNotTraceManagementServerNorWhatIsDoneInside() {
		try (WebTracingServer server = start("management.server.port=0", "management.server.address=127.0.0.1",
				"management.endpoint.health.group.live.include=ping",
				"management.endpoint.health.group.live.additional-path=server:/healthz")) {
			assertThat(server.managementPort()).isNotEqualTo(server.port());
			assertThat(server.get(server.managementPort(), "/actuator/health").statusCode()).isEqualTo(200);
			assertThat(server.context().getBean(CustomHealthIndicator.class).receivedTraceparent)
				.satisfies(WebTracingServer::isNotSampled);
			assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
			assertThat(names(server)).isEmpty();
		}
	}

	@Test
	void shouldNotTraceStaticResources() {
		WebTracingServer.write(this.resources, "site.css", "a{}");
		WebTracingServer.write(this.resources, "libs/lib/1.0/lib.js", "lib");
		try (WebTracingServer server = start()) {
			assertThat(server.get("/site.css").body()).isEqualTo("a{}");
			assertThat(server.get("/libs/lib/1.0/lib.js").body()).isEqualTo("lib");
			assertThat(server.get("/not-there").statusCode()).isEqualTo(404);
			assertThat(names(server)).isEmpty();
			server.assertMetric("/**");
		}
	}

	@Test
	void shouldTraceHandlersWhateverTheirPathLooksLike() {
		WebTracingServer.write(this.resources, "report.css", "static");
		try (WebTracingServer server = start()) {
			assertThat(server.get("/report.css").body()).isEqualTo("controller");
			assertThat(server.get("/pages/about.html").body()).isEqualTo("about.html");
			assertThat(server.get("/routed.js").body()).isEqualTo("routed");
			assertThat(server.get("/write").statusCode()).isEqualTo(405);
			assertThat(names(server)).hasSize(4)
				.contains("http get /report.css", "http get /pages/{page}", "http get /routed.js");
		}
	}

	@Test
	void shouldTraceEverythingWhenAskedTo() {
		WebTracingServer.write(this.resources, "site.css", "a{}");
		try (WebTracingServer server = start("kosmos.tracing.web.exclude-actuator=false",
				"kosmos.tracing.web.exclude-static-resources=false", "management.server.port=0",
				"management.server.address=127.0.0.1")) {
			server.get(server.managementPort(), "/actuator/info");
			server.get("/site.css");
			assertThat(names(server)).containsExactly("http get /actuator/info", "http get /**");
		}
	}

	@Test
	void shouldLeaveTheResponseToWhoAnswers() {
		try (WebTracingServer server = start()) {
			HttpResponse<String> stopped = server.get("/partners", "Origin", "https://elsewhere.example", "X-Stop",
					"yes");
			assertThat(stopped.statusCode()).isEqualTo(200);
			assertThat(stopped.headers().map()).doesNotContainKey("vary");
			assertThat(server.get("/partners", "Origin", "https://elsewhere.example").statusCode()).isEqualTo(403);
		}
	}

	private List<String> names(WebTracingServer server) {
		return server.spanNames("/marker", "http get /marker");
	}

	private WebTracingServer start(String... properties) {
		return WebTracingServer.start(WebApplicationType.REACTIVE, Application.class, this.resources, properties);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { TomcatReactiveWebServerAutoConfiguration.class,
			TomcatReactiveManagementContextAutoConfiguration.class })
	@Import({ WebTracingServer.Recorder.class, Controllers.class })
	static class Application {

		// The global resources would be those of every other test in this JVM.
		@Bean
		ReactorResourceFactory reactorResources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

		@Bean
		CustomHealthIndicator custom(Environment environment, WebClient.Builder webClient) {
			return new CustomHealthIndicator(environment, webClient);
		}

		@Bean
		WebFilter stopping() {
			return (exchange, chain) -> exchange.getRequest().getHeaders().containsHeader("X-Stop")
					? exchange.getResponse().setComplete() : chain.filter(exchange);
		}

		@Bean
		RouterFunction<ServerResponse> routed() {
			return RouterFunctions.route()
				.GET("/routed.js", (request) -> ServerResponse.ok().bodyValue("routed"))
				.build();
		}

	}

	@RestController
	static class Controllers implements WebFluxConfigurer {

		@Value("${spring.web.resources.static-locations}")
		private String resources;

		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/libs/**").addResourceLocations(this.resources + "libs/");
		}

		@GetMapping("/marker")
		Mono<String> marker() {
			return Mono.just("marker");
		}

		@GetMapping("/actuators")
		String actuators() {
			return "actuators";
		}

		@CrossOrigin("https://partner.example")
		@GetMapping("/partners")
		String partners() {
			return "partners";
		}

		@GetMapping("/report.css")
		String report() {
			return "controller";
		}

		@GetMapping("/pages/{page}")
		String page(@PathVariable String page) {
			return page;
		}

		@PostMapping("/write")
		void write() {
		}

		@GetMapping("/echo")
		String echo(@RequestHeader(required = false) String traceparent) {
			return String.valueOf(traceparent);
		}

	}

	/**
	 * Calls another service.
	 */
	static class CustomHealthIndicator implements ReactiveHealthIndicator {

		private final Environment environment;

		private final WebClient.Builder webClient;

		private volatile String receivedTraceparent = "";

		CustomHealthIndicator(Environment environment, WebClient.Builder webClient) {
			this.environment = environment;
			this.webClient = webClient;
		}

		@Override
		public Mono<Health> health() {
			return this.webClient.build()
				.get()
				.uri("http://127.0.0.1:" + this.environment.getProperty("local.server.port") + "/echo")
				.retrieve()
				.bodyToMono(String.class)
				.doOnNext((traceparent) -> this.receivedTraceparent = traceparent)
				.thenReturn(Health.up().build());
		}

	}

}
