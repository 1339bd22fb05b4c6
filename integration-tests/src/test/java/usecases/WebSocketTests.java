package usecases;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * WebSockets between the JDK's client and both stacks.
 */
class WebSocketTests {

	private static final AttributeKey<Long> SIZE = AttributeKey.longKey("messaging.message.body.size");

	@ParameterizedTest
	@EnumSource
	void theHandshakeIsOneSpanOnEachSideAndWorkBelongsToIt(Stack stack) {
		try (Running running = new Running(stack)) {
			WebSocket socket = running.connect("/echo", "X-Tenant-Id", "acme");
			SpanData server = running.await("http get /echo");
			SpanData client = running.await("http get");
			assertThat(client.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(server.getKind()).isEqualTo(SpanKind.SERVER);
			assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
			assertThat(client.getAttributes().get(AttributeKey.stringKey("status"))).isEqualTo("101");
			// WebFlux does not see the status that Netty sends.
			assertThat(server.getAttributes().get(AttributeKey.stringKey("status")))
				.isEqualTo((stack == Stack.SERVLET) ? "101" : "200");
			assertThat(running.ended()).hasSize(2);
			socket.sendText("one", true).join();
			running.awaitAnswer("one");
			socket.sendText("two", true).join();
			running.awaitAnswer("two");
			running.awaitEnded(4);
			assertThat(running.named("work")).hasSize(2).allSatisfy((work) -> {
				assertThat(work.getParentSpanId()).isEqualTo(server.getSpanId());
				assertThat(work.getTraceId()).isEqualTo(server.getTraceId());
				assertThat(work.getAttributes().get(KosmosAttributes.TENANT_ID)).isEqualTo("acme");
			});
			socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
			running.awaitClosed();
			assertThat(running.ended()).hasSize(4);
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesHaveSpansInTheTraceOfTheHandshake(Stack stack) {
		try (Running running = new Running(stack, "kosmos.tracing.websocket.messages=parent")) {
			WebSocket socket = running.connect("/echo");
			SpanData server = running.await("http get /echo");
			socket.sendText("grüße", true).join();
			running.awaitAnswer("grüße");
			running.awaitEnded(5);
			SpanData received = running.await("websocket receive");
			assertThat(received.getKind()).isEqualTo(SpanKind.CONSUMER);
			assertThat(received.getParentSpanId()).isEqualTo(server.getSpanId());
			assertThat(received.getAttributes().get(SIZE)).isEqualTo(7);
			assertThat(received.getAttributes().get(AttributeKey.stringKey("kosmos.websocket.message.type")))
				.isEqualTo("text");
			assertThat(received.getAttributes().get(AttributeKey.stringKey("kosmos.websocket.session.id")))
				.isNotBlank();
			SpanData sent = running.await("websocket send");
			assertThat(sent.getKind()).isEqualTo(SpanKind.PRODUCER);
			// An operator of WebFlux works in the context of the subscription.
			SpanData around = (stack == Stack.SERVLET) ? received : server;
			assertThat(running.named("work")).singleElement()
				.satisfies((work) -> assertThat(work.getParentSpanId()).isEqualTo(around.getSpanId()));
			assertThat(sent.getParentSpanId()).isEqualTo(around.getSpanId());
			assertThat(running.ended()).extracting(SpanData::getTraceId).containsOnly(server.getTraceId());
		}
	}

	@ParameterizedTest
	@EnumSource
	void messagesBeginTracesThatLinkToTheHandshake(Stack stack) {
		try (Running running = new Running(stack, "kosmos.tracing.websocket.messages=link")) {
			WebSocket socket = running.connect("/echo");
			SpanData server = running.await("http get /echo");
			socket.sendText("one", true).join();
			running.awaitAnswer("one");
			socket.sendText("two", true).join();
			running.awaitAnswer("two");
			running.awaitEnded(8);
			assertThat(running.named("websocket receive")).hasSize(2).allSatisfy((received) -> {
				assertThat(received.getParentSpanContext().isValid()).isFalse();
				assertThat(received.getLinks()).extracting(LinkData::getSpanContext)
					.singleElement()
					.satisfies((link) -> assertThat(link.getSpanId()).isEqualTo(server.getSpanId()));
			});
			if (stack == Stack.REACTIVE) {
				assertThat(running.ended().stream().map(SpanData::getTraceId).distinct()).hasSize(5);
				assertThat(running.named("websocket send")).allSatisfy(
						(sent) -> assertThat(sent.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
							.containsExactly(server.getSpanId()));
				return;
			}
			assertThat(running.ended().stream().map(SpanData::getTraceId).distinct()).hasSize(3);
			assertThat(running.named("websocket send"))
				.allSatisfy((sent) -> assertThat(running.named("websocket receive").stream().map(SpanData::getSpanId))
					.contains(sent.getParentSpanId()));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aRefusedHandshakeIsAnError(Stack stack) {
		try (Running running = new Running(stack)) {
			assertThatThrownBy(() -> running.connect("/nothing")).isInstanceOf(CompletionException.class);
			SpanData client = running.await("http get");
			assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(client.getAttributes().get(AttributeKey.stringKey("error.type"))).isEqualTo("404");
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

	/**
	 * A service and a client of it, in one application.
	 */
	private static final class Running implements AutoCloseable, WebSocket.Listener {

		private static final Set<String> NEEDED = Set.of("http", "webmvc", "webflux", "tomcat", "reactor", "netty",
				"servlet", "websocket", "micrometer", "opentelemetry", "server", "web");

		private final ConfigurableApplicationContext context;

		private final List<String> answers = new ArrayList<>();

		private final StringBuilder answer = new StringBuilder();

		Running(Stack stack, String... properties) {
			List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
					"--server.shutdown=immediate", "--kosmos.tracing.exporter.enabled=false",
					"--spring.autoconfigure.exclude=" + others(stack)));
			List.of(properties).forEach((property) -> arguments.add("--" + property));
			this.context = new SpringApplicationBuilder(stack.application).web(stack.type)
				.run(arguments.toArray(String[]::new));
		}

		/*
		 * Nothing that looks for a broker, a database or another server.
		 */
		private static String others(Stack stack) {
			return ImportCandidates.load(AutoConfiguration.class, null)
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith("org.springframework.boot."))
				.filter((name) -> !NEEDED.contains(name.split("\\.")[3]) && !name.contains("boot.autoconfigure."))
				.collect(Collectors.joining(","))
					+ ((stack == Stack.REACTIVE)
							? ",org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration"
							: "");
		}

		WebSocket connect(String path, String... headers) {
			WebSocket.Builder builder = this.context.getBean(HttpClient.class).newWebSocketBuilder();
			for (int i = 0; i < headers.length; i += 2) {
				builder.header(headers[i], headers[i + 1]);
			}
			return builder.buildAsync(URI.create(
					"ws://127.0.0.1:" + this.context.getEnvironment().getRequiredProperty("local.server.port") + path),
					this)
				.join();
		}

		@Override
		public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
			this.answer.append(data);
			if (last) {
				synchronized (this.answers) {
					this.answers.add(this.answer.toString());
				}
				this.answer.setLength(0);
			}
			webSocket.request(1);
			return CompletableFuture.completedFuture(null);
		}

		void awaitAnswer(String text) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
				synchronized (this.answers) {
					return this.answers.contains(text);
				}
			});
		}

		void awaitClosed() {
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.until(() -> this.context.getBean(Sessions.class).open.isEmpty());
		}

		List<SpanData> ended() {
			return this.context.getBean(Recorder.class).exporter().getFinishedSpanItems();
		}

		void awaitEnded(int count) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended().size() >= count);
			assertThat(ended()).hasSize(count);
		}

