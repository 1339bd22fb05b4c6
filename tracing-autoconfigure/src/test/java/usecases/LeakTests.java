package usecases;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.micrometer.tracing.exporter.SpanReporter;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceImplBase;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request plants a secret in every place where a span can hold one. None is in the
 * bytes that a receiver gets, nor on the console; without redaction all are.
 */
@ExtendWith(OutputCaptureExtension.class)
class LeakTests {

	private static final String PREFIX = "Zq7";

	@ParameterizedTest
	@CsvSource({ "http, full", "http, none", "grpc, full", "grpc, none" })
	void shouldLetNoSecretOut(String protocol, String content) throws Exception {
		Map<String, String> secrets = secrets();
		String received = run(secrets, protocol, "kosmos.tracing.content.capture=" + content);
		assertThat(received).contains("planted", "third party", "http get /plant", "[redacted]");
		secrets.forEach((place, secret) -> assertThat(received).as(place).doesNotContain(secret));
		assertThat(received).doesNotContain(PREFIX);
	}

	@ParameterizedTest
	@CsvSource({ "http", "grpc" })
	void shouldLetAllOutIfSwitchedOff(String protocol) throws Exception {
		Map<String, String> secrets = secrets();
		String received = run(secrets, protocol, "kosmos.tracing.content.capture=full",
				"kosmos.tracing.redaction.enabled=false");
		secrets.forEach((place, secret) -> assertThat(received).as(place).contains(secret));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void shouldHandNoSecretToBeansThatTakeSpans(boolean redacts) throws Exception {
		Map<String, String> secrets = secrets();
		try (Receiver receiver = new HttpReceiver();
				ConfigurableApplicationContext context = start(secrets, receiver, "http",
						"spring.profiles.active=beans", "kosmos.tracing.content.capture=full",
						"kosmos.tracing.redaction.enabled=" + redacts)) {
			plant(secrets, context);
			for (Queue<String> spans : context.getBean(Beans.class).all()) {
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> spans.toString().contains("http get /plant")
							&& spans.toString().contains("third party"));
				if (redacts) {
					assertThat(spans.toString()).contains("[redacted]").doesNotContain(PREFIX);
				}
				else {
					assertThat(spans.toString()).contains(secrets.get("span name"), secrets.get("prompt"),
							secrets.get("event name"), secrets.get("link"), secrets.get("token"));
				}
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "line", "tree" })
	void shouldPrintNoSecret(String format, CapturedOutput output) throws Exception {
		run(secrets(), "http", "kosmos.tracing.content.capture=full", "kosmos.tracing.console.format=" + format);
		assertThat(output.getOut()).contains("third party").doesNotContain(PREFIX);
	}

	@Test
	void shouldPrintSecretsIfSwitchedOff(CapturedOutput output) throws Exception {
		run(secrets(), "http", "kosmos.tracing.console.format=line", "kosmos.tracing.redaction.enabled=false");
		assertThat(output.getOut()).contains(PREFIX);
	}

	private static Map<String, String> secrets() {
		Map<String, String> secrets = new LinkedHashMap<>();
		int number = 1000;
		for (String place : List.of("user-info", "query", "request header", "response header", "sql", "statement",
				"exception message", "cause", "status", "span name", "event name", "event", "link", "link trace state",
				"resource", "scope", "prompt", "completion", "arguments", "result", "structured", "array", "number key",
				"after a newline", "baggage", "token", "mail", "key")) {
			secrets.put(place, PREFIX + "x" + number++ + "Lk");
		}
		return secrets;
	}

	private static String run(Map<String, String> secrets, String protocol, String... properties) throws Exception {
		try (Receiver receiver = (protocol.equals("http")) ? new HttpReceiver() : new GrpcReceiver();
				ConfigurableApplicationContext context = start(secrets, receiver, protocol, properties)) {
			plant(secrets, context);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> receiver.text().contains("http get /plant") && receiver.text().contains("third party"));
			return receiver.text();
		}
	}

