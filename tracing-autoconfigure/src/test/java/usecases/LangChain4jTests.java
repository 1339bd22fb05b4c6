package usecases;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProviderResult;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.autoconfigure.cost.CostAutoConfiguration;
import io.kosmos.tracing.autoconfigure.langchain4j.LangChain4jAutoConfiguration;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import usecases.OpenAiServer.Answer;
import usecases.TracedApplication.Running;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * LangChain4j's models, tools, retrievers and AI services against a real HTTP server. A
 * tree shows of each span the name, kind and status, then what the model took and said.
 */
class LangChain4jTests {

	private static final Answer SEARCH = OpenAiServer
		.toolCalls(OpenAiServer.call("call_1", "search", "{\"query\":\"manual\"}"));

	private static final Answer DELEGATE = OpenAiServer
		.toolCalls(OpenAiServer.call("call_1", "delegate", "{\"question\":\"Where?\"}"));

	private OpenAiServer server;

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
		this.server.answers(OpenAiServer.text("On page", " 5"));
		run((application) -> {
			assertThat(application.bean(Assistant.class).ask("Where?")).isEqualTo("On page 5");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Assistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceACallWithToolCalls() {
		this.server.answers(SEARCH, OpenAiServer.text("On page 5"));
		run((application) -> {
			assertThat(application.bean(Assistant.class).ask("Where?")).isEqualTo("On page 5");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Assistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceACallOfAnAgentInsideATool() {
		this.server.answers(DELEGATE, OpenAiServer.text("page 5"), OpenAiServer.text("On page 5"));
		run((application) -> {
			assertThat(application.bean(Assistant.class).ask("Where?")).isEqualTo("On page 5");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Assistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool delegate INTERNAL OK
					    invoke_agent Athena INTERNAL OK
					      chat gpt-4o CLIENT OK 10+5 stop llm.completion
					        POST CLIENT OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceACallThatFailsMidway() {
		this.server.answers(SEARCH, OpenAiServer.error(500));
		run((application) -> {
			assertThatException().isThrownBy(() -> application.bean(Assistant.class).ask("Where?"));
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Assistant INTERNAL ERROR exception
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT ERROR exception
					    POST CLIENT ERROR exception
					""");
			assertThat(application.ended().stream().filter((span) -> span.getName().equals("POST")))
				.extracting((span) -> attributes(span).get("http.response.status_code"))
				.containsExactly(200L, 500L);
		});
	}

	@Test
	void shouldTraceACallThatIsCancelledMidway() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			application().with("test.openai=http://localhost:" + silent.getLocalPort()).run((application) -> {
				Thread caller = new Thread(
						() -> assertThatException().isThrownBy(() -> application.bean(Assistant.class).ask("Where?")));
				caller.start();
				accept(silent);
				caller.interrupt();
				application.await(3);
				assertThat(tree(application)).isEqualTo("""
						invoke_agent Assistant INTERNAL UNSET cancelled
						  chat gpt-4o CLIENT UNSET cancelled
						    POST CLIENT UNSET cancelled
						""");
			});
		}
	}

	@Test
	void shouldTraceAStream() {
		this.server.answers(OpenAiServer.text("On page", " 5"));
		run((application) -> {
			assertThat(stream(application).join()).isEqualTo("On page 5");
			application.await(3);
			assertThat(tree(application)).isEqualTo("""
					invoke_agent StreamingAssistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion chunks=2
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceAStreamWithToolCalls() {
		this.server.answers(SEARCH, OpenAiServer.text("On page", " 5"));
		run((application) -> {
			assertThat(stream(application).join()).isEqualTo("On page 5");
			application.await(6);
			assertThat(tree(application)).isEqualTo("""
					invoke_agent StreamingAssistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion chunks=2
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion chunks=2
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceAStreamOfAnAgentInsideATool() {
		this.server.answers(DELEGATE, OpenAiServer.text("page 5"), OpenAiServer.text("On page", " 5"));
		run((application) -> {
			assertThat(stream(application).join()).isEqualTo("On page 5");
			application.await(9);
			assertThat(tree(application)).isEqualTo("""
					invoke_agent StreamingAssistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion chunks=2
					    POST CLIENT OK
					  execute_tool delegate INTERNAL OK
					    invoke_agent Athena INTERNAL OK
					      chat gpt-4o CLIENT OK 10+5 stop llm.completion
					        POST CLIENT OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion chunks=2
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceAStreamThatFailsMidway() {
		this.server.answers(SEARCH, OpenAiServer.broken("On page"));
		run((application) -> {
			assertThatException().isThrownBy(() -> stream(application).join()).isInstanceOf(CompletionException.class);
			application.await(6);
			// Whether the chunk comes through before the connection breaks is up to the
			// client.
			assertThat(tree(application).replace(" chunks=1\n", "\n")).isEqualTo("""
					invoke_agent StreamingAssistant INTERNAL ERROR exception
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion chunks=2
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT ERROR exception
					    POST CLIENT ERROR exception
					""");
		});
	}

	@Test
	void shouldTraceAStreamThatIsCancelledMidway() throws InterruptedException {
		this.server.answers(SEARCH, OpenAiServer.hanging("On page"));
		run((application) -> {
			application.bean(StreamingAssistant.class)
				.ask("Where?")
				.onPartialResponseWithContext((partial, context) -> context.streamingHandle().cancel())
				.ignoreErrors()
				.start();
			application.await(6);
			assertThat(tree(application)).isEqualTo("""
					invoke_agent StreamingAssistant INTERNAL UNSET cancelled
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion chunks=2
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT UNSET chunks=1 cancelled
					    POST CLIENT UNSET cancelled
					""");
		});
		assertThat(this.server.awaitAbandoned()).isTrue();
	}

	@Test
	void shouldTellAllThatIsKnownOfACall() {
		this.server.answers(OpenAiServer.text("On page 5"));
		run((application) -> {
			application.bean(ChatModel.class).chat("Where?");
			SpanData chat = application.named("chat gpt-4o");
			assertThat(attributes(chat)).containsAllEntriesOf(Map.ofEntries(Map.entry("gen_ai.operation.name", "chat"),
					Map.entry("gen_ai.provider.name", "openai"), Map.entry("gen_ai.request.model", "gpt-4o"),
					Map.entry("gen_ai.response.model", OpenAiServer.MODEL),
					Map.entry("gen_ai.response.id", "chatcmpl-1"), Map.entry("gen_ai.usage.input_tokens", 10L),
					Map.entry("gen_ai.usage.output_tokens", 5L), Map.entry("gen_ai.usage.cache_read.input_tokens", 4L),
					Map.entry("gen_ai.usage.reasoning.output_tokens", 2L), Map.entry("kosmos.llm.total_tokens", 15L),
					Map.entry("gen_ai.response.finish_reasons", List.of("stop"))))
				.containsKeys("kosmos.llm.cost", "kosmos.llm.cost_currency")
				.doesNotContainKeys("kosmos.conversation.id", "gen_ai.input.messages", "kosmos.llm.chunks");
			SpanData post = application.named("POST");
			assertThat(attributes(post)).containsEntry("http.request.method", "POST")
				.containsEntry("http.response.status_code", 200L)
				.containsEntry("url.full", this.server.url() + "/chat/completions")
				.containsEntry("server.address", "localhost");
			assertThat(this.server.requests().get(0).parentSpanId()).isEqualTo(post.getSpanId());
		});
	}

	@Test
	void shouldTellAllThatIsKnownOfAStream() {
		this.server.answers(OpenAiServer.text("On page", " 5"));
		run((application) -> {
			Collector collector = new Collector();
			application.bean(StreamingChatModel.class).chat("Where?", collector);
			assertThat(collector.text.join()).isEqualTo("On page 5");
			application.await(2);
			assertThat(attributes(application.named("chat gpt-4o"))).containsEntry("gen_ai.request.stream", true)
				.containsEntry("gen_ai.usage.input_tokens", 10L)
				.containsEntry("gen_ai.usage.cache_read.input_tokens", 4L)
				.containsEntry("kosmos.llm.chunks", 2L)
				.containsKeys("gen_ai.response.time_to_first_chunk", "kosmos.llm.cost");
			assertThat(this.server.requests().get(0).parentSpanId()).isEqualTo(application.named("POST").getSpanId());
		});
	}

	@Test
	void shouldGiveTheApplicationItsOwnContextBack() {
		this.server.answers(OpenAiServer.text("On page", " 5"));
		run((application) -> {
			Collector collector = new Collector();
			application.bean(AgentSpans.class).agent("zeus").in(() -> {
				application.bean(StreamingChatModel.class).chat("Where?", collector);
				collector.text.join();
			});
			assertThat(collector.current.get()).isEqualTo(application.named("invoke_agent zeus").getSpanId());
		});
	}

	@Test
	void shouldLetListenersOfAModelSeeItsSpan() {
		this.server.answers(OpenAiServer.text("On page 5"));
		run((application) -> {
			application.bean(ChatModel.class).chat(List.of(UserMessage.from("Where?")));
			assertThat(application.bean(SpanListener.class).span)
				.isEqualTo(application.named("chat gpt-4o").getSpanId());
		});
	}

	@Test
	void shouldInjectAModelAsWhatItIs() {
		this.server.answers(OpenAiServer.text("On page 5"));
		run((application) -> {
			OpenAiChatModel model = application.bean(OpenAiChatModel.class);
			assertThat(model.chat(UserMessage.from("Where?")).aiMessage().text()).isEqualTo("On page 5");
			assertThat(model.defaultRequestParameters().modelName()).isEqualTo("gpt-4o");
			assertThat(application.ended()).hasSize(2);
		});
	}

	@Test
	void shouldNameTheModelThatIsAskedFor() {
		this.server.answers(OpenAiServer.text("On page 5"));
		run((application) -> {
			ChatRequest request = ChatRequest.builder()
				.messages(UserMessage.from("Where?"))
				.modelName("gpt-4o-mini")
				.build();
			application.bean(ChatModel.class).chat(request);
			assertThat(application.named("chat gpt-4o-mini").hasEnded()).isTrue();
		});
	}

	@Test
	void shouldLeaveOutUsageThatIsNotTold() {
		run((application) -> {
			application.bean(Plain.class).chat("Where?");
			SpanData chat = application.only();
			assertThat(chat.getName()).isEqualTo("chat");
			assertThat(attributes(chat)).containsEntry("gen_ai.provider.name", "_OTHER")
				.doesNotContainKeys("gen_ai.usage.input_tokens", "kosmos.llm.total_tokens", "gen_ai.response.model",
						"gen_ai.response.finish_reasons");
		});
	}

	@Test
	void shouldTraceEmbeddings() {
		run((application) -> {
			assertThat(application.bean(EmbeddingModel.class).embed("manual").content().vector()).hasSize(3);
			assertThat(tree(application)).isEqualTo("""
					embeddings text-embedding-3-small CLIENT OK 7+0
					  POST CLIENT OK
					""");
			assertThat(attributes(application.named("embeddings text-embedding-3-small")))
				.containsEntry("gen_ai.operation.name", "embeddings")
				.containsEntry("gen_ai.provider.name", "openai")
				.containsEntry("gen_ai.usage.input_tokens", 7L);
		});
	}

	@Test
	void shouldTraceRetrievalAndCallsOfOneConversation() {
		this.server.answers(SEARCH, OpenAiServer.text("On page 5"));
		run((application) -> {
			application.bean(Librarian.class).ask("c1", "Where?");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Librarian INTERNAL OK
					  retrieval manuals CLIENT OK
					    embeddings text-embedding-3-small CLIENT OK 7+0
					      POST CLIENT OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
			assertThat(application.ended()).filteredOn((span) -> !span.getName().equals("POST"))
				.allSatisfy((span) -> assertThat(attributes(span)).containsEntry("gen_ai.conversation.id", "c1"));
			assertThat(attributes(application.named("invoke_agent Librarian")))
				.containsEntry("kosmos.agent.operation", "ask")
				.containsEntry("kosmos.llm.calls", 3L)
				.containsEntry("kosmos.tool.calls", 1L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 37L)
				.containsKey("kosmos.llm.cost.aggregated");
			assertThat(attributes(application.named("execute_tool search")))
				.containsEntry("gen_ai.tool.call.id", "call_1")
				.containsEntry("gen_ai.agent.name", "Librarian")
				.doesNotContainKeys("gen_ai.tool.call.arguments", "gen_ai.tool.call.result");
		});
	}

	@Test
	void shouldShowTheFailureOfAToolThatTheModelIsTold() {
		this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "fail", "{}")),
				OpenAiServer.text("It failed"));
		run((application) -> {
			assertThat(application.bean(Assistant.class).ask("Where?")).isEqualTo("It failed");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Assistant INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool fail INTERNAL ERROR exception
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
			assertThat(attributes(application.named("execute_tool fail"))).containsEntry("error.type",
					IllegalStateException.class.getName());
		});
	}

	@Test
	void shouldTraceToolsThatRunAtTheSameTime() {
		this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "search", "{\"query\":\"a\"}"),
				OpenAiServer.call("call_2", "search", "{\"query\":\"b\"}")), OpenAiServer.text("On page 5"));
		run((application) -> {
			application.bean(Concurrent.class).ask("Where?");
			assertThat(tree(application)).isEqualTo("""
					invoke_agent Concurrent INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldReadAResponseThatATracedMethodReturns() {
		this.server.answers(OpenAiServer.text("On page 5"));
		run((application) -> {
			application.bean(ByAnnotation.class).ask("Where?");
			assertThat(tree(application)).isEqualTo("""
					chat mine CLIENT OK stop llm.completion
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceTheToolsOfAnAiServiceThatIsNoBean() {
		this.server.answers(SEARCH, OpenAiServer.text("On page 5"));
		run((application) -> {
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(application.bean(ChatModel.class))
				.tools(application.bean(Library.class))
				.build();
			application.bean(AgentSpans.class).agent("zeus").in(() -> assistant.ask("Where?"));
			assertThat(tree(application)).isEqualTo("""
					invoke_agent zeus INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					    POST CLIENT OK
					  execute_tool search INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceToolsOfAProvider() {
		this.server.answers(SEARCH, OpenAiServer.text("It failed"));
		run((application) -> {
			ToolSpecification specification = ToolSpecification.builder().name("search").build();
			ToolExecutor executor = new ToolExecutor() {

				@Override
				public String execute(ToolExecutionRequest request, Object memoryId) {
					throw new UnsupportedOperationException();
				}

				@Override
				public ToolExecutionResult executeWithContext(ToolExecutionRequest request, InvocationContext context) {
					return ToolExecutionResult.builder().isError(true).resultText("No library").build();
				}

			};
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(application.bean(ChatModel.class))
				.toolProvider((request) -> ToolProviderResult.builder().add(specification, executor).build())
				.build();
			application.bean(AgentSpans.class).agent("zeus").in(() -> assistant.ask("Where?"));
			assertThat(application.named("execute_tool search").getStatus())
				.isEqualTo(StatusData.create(StatusCode.ERROR, "The tool reported an error"));
		});
	}

	@Test
	void shouldSendBaggageThatIsAllowedToTheHostOfTheModel() {
		for (String host : List.of("localhost", "127.0.0.1", "elsewhere.example")) {
			this.server.answers(OpenAiServer.text("On page 5"));
			int requests = this.server.requests().size();
			application()
				.with("test.openai=" + this.server.url(), "kosmos.tracing.baggage.keys=kosmos.tenant.id",
						"kosmos.tracing.baggage.hosts=" + host)
				.run((application) -> {
					application.bean(RequestContext.class)
						.tenant("acme")
						.in(() -> application.bean(Assistant.class).ask("Where?"));
					assertThat(this.server.requests().get(requests).headers().getFirst("baggage"))
						.isEqualTo(this.server.url().contains("//" + host + ":") ? "kosmos.tenant.id=acme" : null);
				});
		}
	}

	@Test
	void shouldTraceAnHttpClientWhoseBuilderIsABeanOnce() {
		this.server.answers(OpenAiServer.text("On page 5"));
		application().with(OwnHttpClient.class).with("test.openai=" + this.server.url()).run((application) -> {
			application.context().getBean("own", ChatModel.class).chat("Where?");
			assertThat(tree(application)).isEqualTo("""
					chat gpt-4o CLIENT OK 10+5 stop llm.completion
					  POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldRecordContentOnlyWhenAskedTo() {
		this.server.answers(SEARCH, OpenAiServer.text("On page 5"));
		application().with("test.openai=" + this.server.url(), "kosmos.tracing.content.capture=full")
			.run((application) -> {
				application.bean(Assistant.class).ask("Where?");
				Map<String, Object> chat = attributes(application.named("chat gpt-4o"));
				assertThat(chat.get("gen_ai.input.messages")).asString().contains("Where?").contains("\"user\"");
				assertThat(chat.get("gen_ai.output.messages")).asString().containsOnlyOnce("\"search\"");
				assertThat(attributes(application.named("execute_tool search")))
					.containsEntry("gen_ai.tool.call.arguments", "{\"query\":\"manual\"}")
					.containsKey("gen_ai.tool.call.result");
			});
	}

	@Test
	void shouldDoNothingWhenDisabled() {
		this.server.answers(SEARCH, OpenAiServer.text("On page 5"));
		application().with("test.openai=" + this.server.url(), "kosmos.tracing.langchain4j.enabled=false")
			.run((application) -> {
				assertThat(application.bean(Assistant.class).ask("Where?")).isEqualTo("On page 5");
				assertThat(application.ended()).isEmpty();
			});
	}

	private void run(Consumer<Running> test) {
		application().with("test.openai=" + this.server.url()).run(test);
	}

	private static TracedApplication application() {
		return new TracedApplication(Beans.class).withAutoConfiguration(LangChain4jAutoConfiguration.class,
				CostAutoConfiguration.class);
	}

	private static CompletableFuture<String> stream(Running application) {
		CompletableFuture<String> answer = new CompletableFuture<>();
		application.bean(StreamingAssistant.class).ask("Where?").onPartialResponse((text) -> {
		})
			.onCompleteResponse((response) -> answer.complete(response.aiMessage().text()))
			.onError(answer::completeExceptionally)
			.start();
		return answer.orTimeout(10, TimeUnit.SECONDS);
	}

	private static void accept(ServerSocket server) {
		try {
			server.accept().getInputStream().read();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String tree(Running application) {
		StringBuilder tree = new StringBuilder();
		print(application.ended().stream().sorted(Comparator.comparingLong(SpanData::getStartEpochNanos)).toList(),
				"0000000000000000", "", tree);
		assertThat(tree.toString().lines()).as("spans with a parent").hasSameSizeAs(application.ended());
		return tree.toString();
	}

	private static void print(List<SpanData> spans, String parent, String indent, StringBuilder tree) {
		for (SpanData span : spans) {
			if (span.getParentSpanId().equals(parent)) {
				tree.append(indent).append(describe(span)).append('\n');
				print(spans, span.getSpanId(), indent + "  ", tree);
			}
		}
	}

	private static String describe(SpanData span) {
		StringBuilder line = new StringBuilder(span.getName()).append(' ')
			.append(span.getKind())
			.append(' ')
			.append(span.getStatus().getStatusCode());
		Long input = span.getAttributes().get(KosmosAttributes.LLM_PROMPT_TOKENS);
		if (input != null) {
			Long output = span.getAttributes().get(KosmosAttributes.LLM_COMPLETION_TOKENS);
			line.append(' ').append(input).append('+').append((output != null) ? output : 0);
		}
		append(line, "", span.getAttributes().get(KosmosAttributes.LLM_FINISH_REASON));
		append(line, "", span.getEvents().stream().map(EventData::getName).collect(Collectors.joining(" ")));
		append(line, "chunks=", span.getAttributes().get(KosmosAttributes.LLM_CHUNKS));
		if (span.getAttributes().get(KosmosAttributes.CANCELLED) != null) {
			line.append(" cancelled");
		}
		return line.toString();
	}

	private static void append(StringBuilder line, String label, @Nullable Object value) {
		if (value != null && !value.toString().isEmpty()) {
			line.append(' ').append(label).append(value);
		}
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new TreeMap<>();
		span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		SpanListener listener() {
			return new SpanListener();
		}

		@Bean
		OpenAiChatModel chatModel(Environment environment, SpanListener listener) {
			return OpenAiChatModel.builder()
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("gpt-4o")
				.maxRetries(0)
				.timeout(Duration.ofSeconds(20))
				.listeners(List.of(listener))
				.build();
		}

		@Bean
		OpenAiStreamingChatModel streamingChatModel(Environment environment) {
			return OpenAiStreamingChatModel.builder()
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("gpt-4o")
				.build();
		}

		@Bean
		OpenAiEmbeddingModel embeddingModel(Environment environment) {
			return OpenAiEmbeddingModel.builder()
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("text-embedding-3-small")
				.maxRetries(0)
				.build();
		}

		@Bean(autowireCandidate = false)
		Plain plain() {
			return new Plain();
		}

		@Bean
		ContentRetriever manuals(EmbeddingModel embeddings) {
			return (query) -> {
				embeddings.embed(query.text());
				return List.of(Content.from("The manual has 10 pages"));
			};
		}

		@Bean
		Athena athena(ChatModel model) {
			return AiServices.builder(Athena.class).chatModel(model).build();
		}

		@Bean
		Library library(Athena athena) {
			return new Library(athena);
		}

		@Bean
		Assistant assistant(ChatModel model, Library library) {
			return AiServices.builder(Assistant.class).chatModel(model).tools(library).build();
		}

		@Bean
		StreamingAssistant streamingAssistant(StreamingChatModel model, Library library) {
			return AiServices.builder(StreamingAssistant.class).streamingChatModel(model).tools(library).build();
		}

		@Bean
		Concurrent concurrent(ChatModel model, Library library) {
			return AiServices.builder(Concurrent.class)
				.chatModel(model)
				.tools(library)
				.executeToolsConcurrently()
				.build();
		}

		@Bean
		Librarian librarian(ChatModel model, ContentRetriever manuals, Library library) {
			return AiServices.builder(Librarian.class)
				.chatModel(model)
				.contentRetriever(manuals)
				.tools(library)
				.chatMemoryProvider((id) -> MessageWindowChatMemory.withMaxMessages(10))
				.build();
		}

		@Bean
		ByAnnotation byAnnotation(ChatModel model) {
			return new ByAnnotation(model);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHttpClient {

		@Bean
		JdkHttpClientBuilder httpClientBuilder() {
			return JdkHttpClient.builder().readTimeout(Duration.ofSeconds(10));
		}

		@Bean(autowireCandidate = false)
		OpenAiChatModel own(Environment environment, JdkHttpClientBuilder httpClientBuilder) {
			return OpenAiChatModel.builder()
				.httpClientBuilder(httpClientBuilder)
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("gpt-4o")
				.build();
		}

	}

	interface Athena {

		String ask(String question);

	}

	interface Assistant {

		String ask(String question);

	}

	interface StreamingAssistant {

		TokenStream ask(String question);

	}

	interface Concurrent {

		String ask(String question);

	}

	interface Librarian {

		String ask(@MemoryId String conversation, @dev.langchain4j.service.UserMessage String question);

	}

	static class Library {

		private final Athena athena;

		Library(Athena athena) {
			this.athena = athena;
		}

		@Tool("Searches the library")
		String search(String query) {
			return "page 5";
		}

		@Tool("Asks a colleague")
		String delegate(String question) {
			return this.athena.ask(question);
		}

		@Tool("Fails")
		String fail() {
			throw new IllegalStateException("No library");
		}

	}

	/**
	 * A model that tells nothing but its answer.
	 */
	static class Plain implements ChatModel {

		@Override
		public ChatResponse doChat(ChatRequest request) {
			return ChatResponse.builder().aiMessage(dev.langchain4j.data.message.AiMessage.from("Here")).build();
		}

	}

	static class ByAnnotation {

		private final ChatModel model;

		ByAnnotation(ChatModel model) {
			this.model = model;
		}

		@TracedLlm(provider = "openai", model = "mine")
		ChatResponse ask(String question) {
			return this.model.chat(UserMessage.from(question));
		}

	}

	static class SpanListener implements ChatModelListener {

		volatile @Nullable String span;

		@Override
		public void onRequest(ChatModelRequestContext context) {
			this.span = Span.current().getSpanContext().getSpanId();
		}

	}

	/**
	 * Collects a streamed answer, and what span was current when it came.
	 */
	static class Collector implements StreamingChatResponseHandler {

		final CompletableFuture<String> text = new CompletableFuture<String>().orTimeout(10, TimeUnit.SECONDS);

		final AtomicReference<String> current = new AtomicReference<>();

		@Override
		public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
			this.current.set(Span.current().getSpanContext().getSpanId());
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			this.text.complete(response.aiMessage().text());
		}

		@Override
		public void onError(Throwable error) {
			this.text.completeExceptionally(error);
		}

	}

}
