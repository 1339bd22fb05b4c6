package usecases;

import java.util.List;

import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An ordinary Boot web application that has the starter and one property.
 */
class StrangerApplicationTests {

	@Test
	void shouldTraceFromServerThroughTracedMethodToClient() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.run("--server.port=0", "--kosmos.tracing.exporter.enabled=false")) {
			int port = ((WebServerApplicationContext) context).getWebServer().getPort();
			String answer = RestClient.create("http://localhost:" + port)
				.get()
				.uri("/hello?name=Zoe")
				.retrieve()
				.body(String.class);
			assertThat(answer).isEqualTo("hello Zoe");
			InMemorySpanExporter exporter = context.getBean(InMemorySpanExporter.class);
			Awaitility.await().until(() -> exporter.getFinishedSpanItems().size() == 4);
			List<SpanData> spans = exporter.getFinishedSpanItems();
			SpanData hello = named(spans, "http get /hello");
			SpanData greet = named(spans, "greet");
			SpanData client = spans.stream()
				.filter((span) -> span.getKind() == SpanKind.CLIENT)
				.findFirst()
				.orElseThrow();
			SpanData name = named(spans, "http get /name");
			assertThat(hello.getKind()).isEqualTo(SpanKind.SERVER);
			assertThat(hello.getParentSpanContext().isValid()).isFalse();
			assertThat(greet.getParentSpanId()).isEqualTo(hello.getSpanId());
			assertThat(client.getParentSpanId()).isEqualTo(greet.getSpanId());
			assertThat(name.getParentSpanId()).isEqualTo(client.getSpanId());
			assertThat(spans).extracting(SpanData::getTraceId).containsOnly(hello.getTraceId());
		}
	}

	private static SpanData named(List<SpanData> spans, String name) {
		assertThat(spans).extracting(SpanData::getName).contains(name);
		return spans.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		InMemorySpanExporter spans() {
			return InMemorySpanExporter.create();
		}

		@Bean
		Greeter greeter(RestClient.Builder builder) {
			return new Greeter(builder);
		}

		@Bean
		Controller controller(Greeter greeter) {
			return new Controller(greeter);
		}

	}

	static class Greeter {

		private final RestClient.Builder builder;

		Greeter(RestClient.Builder builder) {
			this.builder = builder;
		}

		@Traced("greet")
		String greet(@SpanAttribute("greeting.name") String name, int port) {
			return "hello " + this.builder.baseUrl("http://localhost:" + port)
				.build()
				.get()
				.uri("/name?name={name}", name)
				.retrieve()
				.body(String.class);
		}

	}

	@RestController
	static class Controller {

		private final Greeter greeter;

		Controller(Greeter greeter) {
			this.greeter = greeter;
		}

		@GetMapping("/hello")
		String hello(@RequestParam String name, jakarta.servlet.http.HttpServletRequest request) {
			return this.greeter.greet(name, request.getLocalPort());
		}

		@GetMapping("/name")
		String name(@RequestParam String name) {
			return name;
		}

	}

}
