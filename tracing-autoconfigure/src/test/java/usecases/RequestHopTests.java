package usecases;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two real services, one calling the other.
 */
@ExtendWith(OutputCaptureExtension.class)
class RequestHopTests {

	private static final Logger logger = LoggerFactory.getLogger(RequestHopTests.class);

	private static final String[] ALLOWED = {
			"kosmos.tracing.baggage.keys=kosmos.tenant.id,kosmos.user.id,kosmos.conversation.id,kosmos.request.id,region",
			"kosmos.tracing.baggage.hosts=127.0.0.1" };

	private static final String[] IDS = { "X-Tenant-Id: acme", "X-User-Id: u1", "X-Conversation-Id: c9",
			"X-Request-Id: r1" };

	@ParameterizedTest
	@EnumSource
	void theIdsAreOnEverySpanAndInEveryLogLineOfBothServices(Client client) {
		try (RunningService second = client.service(ALLOWED); RunningService first = client.service(ALLOWED)) {
			assertThat(first.get(client.path(second, "127.0.0.1"), IDS)).startsWith("HTTP/1.1 200");
			for (RunningService service : List.of(first, second)) {
				List<SpanData> spans = service.awaitEnded((service == first) ? 3 : 2);
				assertThat(spans).extracting(SpanData::getKind).contains(SpanKind.SERVER, SpanKind.INTERNAL);
				assertThat(spans).allSatisfy((span) -> {
					assertThat(span.getAttributes().get(KosmosAttributes.TENANT_ID)).as(span.toString())
						.isEqualTo("acme");
					assertThat(span.getAttributes().get(KosmosAttributes.USER_ID)).isEqualTo("u1");
					assertThat(span.getAttributes().get(KosmosAttributes.CONVERSATION_ID)).isEqualTo("c9");
					assertThat(span.getAttributes().get(GenAiAttributes.CONVERSATION_ID)).isEqualTo("c9");
					assertThat(span.getAttributes().get(KosmosAttributes.REQUEST_ID)).isEqualTo("r1");
					assertThat(span.getAttributes().get(AttributeKey.stringKey("user.id"))).isNull();
				});
				assertThat(service.bean(Seen.class).mdc).isNotEmpty()
					.allSatisfy((mdc) -> assertThat(mdc).containsEntry("tenantId", "acme")
						.containsEntry("userId", "u1")
						.containsEntry("conversationId", "c9")
						.containsEntry("requestId", "r1"));
			}
			assertThat(first.ended()).extracting(SpanData::getTraceId).containsOnly(second.ended().get(0).getTraceId());
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingLeavesUnlessAllowed(Client client) {
		try (RunningService second = client.service(); RunningService first = client.service()) {
			first.get(client.path(second, "127.0.0.1") + "&baggage=region", concat(IDS, "baggage: secret=1,region=2"));
			assertThat(received(second)).doesNotContainKeys("baggage", "X-Tenant-Id", "X-User-Id")
				.containsKey("traceparent");
			second.awaitEnded(2);
			assertThat(second.ended()).allMatch((span) -> span.getAttributes().get(KosmosAttributes.TENANT_ID) == null);
		}
	}

	@ParameterizedTest
	@EnumSource
	void onlyAllowedKeysLeaveToAllowedHosts(Client client) {
		String[] some = { "kosmos.tracing.baggage.keys=kosmos.tenant.id,region",
				"kosmos.tracing.baggage.hosts=127.0.0.1,*.internal.example",
				"management.tracing.baggage.remote-fields=x-legacy,region" };
		try (RunningService second = client.service(); RunningService first = client.service(some)) {
			first.get(client.path(second, "127.0.0.1") + "&baggage=region",
					concat(IDS, "baggage: secret=1,region=a%0d%0ab", "x-legacy: 1"));
			Map<String, String> received = received(second);
			assertThat(received).doesNotContainKey("x-legacy");
			assertThat(received.get("baggage").split(",")).containsExactlyInAnyOrder("kosmos.tenant.id=acme",
					"region=north");
			second.bean(Seen.class).headers.clear();
			first.get(client.path(second, "localhost"), concat(IDS, "baggage: region=a"));
			assertThat(received(second)).doesNotContainKeys("baggage", "region").containsKey("traceparent");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void aHeaderWinsOverBaggage(Client client) {
		try (RunningService service = client.service(ALLOWED)) {
			service.get("/leaf", "X-Tenant-Id: header",
					"baggage: kosmos.tenant.id=baggage,kosmos.user.id=u%0a2,kosmos.request.id=r2");
			SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
			assertThat(server.getAttributes().get(KosmosAttributes.TENANT_ID)).isEqualTo("header");
			assertThat(server.getAttributes().get(KosmosAttributes.REQUEST_ID)).isEqualTo("r2");
			assertThat(server.getAttributes().get(KosmosAttributes.USER_ID)).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void headersCanBeRenamedAndSwitchedOff(Client client) {
		try (RunningService service = client.service("kosmos.tracing.request.headers.tenant=X-Org",
				"kosmos.tracing.request.headers.user=")) {
			service.get("/leaf", "x-org: acme", "X-Tenant-Id: no", "X-User-Id: no", "X-Request-Id: r1");
			SpanData server = service.await((span) -> span.getKind() == SpanKind.SERVER);
			assertThat(server.getAttributes().get(KosmosAttributes.TENANT_ID)).isEqualTo("acme");
			assertThat(server.getAttributes().get(KosmosAttributes.USER_ID)).isNull();
			assertThat(server.getAttributes().get(KosmosAttributes.REQUEST_ID)).isEqualTo("r1");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void theNextServiceKnowsTheAgentThatCalls(Client client) {
		try (RunningService second = client.service(); RunningService first = client.service()) {
			first.get(client.path(second, "127.0.0.1") + "&agent=zeus",
					"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
					"tracestate: other=1,kosmos=agent:hera");
			assertThat(received(second)).containsEntry("tracestate", "kosmos=agent:zeus,other=1");
			assertThat(second.await((span) -> span.getKind() == SpanKind.SERVER)
				.getAttributes()
				.get(KosmosAttributes.CALLER_AGENT)).isEqualTo("zeus");
			assertThat(second.await((span) -> span.getName().equals("work"))
				.getAttributes()
				.get(KosmosAttributes.CALLER_AGENT)).isNull();
			assertThat(first.await((span) -> span.getKind() == SpanKind.SERVER)
				.getAttributes()
				.get(KosmosAttributes.CALLER_AGENT)).isEqualTo("hera");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void theNextServiceIsToldTheAgentAlsoWhenNothingIsSampled(Client client) {
		try (RunningService second = client.service();
				RunningService first = client.service("kosmos.tracing.sampling.probability=0")) {
			first.get(client.path(second, "127.0.0.1") + "&agent=zeus");
			assertThat(received(second)).containsEntry("tracestate", "kosmos=agent:zeus");
			assertThat(received(second).get("traceparent")).matches(".*-0[02]");
			assertThat(first.ended()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void nothingIsLeftBehindOnAReusedThread(Client client) {
		try (RunningService service = client.service("server.tomcat.threads.max=4")) {
			for (int i = 0; i < 1000; i++) {
				String path = (i % 3 == 0) ? "/asynchronous" : "/echo";
				String response = (i % 2 == 0) ? service.get(path, "X-Tenant-Id: t" + i, "X-User-Id: u" + i)
						: service.get(path);
				String expected = (i % 2 == 0) ? "t" + i + "|u" + i + "|t" + i + "|u" + i : "null|null|null|null";
				assertThat(response).contains(expected);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void headersOfAnyKindDoNoHarm(Client client, CapturedOutput output) {
		Random random = new Random(7);
		try (RunningService service = client.service(ALLOWED)) {
			for (int i = 0; i < 300; i++) {
				String response = service.get("/log", "X-Tenant-Id: " + noise(random, i),
						"X-User-Id: " + noise(random, i),
						"baggage: kosmos.request.id=" + noise(random, i) + ",kosmos.conversation.id=c%0d%0aFORGED",
						"tracestate: kosmos=agent:" + noise(random, i),
						"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
				assertThat(response).matches("(?s)HTTP/1.1 [24].*");
			}
			assertThat(service.get("/log", "X-Tenant-Id: acme")).startsWith("HTTP/1.1 200");
			SpanData last = service
				.await((span) -> "acme".equals(span.getAttributes().get(KosmosAttributes.TENANT_ID)));
			assertThat(last.getKind()).isEqualTo(SpanKind.INTERNAL);
			assertThat(service.ended()).hasSizeGreaterThan(100)
				.allSatisfy((span) -> span.getAttributes().forEach((key, value) -> {
					if (key.getKey().startsWith("kosmos.")) {
						assertThat(RequestIds.isAllowed((String) value)).as(span.toString()).isTrue();
					}
				}));
			assertThat(output.getOut().lines().filter((line) -> line.startsWith("FORGED"))).isEmpty();
		}
	}

	private static String noise(Random random, int round) {
		StringBuilder noise = new StringBuilder();
		int length = random.nextInt(400);
		for (int i = 0; i < length; i++) {
			// Every other round of what a server lets through.
			noise.append((char) ((round % 2 == 0) ? 0x20 + random.nextInt(0x5f) : random.nextInt(0x100)));
		}
		return noise.toString().replaceAll("[\\r\\n]", "");
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "REST_TEMPLATE")
	void codeSetsTheIdsOfWhatComesAfter(Client client) {
		try (RunningService second = client.service(ALLOWED); RunningService first = client.service(ALLOWED)) {
			first.get(client.path(second, "127.0.0.1") + "&tenant=coded", "X-Tenant-Id: header", "X-User-Id: u1");
			assertThat(received(second).get("baggage").split(",")).containsExactlyInAnyOrder("kosmos.tenant.id=coded",
					"kosmos.user.id=u1");
			assertThat(second.awaitEnded(2))
				.allMatch((span) -> "coded".equals(span.getAttributes().get(KosmosAttributes.TENANT_ID)));
			assertThat(first.await((span) -> span.getKind() == SpanKind.CLIENT)
				.getAttributes()
				.get(KosmosAttributes.TENANT_ID)).isEqualTo("coded");
			assertThat(first.await((span) -> span.getKind() == SpanKind.SERVER)
				.getAttributes()
				.get(KosmosAttributes.TENANT_ID)).isEqualTo("header");
		}
	}

	private static Map<String, String> received(RunningService service) {
		assertThat(service.bean(Seen.class).headers).hasSize(1);
		return service.bean(Seen.class).headers.peek();
	}

	private static String[] concat(String[] first, String... second) {
		String[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/**
	 * A client, and the server it belongs with.
	 */
	enum Client {

		REST_CLIENT("/rest-client"), REST_TEMPLATE("/rest-template"), WEB_CLIENT("/web-client");

		private final String path;

		Client(String path) {
			this.path = path;
		}

		RunningService service(String... properties) {
			return (this != WEB_CLIENT)
					? RunningService.start(WebApplicationType.SERVLET, ServletApplication.class, properties)
					: RunningService.start(WebApplicationType.REACTIVE, ReactiveApplication.class, properties);
		}

		String path(RunningService next, String host) {
			return this.path + "?next=http://" + host + ":" + next.port() + "/leaf";
		}

	}

	/**
	 * What a service saw.
	 */
	static class Seen {

		private final ConcurrentLinkedQueue<Map<String, String>> headers = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<Map<String, String>> mdc = new ConcurrentLinkedQueue<>();

		void mdc() {
			Map<String, String> map = MDC.getCopyOfContextMap();
			this.mdc.add((map != null) ? map : Map.of());
		}

		void headers(HttpHeaders headers) {
			Map<String, String> received = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			headers.forEach((name, values) -> received.put(name, String.join(",", values)));
			this.headers.add(received);
		}

	}

	/**
	 * What is done around a call to the next service.
	 */
	record Caller(Spans spans, AgentSpans agents, RequestContext context, Seen seen) {

		<T, E extends Throwable> T call(Map<String, String> parameters, Spans.Work<T, E> call) throws E {
			this.seen.mdc();
			Baggage baggage = parameters.containsKey("baggage")
					? Baggage.current().toBuilder().put(parameters.get("baggage"), "north").put("own", "1").build()
					: Baggage.current();
			String agent = parameters.get("agent");
			try (Scope scope = baggage.makeCurrent()) {
				return this.context.tenant(parameters.get("tenant"))
					.in(() -> (agent != null) ? this.agents.agent(agent).in(call) : this.spans.in("work", call));
			}
		}

		String leaf(HttpHeaders headers) {
			this.seen.headers(headers);
			this.seen.mdc();
			return this.spans.in("work", () -> "leaf");
		}

		String log() {
			logger.info("tenantId={} conversationId={}", MDC.get("tenantId"), MDC.get("conversationId"));
			return this.spans.in("work", () -> "logged");
		}

		String echo() {
			return this.context.current().tenant() + "|" + this.context.current().user() + "|" + MDC.get("tenantId")
					+ "|" + MDC.get("userId");
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Seen.class, Caller.class, ServletEndpoints.class })
	static class ServletApplication {

	}

	@RestController
	static class ServletEndpoints {

		private final Caller caller;

		private final RestClient restClient;

		private final RestTemplate restTemplate;

		ServletEndpoints(Caller caller, RestClient.Builder restClient, RestTemplateBuilder restTemplate) {
			this.caller = caller;
			this.restClient = restClient.requestInterceptor((request, body, execution) -> {
				caller.seen().mdc();
				return execution.execute(request, body);
			}).build();
			this.restTemplate = restTemplate.build();
		}

		@GetMapping("/rest-client")
		String restClient(@RequestParam Map<String, String> parameters) {
			return this.caller.call(parameters,
					() -> this.restClient.get().uri(parameters.get("next")).retrieve().body(String.class));
		}

		@GetMapping("/rest-template")
		String restTemplate(@RequestParam Map<String, String> parameters) {
			return this.caller.call(parameters,
					() -> this.restTemplate.getForObject(parameters.get("next"), String.class));
		}

		@GetMapping("/leaf")
		String leaf(@RequestHeader HttpHeaders headers) {
			return this.caller.leaf(headers);
		}

		@GetMapping("/echo")
		String echo() {
			return this.caller.echo();
		}

		@GetMapping("/asynchronous")
		Callable<String> asynchronous() {
			return this.caller::echo;
		}

		@GetMapping("/log")
		String log() {
			return this.caller.log();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = TomcatReactiveWebServerAutoConfiguration.class)
	@Import({ Seen.class, Caller.class, ReactiveEndpoints.class })
	static class ReactiveApplication {

		// The global resources would be those of every other test in this JVM.
		@Bean
		ReactorResourceFactory reactorResources() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

	}

	@RestController
	static class ReactiveEndpoints {

		private final Caller caller;

		private final WebClient webClient;

		ReactiveEndpoints(Caller caller, WebClient.Builder webClient) {
			this.caller = caller;
			this.webClient = webClient.filter((request, next) -> {
				caller.seen().mdc();
				return next.exchange(request);
			}).build();
		}

		@GetMapping("/web-client")
		Mono<String> webClient(@RequestParam Map<String, String> parameters) {
			return this.caller.call(parameters,
					() -> this.webClient.get()
						.uri(parameters.get("next"))
						.retrieve()
						.bodyToMono(String.class)
						.publishOn(Schedulers.boundedElastic())
						.doOnNext((ignored) -> this.caller.seen().mdc()));
		}

		@GetMapping("/leaf")
		Mono<String> leaf(@RequestHeader HttpHeaders headers) {
			return Mono.delay(Duration.ofMillis(1)).map((ignored) -> this.caller.leaf(headers));
		}

		@GetMapping("/echo")
		Mono<String> echo() {
			return Mono.delay(Duration.ofMillis(1)).map((ignored) -> this.caller.echo());
		}

		@GetMapping("/asynchronous")
		Mono<String> asynchronous() {
			return Mono.fromCallable(this.caller::echo).subscribeOn(Schedulers.boundedElastic());
		}

		@GetMapping("/log")
		String log() {
			return this.caller.log();
		}

	}

}
