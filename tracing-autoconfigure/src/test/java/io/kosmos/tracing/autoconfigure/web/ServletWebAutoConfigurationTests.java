package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

class ServletWebAutoConfigurationTests {

	private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	@TempDir
	Path resources;

	@Test
	void shouldNotTraceActuator() {
		try (WebTracingServer server = start()) {
			for (String path : List.of("/actuator", "/actuator/health", "/actuator/health/custom", "/actuator/info",
					"/actuator/nothing/below", "/%61ctuator/health", "/actuator;a=b/health")) {
				server.get(path);
			}
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(names(server)).isEmpty();
			server.assertMetric("/actuator/health");
		}
	}

	@Test
	void shouldTracePathThatOnlyStartsLikeActuator() {
		try (WebTracingServer server = start()) {
			assertThat(server.get("/actuators").body()).isEqualTo("actuators");
			assertThat(names(server)).containsExactly("http get /actuators");
		}
	}

	@Test
	void shouldFollowBasePathAndPathMapping() {
		try (WebTracingServer server = start("management.endpoints.web.base-path=/manage",
				"management.endpoints.web.path-mapping.health=alive")) {
			assertThat(server.get("/manage").statusCode()).isEqualTo(200);
			assertThat(server.get("/manage/alive").statusCode()).isEqualTo(200);
			assertThat(names(server)).isEmpty();
		}
	}

	@Test
	void shouldFollowEndpointsWithoutBasePath() {
		try (WebTracingServer server = start("management.endpoints.web.base-path=/",
				"management.endpoints.web.path-mapping.health=alive")) {
			assertThat(server.get("/alive/custom").statusCode()).isEqualTo(200);
			assertThat(server.get("/info").statusCode()).isEqualTo(200);
			assertThat(server.get("/actuators").statusCode()).isEqualTo(200);
			assertThat(names(server)).containsExactly("http get /actuators");
		}
	}

	@Test
	void shouldFollowContextPathAndServletPath() {
		try (WebTracingServer server = start("server.servlet.context-path=/app", "spring.mvc.servlet.path=/api")) {
			WebTracingServer.write(this.resources, "site.css", "a{}");
			assertThat(server.get("/app/api/actuator/health").statusCode()).isEqualTo(200);
			assertThat(server.get("/app/api/site.css").statusCode()).isEqualTo(200);
			assertThat(server.spanNames("/app/api/marker", "http get /marker")).isEmpty();
		}
	}

	@Test
	void shouldNotTraceAdditionalHealthPath() {
		try (WebTracingServer server = start("management.endpoint.health.group.live.include=custom",
				"management.endpoint.health.group.live.additional-path=server:/healthz", "management.server.port=0",
				"management.server.address=127.0.0.1")) {
			assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
			assertThat(names(server)).isEmpty();
		}
	}

	@Test
	void shouldNotTraceManagementServerNorWhatIsDoneInside() {
		try (WebTracingServer server = start("management.server.port=0", "management.server.address=127.0.0.1",
				"management.server.base-path=/ops")) {
			assertThat(server.managementPort()).isNotEqualTo(server.port());
			HttpResponse<String> health = server.get(server.managementPort(), "/ops/actuator/health");
			assertThat(health.statusCode()).isEqualTo(200);
			assertThat(health.body()).contains("custom");
			assertThat(server.context().getBean(CustomHealthIndicator.class).receivedTraceparent)
				.satisfies(WebTracingServer::isNotSampled);
			server.get(server.managementPort(), "/ops/nothing");
			assertThat(names(server)).isEmpty();
		}
	}

	@Test
	void shouldTraceManagementServersWorkWhenAskedTo() {
		try (WebTracingServer server = start("management.server.port=0", "management.server.address=127.0.0.1",
				"kosmos.tracing.web.exclude-actuator=false")) {
			server.get(server.managementPort(), "/actuator/health");
			assertThat(names(server)).contains("inside-health");
		}
	}

	@Test
	void shouldNotTraceWhatIsDoneInsideExcludedRequest() {
		for (String sampler : List.of("parent_based_trace_id_ratio", "always_on")) {
			try (WebTracingServer server = start("management.opentelemetry.tracing.sampler=" + sampler)) {
				server.get("/actuator/health", "traceparent", TRACEPARENT);
				CustomHealthIndicator indicator = server.context().getBean(CustomHealthIndicator.class);
				assertThat(indicator.calls).isOne();
				assertThat(indicator.receivedTraceparent).startsWith("00-0af7651916cd43dd8448eb211c80319c-")
					.satisfies(WebTracingServer::isNotSampled);
				if (!sampler.equals("always_on")) {
					assertThat(names(server)).isEmpty();
				}
				else {
					// The server that the indicator calls does not look at its parent.
					assertThat(names(server)).containsOnly("http get /echo");
				}
			}
		}
	}

