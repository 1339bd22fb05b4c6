package usecases;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.autoconfigure.langchain4j.LangChain4jAutoConfiguration;
import io.opentelemetry.api.trace.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Systems of agents built with LangChain4j.
 */
class LangChain4jAgentTests {

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
	void shouldTraceASequence() {
		this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "thesaurus", "{\"word\":\"dragon\"}")),
				OpenAiServer.text("A story"), OpenAiServer.text("A better story"));
		application(Sequence.class).run((application) -> {
			assertThat(application.bean(Novel.class).create("dragons")).isEqualTo("A better story");
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent create INTERNAL OK
					  invoke_agent write INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 tool_calls llm.completion
					      POST CLIENT OK
					    execute_tool thesaurus INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					  invoke_agent edit INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					""");
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
		});
	}

	@Test
	void shouldTraceTheFailureOfAnAgent() {
		this.server.answers(OpenAiServer.text("A story"), OpenAiServer.error(500));
		application(Sequence.class).run((application) -> {
			assertThatException().isThrownBy(() -> application.bean(Novel.class).create("dragons"));
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent create INTERNAL ERROR exception
					  invoke_agent write INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					  invoke_agent edit INTERNAL ERROR exception
					    chat gpt-4o CLIENT ERROR exception
					      POST CLIENT ERROR exception
					""");
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
		});
	}

	@Test
	void shouldTraceAgentsThatWorkAtTheSameTime() {
		this.server.answers(OpenAiServer.text("A story"), OpenAiServer.text("A better story"));
		application(Parallel.class).run((application) -> {
			application.bean(UntypedAgent.class).invoke(Map.of("topic", "dragons", "story", "A story"));
			assertThat(LangChain4jTests.tree(application).lines().map(String::strip)).containsExactlyInAnyOrder(
					"invoke_agent both INTERNAL OK", "invoke_agent write INTERNAL OK",
					"chat gpt-4o CLIENT OK 10+5 stop llm.completion", "POST CLIENT OK", "invoke_agent edit INTERNAL OK",
					"chat gpt-4o CLIENT OK 10+5 stop llm.completion", "POST CLIENT OK");
			String both = application.named("invoke_agent both").getSpanId();
			assertThat(List.of(application.named("invoke_agent write"), application.named("invoke_agent edit")))
				.allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(both));
		});
	}

	@Test
	void shouldTraceASystemWhoseAgentsAreBeans() {
		this.server.answers(OpenAiServer.text("A story"), OpenAiServer.text("A better story"),
				OpenAiServer.text("Another story"));
		application(Shared.class).run((application) -> {
			application.bean(Novel.class).create("dragons");
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent create INTERNAL OK
					  invoke_agent write INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					  invoke_agent edit INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceASystemInsideASystem() {
		this.server.answers(OpenAiServer.text("A story"), OpenAiServer.text("A better story"),
				OpenAiServer.text("The best story"));
		application(Nested.class).run((application) -> {
			application.bean(UntypedAgent.class).invoke(Map.of("topic", "dragons"));
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent outer INTERNAL OK
					  invoke_agent inner INTERNAL OK
					    invoke_agent write INTERNAL OK
					      chat gpt-4o CLIENT OK 10+5 stop llm.completion
					        POST CLIENT OK
					    invoke_agent edit INTERNAL OK
					      chat gpt-4o CLIENT OK 10+5 stop llm.completion
					        POST CLIENT OK
					  invoke_agent edit INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					""");
			assertThat(application.named("invoke_agent outer").getAttributes().get(KosmosAttributes.LLM_CALLS))
				.isEqualTo(3);
			assertThat(application.named("invoke_agent inner").getAttributes().get(KosmosAttributes.LLM_CALLS))
				.isEqualTo(2);
		});
	}

	@Test
	void shouldTraceAnAgentThatIsInvokedByItself() {
		this.server.answers(OpenAiServer.text("A story"));
		application(Shared.class).run((application) -> {
			assertThat(application.bean(Writer.class).write("dragons")).isEqualTo("A story");
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent write INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion
					    POST CLIENT OK
					""");
		});
	}

	@Test
	void shouldTraceAStreamThatIsTheResultOfASystem() {
		this.server.answers(OpenAiServer.text("A story"), OpenAiServer.text("A better", " story"));
		application(Streaming.class).run((application) -> {
			CompletableFuture<String> story = new CompletableFuture<String>().orTimeout(10, TimeUnit.SECONDS);
			application.bean(StreamingNovel.class)
				.create("dragons")
				.onCompleteResponse((response) -> story.complete(response.aiMessage().text()))
				.onError(story::completeExceptionally)
				.start();
			assertThat(story.join()).isEqualTo("A better story");
			application.await(7);
			assertThat(LangChain4jTests.tree(application)).isEqualTo("""
					invoke_agent create INTERNAL OK
					  invoke_agent write INTERNAL OK
					    chat gpt-4o CLIENT OK 10+5 stop llm.completion
					      POST CLIENT OK
					  invoke_agent edit INTERNAL OK
					  chat gpt-4o CLIENT OK 10+5 stop llm.completion chunks=2
					    POST CLIENT OK
					""");
		});
	}

	private TracedApplication application(Class<?> agents) {
		return new TracedApplication(Model.class, agents).withAutoConfiguration(LangChain4jAutoConfiguration.class)
			.with("test.openai=" + this.server.url());
	}

	@Configuration(proxyBeanMethods = false)
	static class Model {

		@Bean
		OpenAiChatModel chatModel(Environment environment) {
			return OpenAiChatModel.builder()
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("gpt-4o")
				.maxRetries(0)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Sequence {

		@Bean
		Novel novel(ChatModel model) {
			Writer writer = AgenticServices.agentBuilder(Writer.class)
				.chatModel(model)
				.tools(new Thesaurus())
				.outputKey("story")
				.build();
			Editor editor = AgenticServices.agentBuilder(Editor.class).chatModel(model).outputKey("story").build();
			return AgenticServices.sequenceBuilder(Novel.class).subAgents(writer, editor).outputKey("story").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Parallel {

		@Bean
		UntypedAgent both(ChatModel model) {
			Writer writer = AgenticServices.agentBuilder(Writer.class).chatModel(model).outputKey("draft").build();
			Editor editor = AgenticServices.agentBuilder(Editor.class).chatModel(model).outputKey("final").build();
			return AgenticServices.parallelBuilder().name("both").subAgents(writer, editor).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nested {

		@Bean
		UntypedAgent outer(ChatModel model) {
			Writer writer = AgenticServices.agentBuilder(Writer.class).chatModel(model).outputKey("story").build();
			Editor editor = AgenticServices.agentBuilder(Editor.class).chatModel(model).outputKey("story").build();
			Editor last = AgenticServices.agentBuilder(Editor.class).chatModel(model).outputKey("story").build();
			UntypedAgent inner = AgenticServices.sequenceBuilder().name("inner").subAgents(writer, editor).build();
			return AgenticServices.sequenceBuilder().name("outer").subAgents(inner, last).outputKey("story").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Streaming {

		@Bean
		StreamingChatModel streamingChatModel(Environment environment) {
			return OpenAiStreamingChatModel.builder()
				.baseUrl(environment.getRequiredProperty("test.openai"))
				.apiKey("none")
				.modelName("gpt-4o")
				.build();
		}

		@Bean
		StreamingNovel novel(ChatModel model, StreamingChatModel streaming) {
			Writer writer = AgenticServices.agentBuilder(Writer.class).chatModel(model).outputKey("story").build();
			StreamingEditor editor = AgenticServices.agentBuilder(StreamingEditor.class)
				.streamingChatModel(streaming)
				.outputKey("story")
				.build();
			return AgenticServices.sequenceBuilder(StreamingNovel.class)
				.subAgents(writer, editor)
				.outputKey("story")
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Shared {

		@Bean
		Writer writer(ChatModel model) {
			return AgenticServices.agentBuilder(Writer.class).chatModel(model).outputKey("story").build();
		}

		@Bean
		Editor editor(ChatModel model) {
			return AgenticServices.agentBuilder(Editor.class).chatModel(model).outputKey("story").build();
		}

		@Bean
		Novel novel(Writer writer, Editor editor) {
			return AgenticServices.sequenceBuilder(Novel.class).subAgents(writer, editor).outputKey("story").build();
		}

	}

	public interface Novel {

		@Agent("Creates a novel")
		String create(@V("topic") String topic);

	}

	public interface Writer {

		@Agent("Writes a story")
		@UserMessage("Write about {{topic}}")
		String write(@V("topic") String topic);

	}

	public interface Editor {

		@Agent("Edits a story")
		@UserMessage("Edit {{story}}")
		String edit(@V("story") String story);

	}

	public interface StreamingNovel {

		@Agent("Creates a novel")
		TokenStream create(@V("topic") String topic);

	}

	public interface StreamingEditor {

		@Agent("Edits a story")
		@UserMessage("Edit {{story}}")
		TokenStream edit(@V("story") String story);

	}

	static class Thesaurus {

		@Tool("Finds words")
		String thesaurus(String word) {
			return "wyvern";
		}

	}

}
