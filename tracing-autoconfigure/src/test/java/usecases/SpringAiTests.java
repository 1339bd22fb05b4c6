package usecases;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.autoconfigure.cost.CostAutoConfiguration;
import io.kosmos.tracing.autoconfigure.springai.SpringAiAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import usecases.TracedApplication.Running;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.chat.observation.autoconfigure.ChatObservationAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Spring AI's chat client, models, tools and vector stores against a real HTTP server.
 */
class SpringAiTests {

	private static final OpenAiServer.Answer SEARCH = OpenAiServer
		.toolCalls(OpenAiServer.call("call_1", "search", "{\"query\":\"manual\"}"));

	private static final OpenAiServer.Answer ASK_ATHENA = OpenAiServer
		.toolCalls(OpenAiServer.call("call_1", "ask_athena", "{\"question\":\"manual\"}"));

	private static final OpenAiServer.Answer TEXT = OpenAiServer.text("On page", " 5");

	private OpenAiServer server;

	@BeforeAll
	static void propagateContext() {
		Hooks.enableAutomaticContextPropagation();
	}

	@AfterAll
	static void stopPropagation() {
		Hooks.disableAutomaticContextPropagation();
	}

	@BeforeEach
	void startServer() throws IOException {
		this.server = OpenAiServer.start();
	}

	@AfterEach
	void stopServer() {
		this.server.close();
	}

