package usecases;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.TracedTool;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Annotated agents, models and tools over Boot's HTTP clients and a real provider: each
 * way to call a model, with each way that it can go.
 */
class ModelCallTests {

	private static RunningService service;

	private static OpenAiServer provider;

	@BeforeAll
	static void startService() {
		service = RunningService.start(WebApplicationType.NONE, Application.class);
	}

	@AfterAll
	static void stopService() {
		service.close();
	}

	@BeforeEach
	void start() throws IOException {
		provider = OpenAiServer.start();
		service.reset();
	}

	@AfterEach
	void stop() {
		provider.close();
	}

	@Test
	void callPlain() {
		provider.answers(OpenAiServer.text("Here."));
		assertThat(zeus().call()).isEqualTo("Here.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=1 tools=0 tokens=15
				  chat gpt-4o CLIENT OK tokens=15 reason=stop [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void callWithToolCalls() {
		provider.answers(tools("search", "search"), OpenAiServer.text("Here."));
		assertThat(zeus().call()).isEqualTo("Here.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=2 tools=2 tokens=30
				  chat gpt-4o CLIENT OK tokens=15 reason=tool_calls [llm.completion]
				    http post CLIENT OK
				  execute_tool search INTERNAL OK
				  execute_tool search INTERNAL OK
				  chat gpt-4o CLIENT OK tokens=15 reason=stop [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void callWithAnAgentInsideATool() {
		provider.answers(tools("athena"), OpenAiServer.text("On page 12."), OpenAiServer.text("Here."));
		assertThat(zeus().call()).isEqualTo("Here.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=3 tools=1 tokens=45
				  chat gpt-4o CLIENT OK tokens=15 reason=tool_calls [llm.completion]
				    http post CLIENT OK
				  execute_tool athena INTERNAL OK
				    invoke_agent athena INTERNAL OK calls=1 tools=0 tokens=15
				      chat gpt-4o CLIENT OK tokens=15 reason=stop [llm.completion]
				        http post CLIENT OK
				  chat gpt-4o CLIENT OK tokens=15 reason=stop [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void callWithAnErrorMidway() {
		provider.answers(tools("search"), OpenAiServer.error(500));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> zeus().call());
		assertTree("""
				invoke_agent zeus INTERNAL ERROR calls=2 tools=1 tokens=15 [exception]
				  chat gpt-4o CLIENT OK tokens=15 reason=tool_calls [llm.completion]
				    http post CLIENT OK
				  execute_tool search INTERNAL OK
				  chat gpt-4o CLIENT ERROR [exception]
				    http post CLIENT ERROR [exception]""");
	}

	@Test
	void callThatIsCancelledMidway() throws InterruptedException {
		provider.answers(OpenAiServer.hanging());
		cancel(zeus().callLater());
		assertTree("""
				invoke_agent zeus INTERNAL UNSET calls=1 tools=0 cancelled
				  chat gpt-4o CLIENT UNSET cancelled
				    http post CLIENT OK""");
	}

	@Test
	void streamPlain() {
		provider.answers(OpenAiServer.text("He", "re."));
		assertThat(zeus().stream().collectList().block()).containsExactly("He", "re.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=1 tools=0 tokens=15
				  chat gpt-4o CLIENT OK tokens=15 reason=stop chunks=5 [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void streamWithToolCalls() {
		provider.answers(tools("search"), OpenAiServer.text("He", "re."));
		assertThat(zeus().stream().collectList().block()).containsExactly("He", "re.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=2 tools=1 tokens=30
				  chat gpt-4o CLIENT OK tokens=15 reason=tool_calls chunks=5 [llm.completion]
				    http post CLIENT OK
				  execute_tool search INTERNAL OK
				  chat gpt-4o CLIENT OK tokens=15 reason=stop chunks=5 [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void streamWithAnAgentInsideATool() {
		provider.answers(tools("athena"), OpenAiServer.text("On page 12."), OpenAiServer.text("He", "re."));
		assertThat(zeus().stream().collectList().block()).containsExactly("He", "re.");
		assertTree("""
				invoke_agent zeus INTERNAL OK calls=3 tools=1 tokens=45
				  chat gpt-4o CLIENT OK tokens=15 reason=tool_calls chunks=5 [llm.completion]
				    http post CLIENT OK
				  execute_tool athena INTERNAL OK
				    invoke_agent athena INTERNAL OK calls=1 tools=0 tokens=15
				      chat gpt-4o CLIENT OK tokens=15 reason=stop [llm.completion]
				        http post CLIENT OK
				  chat gpt-4o CLIENT OK tokens=15 reason=stop chunks=5 [llm.completion]
				    http post CLIENT OK""");
	}

	@Test
	void streamWithAnErrorMidway() {
		provider.answers(OpenAiServer.broken("He"));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> zeus().stream().collectList().block());
		assertTree("""
				invoke_agent zeus INTERNAL ERROR calls=1 tools=0 [exception]
				  chat gpt-4o CLIENT ERROR chunks=2 [exception]
				    http post CLIENT OK""");
	}

	@Test
	void streamThatIsCancelledMidway() throws InterruptedException {
		provider.answers(OpenAiServer.hanging("He"));
		cancel(zeus().stream());
		assertTree("""
				invoke_agent zeus INTERNAL UNSET calls=1 tools=0 cancelled
				  chat gpt-4o CLIENT UNSET chunks=2 cancelled
				    http post CLIENT OK""");
	}

	private void cancel(Flux<String> answer) throws InterruptedException {
		int before = zeus().received();
		Disposable running = answer.subscribe();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !provider.requests().isEmpty());
		if (provider.requests().get(0).body().path("stream").asBoolean(false)) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> zeus().received() > before);
		}
		running.dispose();
		assertThat(provider.awaitAbandoned()).isTrue();
	}

	private Zeus zeus() {
		return service.bean(Zeus.class);
	}

	private static OpenAiServer.Answer tools(String... names) {
		return OpenAiServer.toolCalls(Arrays.stream(names)
			.map((name) -> OpenAiServer.call("call-" + name, name, "{\"query\":\"pump\"}"))
			.toArray(OpenAiServer.ToolCall[]::new));
	}

	private void assertTree(String expected) {
		List<SpanData> spans = service.awaitEnded((int) expected.lines().count())
			.stream()
			.sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
			.toList();
		StringBuilder tree = new StringBuilder();
		print(spans, "0000000000000000", "", tree);
		assertThat(tree.toString().stripTrailing()).isEqualTo(expected);
		assertThat(provider.requests()).extracting(OpenAiServer.Request::parentSpanId)
			.containsExactlyElementsOf(spans.stream()
				.filter((span) -> span.getName().equals("http post"))
				.map(SpanData::getSpanId)
				.toList());
		assertThat(spans).filteredOn((span) -> span.getAttributes().get(KosmosAttributes.LLM_CHUNKS) != null)
			.allSatisfy((span) -> assertThat(span.getAttributes().get(KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK))
				.isPositive()
				.isLessThan((span.getEndEpochNanos() - span.getStartEpochNanos()) / 1e9));
		spans.forEach((child) -> spans.stream()
			.filter((parent) -> parent.getSpanId().equals(child.getParentSpanId()))
			.forEach((parent) -> assertThat(child.getEndEpochNanos()).as("end of %s in %s", child, parent)
				.isLessThanOrEqualTo(parent.getEndEpochNanos())));
	}

	private static void print(List<SpanData> spans, String parent, String indent, StringBuilder tree) {
		for (SpanData span : spans) {
			if (span.getParentSpanId().equals(parent)) {
				tree.append(indent).append(span.getName()).append(' ').append(span.getKind()).append(' ');
				tree.append(span.getStatus().getStatusCode());
				value(span, "calls", KosmosAttributes.LLM_CALLS, tree);
				value(span, "tools", KosmosAttributes.TOOL_CALLS, tree);
				value(span, "tokens", KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED, tree);
				value(span, "tokens", KosmosAttributes.LLM_TOTAL_TOKENS, tree);
				value(span, "reason", KosmosAttributes.LLM_FINISH_REASON, tree);
				value(span, "chunks", KosmosAttributes.LLM_CHUNKS, tree);
				if (Boolean.TRUE.equals(span.getAttributes().get(KosmosAttributes.CANCELLED))) {
					tree.append(" cancelled");
				}
				if (!span.getEvents().isEmpty()) {
					tree.append(' ').append(span.getEvents().stream().map(EventData::getName).toList());
				}
				tree.append('\n');
				print(spans, span.getSpanId(), indent + "  ", tree);
			}
		}
	}

	private static void value(SpanData span, String name, AttributeKey<?> key, StringBuilder tree) {
		Object value = span.getAttributes().get(key);
		if (value != null) {
			tree.append(' ').append(name).append('=').append(value);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Models models(RestClient.Builder rest, WebClient.Builder web) {
			return new Models(rest.build(), web.build());
		}

		@Bean
		Athena athena(Models models) {
			return new Athena(models);
		}

		@Bean
		Tools tools(Athena athena) {
			return new Tools(athena);
		}

		@Bean
		Zeus zeus(Models models, Tools tools) {
			return new Zeus(models, tools);
		}

	}

	static class Zeus {

		private static final JsonMapper json = new JsonMapper();

		private final Models models;

		private final Tools tools;

		private final AtomicInteger received = new AtomicInteger();

		Zeus(Models models, Tools tools) {
			this.models = models;
			this.tools = tools;
		}

		int received() {
			return this.received.get();
		}

		@TracedAgent("zeus")
		String call() {
			JsonNode message = this.models.call().at("/choices/0/message");
			while (message.path("tool_calls").size() > 0) {
				message.path("tool_calls").forEach((call) -> run(call.at("/function/name").asString()));
				message = this.models.call().at("/choices/0/message");
			}
			return message.path("content").asString();
		}

		@TracedAgent("zeus")
		Flux<String> callLater() {
			return this.models.callLater().map((answer) -> answer.at("/choices/0/message/content").asString()).flux();
		}

		@TracedAgent("zeus")
		Flux<String> stream() {
			return answer();
		}

		private Flux<String> answer() {
			List<String> calls = new CopyOnWriteArrayList<>();
			return this.models.stream().mapNotNull((chunk) -> {
				JsonNode delta = json.readTree(chunk).at("/choices/0/delta");
				delta.path("tool_calls").forEach((call) -> {
					String name = call.at("/function/name").asString("");
					if (!name.isEmpty()) {
						calls.add(name);
					}
				});
				String text = delta.path("content").asString("");
				this.received.addAndGet(text.length());
				return text.isEmpty() ? null : text;
			}).concatWith(Flux.defer(() -> {
				if (calls.isEmpty()) {
					return Flux.empty();
				}
				return Mono.fromRunnable(() -> calls.forEach(this::run))
					.subscribeOn(Schedulers.boundedElastic())
					.thenMany(answer());
			}));
		}

		private void run(String tool) {
			if (tool.equals("athena")) {
				this.tools.athena();
			}
			else {
				this.tools.search();
			}
		}

	}

	static class Athena {

		private final Models models;

		Athena(Models models) {
			this.models = models;
		}

		@TracedAgent("athena")
		String answer() {
			return this.models.call().at("/choices/0/message/content").asString();
		}

	}

	static class Tools {

		private final Athena athena;

		Tools(Athena athena) {
			this.athena = athena;
		}

		@TracedTool("search")
		String search() {
			return "Page 12";
		}

		@TracedTool("athena")
		String athena() {
			return this.athena.answer();
		}

	}

	static class Models {

		private final RestClient rest;

		private final WebClient web;

		Models(RestClient rest, WebClient web) {
			this.rest = rest;
			this.web = web;
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		JsonNode call() {
			return this.rest.post()
				.uri(provider.url() + "/chat/completions")
				.body(request(false))
				.retrieve()
				.body(JsonNode.class);
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Mono<JsonNode> callLater() {
			return this.web.post()
				.uri(provider.url() + "/chat/completions")
				.bodyValue(request(false))
				.retrieve()
				.bodyToMono(JsonNode.class);
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Flux<String> stream() {
			return this.web.post()
				.uri(provider.url() + "/chat/completions")
				.bodyValue(request(true))
				.retrieve()
				.bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {
				})
				.mapNotNull(ServerSentEvent::data)
				.takeWhile((data) -> !data.equals("[DONE]"));
		}

		private static Map<String, Object> request(boolean stream) {
			Map<String, Object> messages = Map.of("role", "user", "content", "Where is it?");
			return (stream) ? Map.of("model", "gpt-4o", "messages", List.of(messages), "stream", true, "stream_options",
					Map.of("include_usage", true)) : Map.of("model", "gpt-4o", "messages", List.of(messages));
		}

	}

}
