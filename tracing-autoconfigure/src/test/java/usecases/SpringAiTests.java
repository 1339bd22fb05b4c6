package usecases;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientAsync;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.autoconfigure.cost.CostAutoConfiguration;
import io.kosmos.tracing.autoconfigure.springai.SpringAiAutoConfiguration;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.chat.observation.autoconfigure.ChatObservationAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import usecases.TracedApplication.Running;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Spring AI's chat client, models and tools against a real HTTP server.
 */
class SpringAiTests {

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
	void dumpCall() {
		this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "search", "{\"query\":\"manual\"}")),
				OpenAiServer.text("On page", " 5"));
		application().run((application) -> {
			String answer = application.bean(Zeus.class).ask("Where?");
			assertThat(answer).isEqualTo("On page 5");
			dump(application);
		});
	}

	@Test
	void dumpStream() {
		this.server.answers(OpenAiServer.toolCalls(OpenAiServer.call("call_1", "search", "{\"query\":\"manual\"}")),
				OpenAiServer.text("On page", " 5"));
		application().run((application) -> {
			assertThat(application.bean(Zeus.class).stream("Where?").collectList().block()).containsExactly("On page",
					" 5");
			application.await(4);
			try {
				Thread.sleep(500);
			}
			catch (InterruptedException ex) {
			}
			dump(application);
		});
	}

	private static void dump(Running application) {
		for (SpanData span : application.ended()) {
			System.out.println("SPAN " + span.getName() + " " + span.getKind() + " " + span.getTraceId().substring(28)
					+ " " + span.getSpanId() + " <- " + span.getParentSpanId() + " " + span.getStatus().getStatusCode()
					+ " " + span.getAttributes() + " " + span.getEvents().stream().map((e) -> e.getName()).toList());
		}
	}

	private TracedApplication application() {
		return new TracedApplication(Beans.class)
			.withAutoConfiguration(SpringAiAutoConfiguration.class, CostAutoConfiguration.class,
					ChatClientAutoConfiguration.class, ToolCallingAutoConfiguration.class,
					ChatObservationAutoConfiguration.class)
			.with("test.openai=" + this.server.url());
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		OpenAiChatModel chatModel(ObservationRegistry observations,
				org.springframework.core.env.Environment environment) {
			return OpenAiChatModel.builder()
				.options(OpenAiChatOptions.builder()
					.baseUrl(environment.getRequiredProperty("test.openai"))
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
		Library library() {
			return new Library();
		}

		@Bean
		Zeus zeus(ChatClient.Builder clients, Library library) {
			return new Zeus(clients.defaultTools(library).build());
		}

	}

	static class Library {

		@Tool(description = "Searches the library")
		String search(String query) {
			return "page 5";
		}

	}

	static class Zeus {

		private final ChatClient client;

		Zeus(ChatClient client) {
			this.client = client;
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

	}

}