	@Test
	void shouldTraceACall() {
		run((application) -> {
			this.server.answers(TEXT);
			assertThat(application.bean(Zeus.class).ask("Where?")).isEqualTo("On page 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=1 tools=0 sum=15
					  chat gpt-4o CLIENT OK tokens=10+5 stop [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceAStream() {
		run((application) -> {
			this.server.answers(TEXT);
			assertThat(application.bean(Zeus.class).stream("Where?").collectList().block()).containsExactly("On page",
					" 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=1 tools=0 sum=15
					  chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceToolsOfACall() {
		run((application) -> {
			this.server.answers(SEARCH, TEXT);
			assertThat(application.bean(Zeus.class).ask("Where?")).isEqualTo("On page 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=2 tools=1 sum=30
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls [llm.completion]
					    POST CLIENT
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK tokens=10+5 stop [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceToolsOfAStream() {
		run((application) -> {
			this.server.answers(SEARCH, TEXT);
			assertThat(application.bean(Zeus.class).stream("Where?").collectList().block()).containsExactly("On page",
					" 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=2 tools=1 sum=30
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls chunks=2 [llm.completion]
					    POST CLIENT
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceAnAgentInsideAToolOfACall() {
		run((application) -> {
			this.server.answers(ASK_ATHENA, TEXT, TEXT);
			assertThat(application.bean(Zeus.class).ask("Where?")).isEqualTo("On page 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=3 tools=1 sum=45
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls [llm.completion]
					    POST CLIENT
					  execute_tool ask_athena INTERNAL OK
					    invoke_agent athena INTERNAL OK calls=1 tools=0 sum=15
					      chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					        POST CLIENT
					  chat gpt-4o CLIENT OK tokens=10+5 stop [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceAnAgentInsideAToolOfAStream() {
		run((application) -> {
			this.server.answers(ASK_ATHENA, TEXT, TEXT);
			assertThat(application.bean(Zeus.class).stream("Where?").collectList().block()).containsExactly("On page",
					" 5");
			assertTree(application, """
					invoke_agent zeus INTERNAL OK calls=3 tools=1 sum=45
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls chunks=2 [llm.completion]
					    POST CLIENT
					  execute_tool ask_athena INTERNAL OK
					    invoke_agent athena INTERNAL OK calls=1 tools=0 sum=15
					      chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					        POST CLIENT
					  chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceTheErrorOfACallAfterATool() {
		run((application) -> {
			this.server.answers(SEARCH, OpenAiServer.error(500));
			assertThatThrownBy(() -> application.bean(Zeus.class).ask("Where?")).hasMessageContaining("500");
			assertTree(application, """
					invoke_agent zeus INTERNAL ERROR calls=2 tools=1 sum=15 [exception]
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls [llm.completion]
					    POST CLIENT
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT ERROR com.openai.errors.InternalServerException [exception]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceTheBreakOfAStream() {
		run((application) -> {
			this.server.answers(OpenAiServer.broken("On", " page"));
			assertThatThrownBy(() -> application.bean(Zeus.class).stream("Where?").collectList().block())
				.isInstanceOf(Exception.class);
			assertTree(application, """
					invoke_agent zeus INTERNAL ERROR calls=1 tools=0 [exception]
					  chat gpt-4o CLIENT ERROR com.openai.errors.OpenAIIoException chunks=3 [exception]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceACallThatIsInterrupted() {
		run((application) -> {
			this.server.answers(OpenAiServer.hanging());
			Thread caller = new Thread(
					() -> assertThatThrownBy(() -> application.bean(Zeus.class).ask("Where?")).isNotNull());
			caller.start();
			Awaitility.await().until(() -> !this.server.requests().isEmpty());
			caller.interrupt();
			assertTree(application, """
					invoke_agent zeus INTERNAL ERROR calls=1 tools=0 [exception]
					  chat gpt-4o CLIENT ERROR com.openai.errors.OpenAIInvalidDataException [exception]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldTraceAStreamThatIsCancelled() {
		run((application) -> {
			this.server.answers(OpenAiServer.hanging("On", " page"));
			assertThat(application.bean(Zeus.class).stream("Where?").take(1).collectList().block())
				.containsExactly("On");
			assertTree(application, """
					invoke_agent zeus INTERNAL UNSET cancelled calls=1 tools=0
					  chat gpt-4o CLIENT UNSET cancelled chunks=2
					    POST CLIENT
					""");
			assertThat(this.server.awaitAbandoned()).isTrue();
		});
	}

	@Test
	void shouldWriteTypedAttributesOfACall() {
		run((application) -> {
			this.server.answers(SEARCH, TEXT);
			application.bean(Zeus.class).ask("Where?");
			assertThat(attributes(application.named("chat gpt-4o"))).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
					Map.entry("gen_ai.operation.name", "chat"), Map.entry("kosmos.llm.provider", "openai"),
					Map.entry("gen_ai.provider.name", "openai"), Map.entry("kosmos.llm.model", "gpt-4o"),
					Map.entry("gen_ai.request.model", "gpt-4o"), Map.entry("gen_ai.request.temperature", 0.5),
					Map.entry("gen_ai.response.model", OpenAiServer.MODEL),
					Map.entry("gen_ai.response.id", "chatcmpl-1"), Map.entry("kosmos.llm.prompt_tokens", 10L),
					Map.entry("gen_ai.usage.input_tokens", 10L), Map.entry("kosmos.llm.completion_tokens", 5L),
					Map.entry("gen_ai.usage.output_tokens", 5L), Map.entry("kosmos.llm.total_tokens", 15L),
					Map.entry("kosmos.llm.cached_tokens", 4L), Map.entry("gen_ai.usage.cache_read.input_tokens", 4L),
					Map.entry("kosmos.llm.reasoning_tokens", 2L), Map.entry("gen_ai.usage.reasoning.output_tokens", 2L),
					Map.entry("kosmos.llm.cost", 0.00007), Map.entry("kosmos.llm.cost_currency", "USD"),
					Map.entry("kosmos.llm.finish_reason", "tool_calls"),
					Map.entry("gen_ai.response.finish_reasons", List.of("tool_calls")),
					Map.entry("kosmos.agent.name", "zeus"), Map.entry("gen_ai.agent.name", "zeus"),
					Map.entry("kosmos.conversation.id", "c1"), Map.entry("gen_ai.conversation.id", "c1")));
			assertThat(attributes(application.named("execute_tool search"))).containsExactlyInAnyOrderEntriesOf(Map
				.ofEntries(Map.entry("gen_ai.operation.name", "execute_tool"), Map.entry("kosmos.tool.name", "search"),
						Map.entry("gen_ai.tool.name", "search"), Map.entry("kosmos.tool.call_id", "call_1"),
						Map.entry("gen_ai.tool.call.id", "call_1"), Map.entry("gen_ai.tool.type", "function"),
						Map.entry("gen_ai.tool.description", "Searches the library"),
						Map.entry("kosmos.agent.name", "zeus"), Map.entry("gen_ai.agent.name", "zeus"),
						Map.entry("kosmos.conversation.id", "c1"), Map.entry("gen_ai.conversation.id", "c1")));
		});
	}

	@Test
	void shouldWriteTimeToFirstChunkAndAllUsageOfAStream() {
		run((application) -> {
			this.server.answers(TEXT);
			application.bean(Zeus.class).stream("Where?").blockLast();
			application.await(3);
			SpanData chat = application.named("chat gpt-4o");
			assertThat(attributes(chat)).containsEntry("kosmos.llm.streaming", true)
				.containsEntry("gen_ai.request.stream", true)
				.containsEntry("kosmos.llm.cached_tokens", 4L)
				.containsEntry("kosmos.llm.reasoning_tokens", 2L)
				.containsEntry("kosmos.llm.cost", 0.00007);
			double seconds = (chat.getEndEpochNanos() - chat.getStartEpochNanos()) / 1e9;
			assertThat((Double) attributes(chat).get("gen_ai.response.time_to_first_chunk")).isPositive()
				.isLessThanOrEqualTo(seconds);
		});
	}

	@Test
	void shouldKnowAttributesWhenASpanStarts() {
		new SpringAi(this.server).application().with(RefusingModels.class).run((application) -> {
			this.server.answers(TEXT);
			application.bean(Zeus.class).ask("Where?");
			assertThat(application.ended()).extracting(SpanData::getName).containsExactly("invoke_agent zeus");
		});
	}

	@Test
	void shouldSendTheTraceToTheProviderAndNothingElse() {
		run((application) -> {
			this.server.answers(TEXT, TEXT);
			application.bean(Zeus.class).ask("Where?");
			application.bean(Zeus.class).stream("Where?").blockLast();
			application.await(6);
			assertThat(this.server.requests()).extracting(OpenAiServer.Request::parentSpanId)
				.containsExactlyElementsOf(application.ended()
					.stream()
					.filter((span) -> span.getName().equals("POST"))
					.map(SpanData::getSpanId)
					.toList());
			assertThat(this.server.requests()).allSatisfy((request) -> assertThat(request.headers().keySet())
				.noneMatch((header) -> header.toLowerCase().contains("kosmos")));
		});
	}

	@Test
	void shouldSendNothingOfItsOwnToTheProviderWhenRequestsAreNotObserved() {
		new SpringAi(this.server).application()
			.with("management.observations.enable.okhttp.requests=false")
			.run((application) -> {
				this.server.answers(TEXT);
				application.bean(Zeus.class).stream("Where?").blockLast();
				assertThat(this.server.requests()).hasSize(1)
					.allSatisfy((request) -> assertThat(request.headers().keySet())
						.noneMatch((header) -> header.toLowerCase().contains("kosmos")));
			});
	}

	@Test
	void shouldTraceAToolThatFailsThoughTheModelIsTold() {
		run((application) -> {
			this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "fail", "{}")), TEXT);
			assertThat(application.bean(Zeus.class).ask("Where?")).isEqualTo("On page 5");
			SpanData tool = application.named("execute_tool fail");
			assertThat(tool.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(tool.getStatus().getDescription()).isEqualTo("The library is closed");
			assertThat(attributes(tool)).containsEntry("error.type", IllegalStateException.class.getName());
			assertThat(tool.getEvents()).extracting("name").containsExactly("exception");
		});
	}

	@Test
	void shouldFindTheAgentInsideAnotherObservation() {
		run((application) -> {
			this.server.answers(TEXT);
			Observation.createNotStarted("request", application.bean(ObservationRegistry.class))
				.observe(() -> application.bean(Zeus.class).stream("Where?").collectList().block());
			assertTree(application, """
					request INTERNAL OK
					  invoke_agent zeus INTERNAL OK calls=1 tools=0 sum=15
					    chat gpt-4o CLIENT OK tokens=10+5 stop chunks=5 [llm.completion]
					      POST CLIENT
					""");
		});
	}

	@Test
	void shouldHoldTheCallsOfAChatClientTogetherWhereNothingElseDoes() {
		run((application) -> {
			this.server.answers(SEARCH, TEXT);
			application.bean(ChatClient.class).prompt("Where?").call().content();
			assertTree(application, """
					chat_client INTERNAL OK
					  chat gpt-4o CLIENT OK tokens=10+5 tool_calls [llm.completion]
					    POST CLIENT
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK tokens=10+5 stop [llm.completion]
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldCountACallInsideATracedMethodOnce() {
		run((application) -> {
			this.server.answers(TEXT, TEXT);
			application.bean(Zeus.class).complete("Where?");
			application.bean(Zeus.class).completeByChunks("Where?").blockLast();
			application.await(6);
			assertThat(application.ended()).filteredOn((span) -> span.getName().equals("chat gpt-4o"))
				.hasSize(4)
				.filteredOn((span) -> attributes(span).containsKey("kosmos.llm.total_tokens"))
				.hasSize(2)
				.noneMatch((span) -> span.getParentSpanId().equals(SpanId.getInvalid()));
			assertThat(application.ended()).filteredOn((span) -> span.getName().equals("chat gpt-4o"))
				.allSatisfy((span) -> assertThat(attributes(span)).containsEntry("kosmos.llm.finish_reason", "stop"));
		});
	}

	@Test
	void shouldTraceAStreamOfAModelWithoutAClient() {
		run((application) -> {
			this.server.answers(TEXT, OpenAiServer.hanging("On"));
			OpenAiChatModel model = application.bean(OpenAiChatModel.class);
			model.stream(new Prompt("Where?")).blockLast();
			Awaitility.await()
				.untilAsserted(() -> assertThat(attributes(application.named("chat gpt-4o")))
					.containsEntry("kosmos.llm.total_tokens", 15L)
					.containsEntry("kosmos.llm.streaming", true)
					.containsEntry("kosmos.llm.finish_reason", "stop"));
			model.stream(new Prompt("Where?")).blockFirst();
			Awaitility.await()
				.untilAsserted(() -> assertThat(application.ended())
					.anySatisfy((span) -> assertThat(attributes(span)).containsEntry("kosmos.cancelled", true)));
		});
	}

	@Test
	void shouldTraceARetrievalWithItsEmbedding() {
		run((application) -> {
			SimpleVectorStore store = SimpleVectorStore.builder(application.bean(EmbeddingModel.class))
				.observationRegistry(application.bean(ObservationRegistry.class))
				.build();
			// Asks for one embedding first to learn how long they are.
			store.add(List.of(new Document("The manual")));
			store.similaritySearch(SearchRequest.builder().query("manual").build());
			assertTree(application, """
					embeddings text-embedding-3-small CLIENT OK tokens=7+null
					  POST CLIENT
					add in-memory-map CLIENT OK
					  embeddings text-embedding-3-small CLIENT OK tokens=7+null
					    POST CLIENT
					retrieval in-memory-map CLIENT OK
					  embeddings text-embedding-3-small CLIENT OK tokens=7+null
					    POST CLIENT
					""");
		});
	}

	@Test
	void shouldDropSpringAisTokenCounterWhichHasTheNameOfOurHistogram() {
		TracedApplication measured = new SpringAi(this.server).application()
			.withAutoConfiguration(MetricsAutoConfiguration.class)
			.with(Meters.class);
		measured.run((application) -> {
			this.server.answers(TEXT);
			application.bean(Zeus.class).ask("Where?");
			MeterRegistry meters = application.bean(MeterRegistry.class);
			assertThat(meters.find("gen_ai.client.operation").timers()).hasSize(1);
			assertThat(meters.find("gen_ai.client.token.usage").counters()).isEmpty();
		});
		measured.with("kosmos.tracing.metrics.enabled=false").run((application) -> {
			this.server.answers(TEXT);
			application.bean(Zeus.class).ask("Where?");
			assertThat(application.bean(MeterRegistry.class).find("gen_ai.client.token.usage").counters()).isNotEmpty();
		});
	}

	private void run(Consumer<Running> test) {
		new SpringAi(this.server).application().run(test);
	}

	private static void assertTree(Running application, String expected) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(tree(application.ended(), SpanId.getInvalid(), "")).isEqualTo(expected));
	}

	private static String tree(List<SpanData> spans, String parent, String indent) {
		StringBuilder tree = new StringBuilder();
		spans.stream()
			.filter((span) -> span.getParentSpanId().equals(parent))
			.sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
			.forEach((span) -> tree.append(indent)
				.append(line(span))
				.append('\n')
				.append(tree(spans, span.getSpanId(), indent + "  ")));
		return tree.toString();
	}

	private static String line(SpanData span) {
		StringBuilder line = new StringBuilder(span.getName()).append(' ').append(span.getKind());
		if (span.getName().equals("POST")) {
			return line.toString();
		}
		Map<String, Object> attributes = attributes(span);
		line.append(' ').append(span.getStatus().getStatusCode());
		append(line, " ", attributes.get("error.type"), span.getName().startsWith("chat"));
		append(line, " cancelled", "", attributes.containsKey("kosmos.cancelled"));
		append(line, " tokens=",
				attributes.get("kosmos.llm.prompt_tokens") + "+" + attributes.get("kosmos.llm.completion_tokens"),
				attributes.containsKey("kosmos.llm.prompt_tokens"));
		append(line, " ", attributes.get("kosmos.llm.finish_reason"), true);
		append(line, " chunks=", attributes.get("kosmos.llm.chunks"), true);
		append(line, " calls=", attributes.get("kosmos.llm.calls"), true);
		append(line, " tools=", attributes.get("kosmos.tool.calls"), true);
		append(line, " sum=", attributes.get("kosmos.llm.total_tokens.aggregated"), true);
		span.getEvents().forEach((event) -> line.append(" [").append(event.getName()).append(']'));
		return line.toString();
	}

	private static void append(StringBuilder line, String label, Object value, boolean wanted) {
		if (wanted && value != null) {
			line.append(label).append(value);
		}
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new TreeMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

	/**
	 * An application with Spring AI.
	 */
	record SpringAi(OpenAiServer server) {

		TracedApplication application() {
			return new TracedApplication(Beans.class)
				.withAutoConfiguration(SpringAiAutoConfiguration.class, CostAutoConfiguration.class,
						ChatClientAutoConfiguration.class, ToolCallingAutoConfiguration.class,
						ChatObservationAutoConfiguration.class)
				.with("openai.url=" + this.server.url());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		OpenAiChatModel chatModel(ObservationRegistry observations, @Value("${openai.url}") String url) {
			return OpenAiChatModel.builder()
				.options(OpenAiChatOptions.builder()
					.baseUrl(url)
					.apiKey("none")
					.model("gpt-4o")
					.temperature(0.5)
					.maxRetries(0)
					.streamUsage(true)
					.build())
				.observationRegistry(observations)
				.build();
		}

		@Bean
		OpenAiEmbeddingModel embeddingModel(ObservationRegistry observations, @Value("${openai.url}") String url) {
			return OpenAiEmbeddingModel.builder()
				.options(OpenAiEmbeddingOptions.builder()
					.baseUrl(url)
					.apiKey("none")
					.model("text-embedding-3-small")
					.build())
				.observationRegistry(observations)
				.build();
		}

		@Bean
		Athena athena(ChatClient.Builder clients) {
			return new Athena(clients.build());
		}

		@Bean
		Library library(Athena athena) {
			return new Library(athena);
		}

		@Bean
		ChatClient chatClient(ChatClient.Builder clients, Library library) {
			return clients.defaultTools(library).build();
		}

		@Bean
		Zeus zeus(ChatClient client, OpenAiChatModel model) {
			return new Zeus(client, model);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Meters {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	/**
	 * Samples no call of a model, which it knows by what there is at the start.
	 */
	@Configuration(proxyBeanMethods = false)
	static class RefusingModels {

		@Bean
		Sampler sampler() {
			return new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parent, String traceId, String name, SpanKind kind,
						Attributes attributes, List<LinkData> links) {
					boolean model = "gpt-4o".equals(attributes.get(AttributeKey.stringKey("gen_ai.request.model")))
							&& "openai".equals(attributes.get(AttributeKey.stringKey("gen_ai.provider.name")))
							&& "c1".equals(attributes.get(AttributeKey.stringKey("gen_ai.conversation.id")))
							&& name.equals("chat gpt-4o");
					return model ? SamplingResult.drop() : Sampler.parentBased(Sampler.alwaysOn())
						.shouldSample(parent, traceId, name, kind, attributes, links);
				}

				@Override
				public String getDescription() {
					return "RefusingModels";
				}

			};
		}

	}

	static class Library {

		private final Athena athena;

		Library(Athena athena) {
			this.athena = athena;
		}

		@Tool(description = "Searches the library")
		String search(String query) {
			return "page 5";
		}

		@Tool(description = "Fails")
		String fail() {
			throw new IllegalStateException("The library is closed");
		}

		@Tool(name = "ask_athena", description = "Asks Athena")
		String askAthena(String question) {
			return String.join("", this.athena.stream(question).collectList().block());
		}

	}

	static class Athena {

		private final ChatClient client;

		Athena(ChatClient client) {
			this.client = client;
		}

		@TracedAgent(name = "athena")
		Flux<String> stream(String question) {
			return this.client.prompt(question).stream().content();
		}

	}

	static class Zeus {

		private final ChatClient client;

		private final OpenAiChatModel model;

		Zeus(ChatClient client, OpenAiChatModel model) {
			this.client = client;
			this.model = model;
		}

		@TracedAgent(name = "zeus")
		String ask(String question) {
			return this.client.prompt(question)
				.advisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, "c1"))
				.call()
				.content();
		}

		@TracedAgent(name = "zeus")
		Flux<String> stream(String question) {
			return this.client.prompt(question)
				.advisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, "c1"))
				.stream()
				.content();
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		ChatResponse complete(String question) {
			return this.model.call(new Prompt(question));
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Flux<ChatResponse> completeByChunks(String question) {
			return this.client.prompt(question).stream().chatResponse();
		}

	}

}