	@Test
	void shouldKeepSamplerOfApplication() {
		try (WebTracingServer server = start(NeverSampler.class)) {
			server.get("/actuator/health");
			server.get("/marker");
			server.assertMetric("/marker");
			assertThat(server.spans()).isEmpty();
		}
	}

	@Test
	void shouldNotTraceStaticResources() {
		WebTracingServer.write(this.resources, "site.css", "a{}");
		WebTracingServer.write(this.resources, "favicon.ico", "x");
		WebTracingServer.write(this.resources, "index.html", "welcome");
		try (WebTracingServer server = start()) {
			assertThat(server.get("/site.css").body()).isEqualTo("a{}");
			assertThat(server.get("/favicon.ico").statusCode()).isEqualTo(200);
			assertThat(server.get("/").body()).isEqualTo("welcome");
			assertThat(server.get("/index.html").body()).isEqualTo("welcome");
			assertThat(server.get("/libs/lib/1.0/lib.js").body()).isEqualTo("lib");
			assertThat(server.get("/not-there").statusCode()).isEqualTo(404);
			server.send(HttpRequest.newBuilder().method("HEAD", HttpRequest.BodyPublishers.noBody()), server.port(),
					"/site.css");
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
			assertThat(server.get("/other/site.css").body()).isEqualTo("servlet");
			assertThat(server.get("/write").statusCode()).isEqualTo(405);
			assertThat(names(server)).hasSize(5)
				.contains("http get /report.css", "http get /pages/{page}", "http get /routed.js");
		}
	}

	@Test
	void shouldTraceEverythingWhenAskedTo() {
		WebTracingServer.write(this.resources, "site.css", "a{}");
		try (WebTracingServer server = start("kosmos.tracing.web.exclude-actuator=false",
				"kosmos.tracing.web.exclude-static-resources=false")) {
			server.get("/actuator/info");
			server.get("/site.css");
			assertThat(names(server)).containsExactly("http get /actuator/info", "http get /**");
		}
	}

	private List<String> names(WebTracingServer server) {
		return server.spanNames("/marker", "http get /marker");
	}

	private WebTracingServer start(String... properties) {
		return start(Application.class, properties);
	}

	private WebTracingServer start(Class<?> application, String... properties) {
		WebTracingServer.write(this.resources, "libs/lib/1.0/lib.js", "lib");
		return WebTracingServer.start(WebApplicationType.SERVLET, application, this.resources, properties);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ WebTracingServer.Recorder.class, Controllers.class })
	static class Application {

		@Bean
		CustomHealthIndicator custom(Environment environment, RestClient.Builder restClient, JdbcTemplate jdbc,
				Tracer tracer) {
			return new CustomHealthIndicator(environment, restClient, jdbc, tracer);
		}

		@Bean
		RouterFunction<ServerResponse> routed() {
			return RouterFunctions.route().GET("/routed.js", (request) -> ServerResponse.ok().body("routed")).build();
		}

		@Bean
		ServletRegistrationBean<HttpServlet> otherServlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					response.getWriter().write("servlet");
				}

			}, "/other/*");
		}

	}

	@Import(Application.class)
	@Configuration(proxyBeanMethods = false)
	static class NeverSampler {

		@Bean
		Sampler sampler() {
			return Sampler.alwaysOff();
		}

	}

	@RestController
	static class Controllers implements WebMvcConfigurer {

		@Value("${spring.web.resources.static-locations}")
		private String resources;

		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/libs/**").addResourceLocations(this.resources + "libs/");
		}

		@GetMapping("/marker")
		String marker() {
			return "marker";
		}

		@GetMapping("/actuators")
		String actuators() {
			return "actuators";
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
	 * Works like a real one: a statement, a span and a call to another service.
	 */
	static class CustomHealthIndicator implements HealthIndicator {

		private final Environment environment;

		private final RestClient.Builder restClient;

		private final JdbcTemplate jdbc;

		private final Tracer tracer;

		private volatile String receivedTraceparent = "";

		private volatile int calls;

		CustomHealthIndicator(Environment environment, RestClient.Builder restClient, JdbcTemplate jdbc,
				Tracer tracer) {
			this.environment = environment;
			this.restClient = restClient;
			this.jdbc = jdbc;
			this.tracer = tracer;
		}

		@Override
		public Health health() {
			this.calls++;
			this.tracer.spanBuilder("inside-health").startSpan().end();
			this.jdbc.execute("select 1");
			this.receivedTraceparent = this.restClient.build()
				.get()
				.uri("http://127.0.0.1:" + this.environment.getProperty("local.server.port")
						+ this.environment.getProperty("server.servlet.context-path", "")
						+ this.environment.getProperty("spring.mvc.servlet.path", "") + "/echo")
				.retrieve()
				.body(String.class);
			return Health.up().build();
		}

	}

}