	private static void plant(Map<String, String> secrets, ConfigurableApplicationContext context) {
		context.getBean(Planter.class).secrets = secrets;
		String port = context.getEnvironment().getRequiredProperty("local.server.port");
		RestClient.create()
			.get()
			.uri("http://127.0.0.1:" + port + "/plant?access_token=" + secrets.get("query"))
			.header("Authorization", "Bearer " + secrets.get("request header"))
			.header("baggage", "kosmos.tenant.id=token:" + secrets.get("baggage"))
			.retrieve()
			.toBodilessEntity();
	}

	private static ConfigurableApplicationContext start(Map<String, String> secrets, Receiver receiver, String protocol,
			String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"spring.main.banner-mode=off", "spring.jmx.enabled=false",
				"kosmos.tracing.exporter.endpoint=http://127.0.0.1:" + receiver.port(),
				"kosmos.tracing.exporter.protocol=" + protocol, "kosmos.tracing.exporter.compression=none",
				"kosmos.tracing.batch.delay=50ms",
				"management.opentelemetry.resource-attributes.deployment.api_key=" + secrets.get("resource")));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.SERVLET)
			.run(all.stream().map((property) -> "--" + property).toArray(String[]::new));
	}

	/**
	 * A receiver that remembers the bytes it gets.
	 */
	private abstract static class Receiver implements AutoCloseable {

		private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();

		void add(byte[] body) {
			this.bodies.add(body);
		}

		String text() {
			StringBuilder text = new StringBuilder();
			this.bodies.forEach((body) -> text.append(new String(body, StandardCharsets.UTF_8)));
			return text.toString();
		}

		abstract int port();

		@Override
		public abstract void close();

	}

	private static final class HttpReceiver extends Receiver {

		private final HttpServer server;

		HttpReceiver() throws IOException {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.server.createContext("/", (exchange) -> {
				add(exchange.getRequestBody().readAllBytes());
				exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
				exchange.sendResponseHeaders(200, -1);
				exchange.close();
			});
			this.server.start();
		}

		@Override
		int port() {
			return this.server.getAddress().getPort();
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

	private static final class GrpcReceiver extends Receiver {

		private final Server server;

		GrpcReceiver() throws IOException {
			this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
				.addService(new TraceServiceImplBase() {

					@Override
					public void export(ExportTraceServiceRequest request,
							StreamObserver<ExportTraceServiceResponse> observer) {
						add(request.toByteArray());
						observer.onNext(ExportTraceServiceResponse.getDefaultInstance());
						observer.onCompleted();
					}

				})
				.build()
				.start();
		}

		@Override
		int port() {
			return this.server.getPort();
		}

		@Override
		public void close() {
			this.server.shutdownNow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Planter.class, Beans.class })
	static class Application {

	}

	/**
	 * What takes spans in the application, and all that can be read of them.
	 */
	@Configuration(proxyBeanMethods = false)
	@Profile("beans")
	static class Beans {

		private final Queue<String> exported = new ConcurrentLinkedQueue<>();

		private final Queue<String> reported = new ConcurrentLinkedQueue<>();

		List<Queue<String>> all() {
			return List.of(this.exported, this.reported);
		}

		@Bean
		SpanExporter exporter() {
			return new SpanExporter() {

				@Override
				public CompletableResultCode export(Collection<SpanData> spans) {
					spans.forEach((span) -> Beans.this.exported.add(span.getName() + span.getStatus()
							+ span.getAttributes() + span.getEvents() + span.getLinks() + span.getSpanContext()
							+ span.getParentSpanContext() + span.getResource() + span.getInstrumentationScopeInfo()));
					return CompletableResultCode.ofSuccess();
				}

				@Override
				public CompletableResultCode flush() {
					return CompletableResultCode.ofSuccess();
				}

				@Override
				public CompletableResultCode shutdown() {
					return CompletableResultCode.ofSuccess();
				}

			};
		}

		@Bean
		SpanReporter reporter() {
			return (span) -> {
				StringBuilder text = new StringBuilder(
						span.getName() + span.getTags() + span.getEvents() + span.getError());
				span.getLinks().forEach((link) -> text.append(link.getTags()));
				this.reported.add(text.toString());
			};
		}

	}

	@RestController
	static class Planter {

		private final AgentSpans agents;

		private final OpenTelemetry openTelemetry;

		private volatile Map<String, String> secrets = Map.of();

		Planter(AgentSpans agents, OpenTelemetry openTelemetry) {
			this.agents = agents;
			this.openTelemetry = openTelemetry;
		}

		@GetMapping("/plant")
		String plant(@RequestParam("access_token") String token) {
			Span.current().setAttribute("url.full", "http://orders/plant?access_token=" + token);
			this.agents.llm("openai", "gpt-4o").in(() -> {
				this.agents.currentLlm()
					.input(List.of(GenAiMessage.of("user", "My password: " + of("prompt"))))
					.output(List.of(GenAiMessage.of("assistant", "{\"api_key\": \"" + of("completion") + "\"}")));
				// Some library that does not ask whether content may be recorded.
				Span.current().setAttribute("llm.prompts.0", "My password: " + of("prompt"));
				Span.current().setAttribute("llm.completions.0", "{\"api_key\": \"" + of("completion") + "\"}");
				return "planted";
			});
			this.agents.tool("vault")
				.attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, "{\"secret\":\"" + of("arguments") + "\"}")
				.in(() -> "planted");
			thirdParty();
			return "planted";
		}

		private void thirdParty() {
			Tracer tracer = this.openTelemetry.getTracer("third.party", "token=" + of("scope"));
			Attributes planted = Attributes.of(AttributeKey.stringKey("note"), "with password=" + of("event"));
			SpanContext other = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getSampled(),
					TraceState.builder().put("vendor", "token:" + of("link trace state")).build());
			Span span = tracer.spanBuilder("third party https://jane:" + of("span name") + "@orders/a")
				.addLink(other, Attributes.of(AttributeKey.stringKey("link.secret"), of("link")))
				.startSpan();
			span.setAttribute("planted", true)
				.setAttribute("url.full", "https://jane:" + of("user-info") + "@orders/a?sig=" + of("query"))
				.setAttribute(AttributeKey.stringArrayKey("http.request.header.cookie"),
						List.of("SESSION=" + of("request header")))
				.setAttribute("http.response.header.set-cookie", of("response header"))
				.setAttribute("db.query.text", "select * from a where b = '" + of("sql") + "'")
				.setAttribute("db.statement", "insert into a values ('" + of("statement") + "')")
				.setAttribute("tool.arguments", "{\"secret\":\"" + of("arguments") + "\"}")
				.setAttribute("tool.result", "<token>" + of("result") + "</token>")
				.setAttribute(AttributeKey.valueKey("structured"),
						Value.of(KeyValue.of("password", Value.of(of("structured")))))
				.setAttribute(AttributeKey.stringArrayKey("list"), List.of("a", "pwd=" + of("array")))
				.setAttribute("pin", of("number key"))
				.setAttribute("gen_ai.input.messages",
						"[{\"content\":\"my key:\\nsk-proj-" + of("after a newline") + "0123456789abcdef\"}]")
				.setAttribute("baggage.copy", "token:" + of("baggage"))
				.setAttribute("log", "Authorization: Bearer " + of("token"))
				.setAttribute("to", of("mail") + "@example.com")
				.setAttribute("key", "sk-ant-api03-" + of("key") + "0123456789abcdef");
			span.addEvent("sent token=" + of("event name"), planted);
			span.recordException(new IllegalStateException("No login, password=" + of("exception message"),
					new IllegalArgumentException("jdbc:postgresql://db/a?user=b&password=" + of("cause"))));
			span.setStatus(StatusCode.ERROR, "No login, password=" + of("status"));
			span.end();
		}

		private String of(String place) {
			return this.secrets.getOrDefault(place, "");
		}

	}

}