		List<SpanData> named(String name) {
			return ended().stream().filter((span) -> span.getName().equals(name)).toList();
		}

		SpanData await(String name) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(ended()).extracting(SpanData::getName).contains(name));
			return named(name).get(0);
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

	record Recorder(InMemorySpanExporter exporter) {

	}

	record Sessions(Set<Object> open) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Both {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

		@Bean
		Sessions sessions() {
			return new Sessions(ConcurrentHashMap.newKeySet());
		}

		@Bean
		HttpClient httpClient() {
			return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSocket
	@Import(Both.class)
	static class ServletApplication {

		@Bean
		WebSocketConfigurer endpoint(Spans spans, Sessions sessions) {
			return new WebSocketConfigurer() {

				@Override
				public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
					registry.addHandler(new Echo(spans, sessions), "/echo");
				}

			};
		}

	}

	static class Echo extends TextWebSocketHandler {

		private final Spans spans;

		private final Sessions sessions;

		Echo(Spans spans, Sessions sessions) {
			this.spans = spans;
			this.sessions = sessions;
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
			this.sessions.open().add(session);
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
			this.spans.in("work", () -> {
			});
			session.sendMessage(new TextMessage(message.getPayload()));
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.sessions.open().remove(session);
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Both.class)
	static class ReactiveApplication {

		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory factory = new ReactorResourceFactory();
			factory.setUseGlobalResources(false);
			factory.setShutdownQuietPeriod(Duration.ZERO);
			return factory;
		}

		@Bean
		HandlerMapping endpoint(Spans spans, Sessions sessions) {
			org.springframework.web.reactive.socket.WebSocketHandler echo = (session) -> {
				sessions.open().add(session);
				return session.send(session.receive().map((message) -> {
					spans.in("work", () -> {
					});
					return session.textMessage(message.getPayloadAsText());
				})).then(Mono.<Void>empty()).doFinally((signal) -> sessions.open().remove(session));
			};
			return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
		}

	}

}
