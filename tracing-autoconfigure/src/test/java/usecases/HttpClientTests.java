package usecases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.adapter.JdkFlowAdapter;
import usecases.TracedApplication.Running;

import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientObservationAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateObservationAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Each HTTP client of an application calls a real server.
 */
@ExtendWith(OutputCaptureExtension.class)
class HttpClientTests {

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final Map<String, Headers> received = new ConcurrentHashMap<>();

	private final CountDownLatch release = new CountDownLatch(1);

	private HttpServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.createContext("/", (exchange) -> {
			String path = exchange.getRequestURI().getPath();
			this.received.put(path, exchange.getRequestHeaders());
			if (path.startsWith("/items/hang")) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			byte[] body = "ok".getBytes();
			exchange.getResponseHeaders().set("Connection", "close");
			exchange.sendResponseHeaders(path.matches("/items/\\d{3}") ? Integer.parseInt(path.substring(7)) : 200,
					body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.release.countDown();
		this.server.stop(0);
	}

	private String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	private TracedApplication application(Class<?>... beans) {
		return new TracedApplication(beans)
			.with("clients.url=" + url(), "spring.http.serviceclient.rest.base-url=" + url(),
					"spring.http.serviceclient.web.base-url=" + url())
			.withAutoConfiguration(HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
					RestClientAutoConfiguration.class, RestClientObservationAutoConfiguration.class,
					RestTemplateAutoConfiguration.class, RestTemplateObservationAutoConfiguration.class,
					WebClientAutoConfiguration.class, WebClientObservationAutoConfiguration.class,
					HttpServiceClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class);
	}

	@Test
	void aCallIsOneClientSpanBelowItsCallerAndTakesTheTraceAlong() {
		application(Clients.class).run((app) -> each(app, (client) -> {
			String body = app.spans().in("caller", () -> client.get(app, url(), "1"));
			assertThat(body).isEqualTo("ok");
			app.await(2);
			assertThat(app.ended()).hasSize(2);
			SpanData caller = app.named("caller");
			SpanData call = app.named("http get");
			assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(call.getParentSpanId()).isEqualTo(caller.getSpanId());
			assertThat(call.getTraceId()).isEqualTo(caller.getTraceId());
			assertThat(call.getStatus()).isEqualTo(StatusData.ok());
			assertThat(call.getEvents()).isEmpty();
			assertThat(attributes(call)).containsOnly(Map.entry("method", "GET"), Map.entry("status", "200"),
					Map.entry("outcome", "SUCCESS"), Map.entry("exception", "none"),
					Map.entry("client.name", "127.0.0.1"), Map.entry("http.url", url() + "/items/1"),
					Map.entry("uri", client.hasTemplate() ? "/items/{id}" : "none"));
			assertThat(this.received.get("/items/1").get("traceparent")).singleElement()
				.asString()
				.startsWith("00-" + call.getTraceId() + "-" + call.getSpanId() + "-0");
		}));
	}

	private static void each(Running app, Consumer<Client> test) {
		for (Client client : Client.values()) {
			app.bean(TracedApplication.Recorder.class).exporter().reset();
			assertThatCode(() -> test.accept(client)).as(client.name()).doesNotThrowAnyException();
		}
	}

	private static Map<String, String> attributes(SpanData span) {
		Map<String, String> attributes = new TreeMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
		return attributes;
	}

	@Test
	void aResponseThatIsAnErrorMakesTheSpanOne() {
		application(Clients.class).run((app) -> each(app, (client) -> {
			for (String status : List.of("404", "503")) {
				app.bean(TracedApplication.Recorder.class).exporter().reset();
				try {
					client.get(app, url(), status);
				}
				catch (Exception ex) {
					assertThat(ex).hasMessageContaining(status);
				}
				app.await(1);
				SpanData call = app.only();
				assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusData.error().getStatusCode());
				assertThat(call.getAttributes().get(ERROR_TYPE)).isEqualTo(status);
				assertThat(attributes(call)).containsEntry("status", status);
			}
		}));
	}

	@Test
	void aServerThatIsNotThereMakesTheSpanAnError() {
		application(Clients.class).run((app) -> {
			this.server.stop(0);
			each(app, (client) -> {
				assertThatException().isThrownBy(() -> client.get(app, url(), "1"));
				app.await(1);
				SpanData call = app.only();
				assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusData.error().getStatusCode());
				assertThat(call.getAttributes().get(ERROR_TYPE)).contains("Exception");
				assertThat(call.getEvents()).singleElement()
					.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
			});
		});
	}

