package usecases;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.TracedMemory;
import io.kosmos.tracing.TracedNode;
import io.kosmos.tracing.TracedPlan;
import io.kosmos.tracing.TracedPolicy;
import io.kosmos.tracing.TracedRetrieval;
import io.kosmos.tracing.TracedTool;
import io.kosmos.tracing.TracedWorkflow;
import reactor.core.publisher.Flux;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The code of docs/agents.md. What stands between the tags of an example is printed
 * there, beside the tree that {@link AgentsDocumentTests} gets from running it.
 */
@Configuration(proxyBeanMethods = false)
class AgentExamples {

	@Bean
	Completions completions() {
		return new Completions();
	}

	@Bean
	Model model() {
		return new Model();
	}

	@Bean
	Tools tools() {
		return new Tools();
	}

	@Bean
	Knowledge knowledge() {
		return new Knowledge();
	}

	@Bean
	Zeus zeus(Model model, Tools tools) {
		return new Zeus(model, tools);
	}

	@Bean
	Athena athena(Knowledge knowledge, Model model, Zeus zeus) {
		return new Athena(knowledge, model, zeus);
	}

	@Bean
	ByHand byHand(AgentSpans agents) {
		return new ByHand(agents);
	}

	@Bean
	Steps steps(Spans spans) {
		return new Steps(spans);
	}

	@Bean
	Maintenance maintenance(Steps steps) {
		return new Maintenance(steps);
	}

	@Bean
	ModelPrices prices() {
		return (provider, model) -> new ModelPrice(new BigDecimal("2.50"), new BigDecimal("10.00"), null, "USD");
	}

	// tag::llm[]
	static class Completions {

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Map<String, Object> complete(String prompt) {
			return post("/v1/chat/completions",
					Map.of("model", "gpt-4o", "messages", List.of(Map.of("role", "user", "content", prompt))));
		}

		// end::llm[]
		private static Map<String, Object> post(String path, Map<String, Object> request) {
			return Map.of("object", "chat.completion", "model", "gpt-4o-2024-08-06", "choices",
					List.of(Map.of("message", Map.of("content", "On page 5"), "finish_reason", "stop")), "usage",
					Map.of("prompt_tokens", 1_200, "completion_tokens", 8, "total_tokens", 1_208));
		}

		// tag::llm[]

	}
	// end::llm[]

	// tag::agent[]
	static class Zeus {

		private final Model model;

		private final Tools tools;

		Zeus(Model model, Tools tools) {
			this.model = model;
			this.tools = tools;
		}

		@TracedAgent(name = "zeus", operation = "route",
				attributes = { @Attribute(key = "kosmos.route.decision", value = "#result.decision()"),
						@Attribute(key = "kosmos.route.confidence", value = "#result.confidence()") })
		Route route(String message) {
			String context = this.tools.search(message);
			return Route.of(this.model.complete(message + context));
		}

	}

	static class Model {

		@TracedLlm(provider = "openai", model = "gpt-4o",
				attributes = { @Attribute(key = "kosmos.llm.prompt_tokens", value = "#result.promptTokens()"),
						@Attribute(key = "kosmos.llm.completion_tokens", value = "#result.completionTokens()"),
						@Attribute(key = "kosmos.llm.finish_reason", value = "#result.finishReason()") })
		Completion complete(String prompt) {
			return call(prompt);
		}

		// end::agent[]
		// tag::stream[]
		@TracedLlm(provider = "openai")
		Flux<Chunk> stream(@SpanAttribute("kosmos.llm.model") String model, String prompt) {
			return chunks(prompt);
		}

		// end::stream[]
		private static Completion call(String prompt) {
			return new Completion("knowledge", 1_200, 8, "stop");
		}

		private static Flux<Chunk> chunks(String prompt) {
			return Flux.just(new Chunk("Here"), new Chunk(" it"), new Chunk(" is."));
		}

		// tag::agent[]

	}

	static class Tools {

		@TracedTool("search")
		String search(String query) {
			return "3 documents";
		}

	}
	// end::agent[]

	// tag::twin[]
	static class ByHand {

		private final AgentSpans agents;

		ByHand(AgentSpans agents) {
			this.agents = agents;
		}

		String route(String message) {
			return this.agents.agent("zeus").attribute(KosmosAttributes.AGENT_OPERATION, "route").in(() -> {
				String context = this.agents.tool("search").in(() -> "3 documents");
				return this.agents.llm("openai", "gpt-4o").in(() -> {
					LlmCall call = this.agents.currentLlm();
					// Called back with each chunk, on whatever thread.
					List.of("know", "ledge").forEach(call::chunk);
					call.usage(TokenUsage.of(1_200, 8)).finishReasons(List.of("stop"));
					return "knowledge, by " + context;
				});
			});
		}

	}
	// end::twin[]

	// tag::nested[]
	static class Athena {

		private final Knowledge knowledge;

		private final Model model;

		private final Zeus zeus;

		Athena(Knowledge knowledge, Model model, Zeus zeus) {
			this.knowledge = knowledge;
			this.model = model;
			this.zeus = zeus;
		}

		@TracedAgent("athena")
		String answer(String question) {
			this.knowledge.plan(question);
			this.zeus.route(question);
			this.knowledge.remember(question);
			return this.model.complete(this.knowledge.find(question)).text();
		}

	}

	static class Knowledge {

		@TracedRetrieval("athena-docs")
		String find(String question) {
			return "The manual, page 12";
		}

		@TracedMemory("search_memory")
		String remember(String question) {
			return "Asked before";
		}

		@TracedPlan("answer")
		String plan(String question) {
			return "ask, look, answer";
		}

	}
	// end::nested[]

	// tag::workflow[]
	static class Maintenance {

		private final Steps steps;

		Maintenance(Steps steps) {
			this.steps = steps;
		}

		@TracedWorkflow(name = "maintenance", version = "2",
				attributes = @Attribute(key = "kosmos.workflow.termination_reason", value = "#result"))
		String run(String order) {
			for (int attempt = 1; attempt <= 2; attempt++) {
				try {
					this.steps.check(order, attempt);
					break;
				}
				catch (IllegalStateException ex) {
					// Tried again.
				}
			}
			return this.steps.risk(order).equals("allow") ? "completed" : "rejected";
		}

	}

	static class Steps {

		private final Spans spans;

		Steps(Spans spans) {
			this.spans = spans;
		}

		@TracedNode(name = "check", kind = "task", maxAttempts = 2)
		void check(String order, @SpanAttribute("kosmos.execution.attempt") int attempt) {
			this.spans.current().attribute(KosmosAttributes.EXECUTION_RETRY_COUNT, attempt - 1L);
			if (attempt == 1) {
				throw new IllegalStateException("The sensor does not answer");
			}
		}

		@TracedPolicy(name = "require_human_for_risk_high", rules = { "risk < high" })
		String risk(String order) {
			return "deny";
		}

	}
	// end::workflow[]

	record Route(String decision, double confidence) {

		static Route of(Completion completion) {
			return new Route(completion.text(), 0.9);
		}

	}

	record Completion(String text, long promptTokens, long completionTokens, String finishReason) {

	}

	record Chunk(String text) {

	}

}