	@Test
	void idsLeaveOnlyToAllowedHosts() {
		application(Clients.class)
			.with("kosmos.tracing.baggage.keys=kosmos.tenant.id", "kosmos.tracing.baggage.hosts=127.0.0.1")
			.run((app) -> each(app, (client) -> {
				try (Scope scope = new RequestIds("acme", null, null, null).makeCurrent()) {
					client.get(app, url(), "1");
					client.get(app, url().replace("127.0.0.1", "localhost"), "2");
				}
				assertThat(this.received.get("/items/1").getFirst("baggage")).isEqualTo("kosmos.tenant.id=acme");
				if (client.choosesHost()) {
					assertThat(this.received.get("/items/2")).doesNotContainKey("Baggage").containsKey("Traceparent");
				}
			}));
	}

	@Test
	void aClientOnTopOfTheJdksMakesOneSpan() {
		application(Clients.class).run((app) -> {
			RestClient client = app.bean(RestClient.Builder.class)
				.requestFactory(new JdkClientHttpRequestFactory(app.bean(HttpClient.class)))
				.build();
			client.get().uri(url() + "/items/1").retrieve().toBodilessEntity();
			SpanData call = app.only();
			assertThat(this.received.get("/items/1").getFirst("traceparent"))
				.startsWith("00-" + call.getTraceId() + "-" + call.getSpanId() + "-0");
		});
	}

	@Test
	void cancellingACallOfTheJdksClientEndsTheSpanWithoutAnError() {
		application(Clients.class).run((app) -> {
			CompletableFuture<HttpResponse<String>> future = app.bean(HttpClient.class)
				.sendAsync(HttpRequest.newBuilder(URI.create(url() + "/items/hang")).build(),
						HttpResponse.BodyHandlers.ofString());
			Awaitility.await().until(() -> this.received.containsKey("/items/hang"));
			assertThat(app.ended()).isEmpty();
			assertThat(future.cancel(true)).isTrue();
			app.await(1);
			assertThat(app.only().getStatus()).isEqualTo(StatusData.ok());
			assertThat(attributes(app.only())).containsEntry("kosmos.cancelled", "true");
		});
	}

	@Test
	void aTimeoutOfTheJdksClientReachesTheCallerAndTheSpan() {
		application(Clients.class).run((app) -> {
			HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/items/hang"))
				.timeout(Duration.ofMillis(200))
				.build();
			assertThatException()
				.isThrownBy(() -> app.bean(HttpClient.class).send(request, HttpResponse.BodyHandlers.discarding()))
				.isInstanceOf(HttpTimeoutException.class);
			assertThat(app.only().getAttributes().get(ERROR_TYPE)).isEqualTo(HttpTimeoutException.class.getName());
		});
	}

	@Test
	void theJdksClientKeepsRequestAndBodyAsTheyAre() {
		application(Clients.class).run((app) -> {
			HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/items/1"))
				.header("X-Own", "a")
				.header("X-Own", "b")
				.POST(HttpRequest.BodyPublishers.ofString("body"))
				.build();
			Flow.Publisher<?> body = app.bean(HttpClient.class)
				.sendAsync(request, HttpResponse.BodyHandlers.ofPublisher())
				.join()
				.body();
			// Closing the client waits for bodies that nobody has read.
			assertThat(JdkFlowAdapter.flowPublisherToFlux(body).then().block(Duration.ofSeconds(10))).isNull();
			assertThat(this.received.get("/items/1").get("X-Own")).containsExactly("a", "b");
			assertThat(this.received.get("/items/1").getFirst("Content-Length")).isEqualTo("4");
			app.await(1);
			assertThat(app.only().getName()).isEqualTo("http post");
		});
	}

	@Test
	void aBuilderOfWebSocketsTakesOneTraceToEachConnection() {
		application(Clients.class).run((app) -> {
			WebSocket.Builder builder = app.bean(HttpClient.class).newWebSocketBuilder().header("X-Own", "a");
			for (int connection = 1; connection <= 2; connection++) {
				URI uri = URI.create(url().replace("http:", "ws:") + "/items/" + connection);
				CompletableFuture<WebSocket> refused = builder.buildAsync(uri, new WebSocket.Listener() {
				});
				assertThat(refused).failsWithin(Duration.ofSeconds(10));
				app.await(connection);
				assertThat(this.received.get("/items/" + connection).get("traceparent")).singleElement()
					.asString()
					.contains(app.ended().get(connection - 1).getSpanId());
				assertThat(this.received.get("/items/" + connection).get("X-Own")).containsExactly("a");
			}
		});
	}

	@Test
	void baggageThatARequestBringsIsNoTrace() {
		application(Clients.class).run((app) -> {
			HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/items/1"))
				.header("baggage", "own=1")
				.build();
			app.bean(HttpClient.class).sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();
			app.await(1);
			assertThat(this.received.get("/items/1").getFirst("traceparent")).contains(app.only().getSpanId());
		});
	}

	@Test
	void theJdksClientIsLeftAloneWhenAskedTo() {
		application(Clients.class).with("kosmos.tracing.http.jdk-client=false").run((app) -> {
			Client.JDK.get(app, url(), "1");
			assertThat(app.ended()).isEmpty();
			assertThat(this.received.get("/items/1")).doesNotContainKey("Traceparent");
		});
	}

	@Test
	void clientsThatAreNotTracedAreNamedInOneWarning(CapturedOutput output) {
		application(Clients.class, Untraced.class)
			.run((app) -> assertThat(output.getOut().lines().filter((line) -> line.contains("have no span")))
				.singleElement()
				.satisfies((line) -> assertThat(line).contains("WARN")
					.contains("bean 'createdRestClient'", "bean 'newRestTemplate'", "bean 'createdWebClient'")
					.contains("RestClient restClient(RestClient.Builder builder)",
							"RestTemplate restTemplate(RestTemplateBuilder builder)",
							"WebClient webClient(WebClient.Builder builder)")
					.doesNotContain("'restClient'", "'restTemplate'", "'webClient'", "'httpClient'")));
	}

	@Test
	void noWarningWithoutReason(CapturedOutput output) {
		application(Clients.class).run((app) -> assertThat(output).doesNotContain("have no span"));
		application(Clients.class, Untraced.class).with("kosmos.tracing.http.report-untraced=false")
			.run((app) -> assertThat(output).doesNotContain("have no span"));
	}

	enum Client {

		REST_CLIENT {

			@Override
			String get(Running app, String url, String id) {
				return app.bean(RestClient.class).get().uri(url + "/items/{id}", id).retrieve().body(String.class);
			}

		},

		REST_TEMPLATE {

			@Override
			String get(Running app, String url, String id) {
				return app.bean(RestTemplate.class).getForObject(url + "/items/{id}", String.class, id);
			}

		},

		WEB_CLIENT {

			@Override
			String get(Running app, String url, String id) {
				return app.bean(WebClient.class)
					.get()
					.uri(url + "/items/{id}", id)
					.retrieve()
					.bodyToMono(String.class)
					.block();
			}

		},

		INTERFACE_OF_REST_CLIENT {

			@Override
			String get(Running app, String url, String id) {
				return app.bean(RestItems.class).get(id);
			}

		},

		INTERFACE_OF_WEB_CLIENT {

			@Override
			String get(Running app, String url, String id) {
				return app.bean(WebItems.class).get(id);
			}

		},

		JDK {

			@Override
			String get(Running app, String url, String id) {
				try {
					return ok(app.bean(HttpClient.class).send(request(url, id), HttpResponse.BodyHandlers.ofString()));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}

		},

		JDK_ASYNC {

			@Override
			String get(Running app, String url, String id) {
				return ok(app.bean(HttpClient.class)
					.sendAsync(request(url, id), HttpResponse.BodyHandlers.ofString())
					.join());
			}

		};

		abstract String get(Running app, String url, String id);

		boolean hasTemplate() {
			return !name().startsWith("JDK");
		}

		boolean choosesHost() {
			return !name().startsWith("INTERFACE");
		}

		private static HttpRequest request(String url, String id) {
			return HttpRequest.newBuilder(URI.create(url + "/items/" + id)).build();
		}

		private static String ok(HttpResponse<String> response) {
			if (response.statusCode() != 200) {
				throw new IllegalStateException("Status " + response.statusCode());
			}
			return response.body();
		}

	}

	@HttpExchange("/items")
	interface RestItems {

		@GetExchange("/{id}")
		String get(@PathVariable String id);

	}

	@HttpExchange("/items")
	interface WebItems {

		@GetExchange("/{id}")
		String get(@PathVariable String id);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "rest", types = RestItems.class)
	@ImportHttpServices(group = "web", types = WebItems.class, clientType = ClientType.WEB_CLIENT)
	static class Clients {

		@Bean
		RestClient restClient(RestClient.Builder builder) {
			return builder.build();
		}

		@Bean
		RestTemplate restTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

		@Bean
		WebClient webClient(WebClient.Builder builder) {
			return builder.build();
		}

		@Bean
		HttpClient httpClient() {
			return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Untraced {

		@Bean(autowireCandidate = false)
		RestClient createdRestClient() {
			return RestClient.create();
		}

		@Bean(autowireCandidate = false)
		RestTemplate newRestTemplate() {
			return new RestTemplate();
		}

		@Bean(autowireCandidate = false)
		WebClient createdWebClient() {
			return WebClient.create();
		}

	}

}
