package usecases;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import io.kosmos.tracing.GenAiMessage.ToolResponse;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.TracedTool;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is recorded of what is said to models and tools, and by them.
 */
class ContentTests {

	private static final String SECRET = "open sesame";

	private static final String FULL = "kosmos.tracing.content.capture=full";

	@ParameterizedTest
	@ValueSource(strings = { "", "kosmos.tracing.content.capture=none" })
	void shouldRecordNothingUnlessAskedTo(String property) {
		application(property).run((application) -> {
			Models models = application.bean(Models.class);
			models.ask(SECRET);
			models.stream(SECRET).toList();
			models.flux(SECRET).collectList().block();
			models.chat(Map.of("messages", List.of(Map.of("role", "user", "content", SECRET))));
			models.tool(SECRET, 1);
			models.declared(List.of(SECRET));
			assertThatIllegalStateException().isThrownBy(() -> models.fail(SECRET));
			tellByCode(application.bean(AgentSpans.class));
			assertThat(application.ended()).hasSize(9).allSatisfy((span) -> {
				assertThat(attributes(span).keySet()).doesNotContain("gen_ai.input.messages", "gen_ai.output.messages",
						"gen_ai.system_instructions", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result");
				assertThat(span.toString()).doesNotContain(SECRET);
				assertThat(span.getEvents().toString()).doesNotContain(SECRET);
			});
		});
	}

	@Test
	void shouldNotAskForContentThatIsNotRecorded() {
		application().with(OwnMapper.class).run((application) -> {
			Models models = application.bean(Models.class);
			models.ask("Who?");
			models.flux("Who?").collectList().block();
			assertThat(attributes(application.ended().get(0))).containsEntry("gen_ai.response.id", "mine");
			assertThat(application.bean(OwnMapper.class).asked).isZero();
		});
	}

	private static void tellByCode(AgentSpans agents) {
		agents.llm("openai", "gpt-4o").in(() -> {
			LlmCall call = agents.currentLlm();
			assertThat(call.capturesContent()).isFalse();
			call.input(List.of(GenAiMessage.of("user", SECRET))).output(List.of(GenAiMessage.of("assistant", SECRET)));
			call.chunk(SECRET).response(SECRET);
			Span.current().setAttribute(GenAiAttributes.INPUT_MESSAGES, SECRET);
			Span.current().setAttribute(AttributeKey.stringArrayKey("gen_ai.output.messages"), List.of("said", SECRET));
			return SECRET;
		});
		agents.tool("vault").attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, SECRET).in(() -> SECRET);
	}

	@Test
	void shouldRecordMessagesInTheShapeOfTheConventions() {
		application(FULL).run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.llm("openai", "gpt-4o").in(() -> {
				LlmCall call = agents.currentLlm();
				assertThat(call.capturesContent()).isTrue();
				call.input(List.of(GenAiMessage.of("system", "Be \"brief\"."), GenAiMessage.of("user", "Weather?"),
						new GenAiMessage("tool", List.of(new ToolResponse("1", "{\"degrees\":57}")), null)));
				call.output(List.of(new GenAiMessage("assistant", List.of(new Text("One moment."),
						new ToolCall("2", "weather", "{\"place\":\"Paris\"}"), new ToolCall(null, "time", null)),
						"tool_calls")));
			});
			Map<String, Object> attributes = attributes(application.only());
			assertThat(attributes.get("gen_ai.system_instructions"))
				.isEqualTo("[{\"type\":\"text\",\"content\":\"Be \\\"brief\\\".\"}]");
			assertThat(attributes.get("gen_ai.input.messages"))
				.isEqualTo("[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Weather?\"}]},"
						+ "{\"role\":\"tool\",\"parts\":[{\"type\":\"tool_call_response\",\"id\":\"1\","
						+ "\"response\":{\"degrees\":57}}]}]");
			assertThat(attributes.get("gen_ai.output.messages"))
				.isEqualTo("[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"One moment.\"},"
						+ "{\"type\":\"tool_call\",\"id\":\"2\",\"name\":\"weather\","
						+ "\"arguments\":{\"place\":\"Paris\"}},{\"type\":\"tool_call\",\"name\":\"time\"}],"
						+ "\"finish_reason\":\"tool_calls\"}]");
		});
	}

	@Test
	void shouldRecordWhatAModelMethodIsGivenAndAnswers() {
		application(FULL).run((application) -> {
			application.bean(Models.class).ask("Who?");
			Map<String, Object> attributes = attributes(application.only());
			assertThat(attributes).containsEntry("gen_ai.input.messages", message("user", "Who?"))
				.containsEntry("gen_ai.output.messages", message("assistant", "Who? I."));
		});
	}

	@Test
	void shouldNotTakeTheNameOfTheModelForAQuestion() {
		application(FULL).run((application) -> {
			application.bean(Models.class).named("gpt-4o", "Who?");
			assertThat(attributes(application.only())).containsEntry("gen_ai.input.messages", message("user", "Who?"));
		});
	}

	@Test
	void shouldRecordTheBodiesOfTheOpenAiProtocol() {
		application(FULL).run((application) -> {
			application.bean(Models.class)
				.chat(Map.of("model", "gpt-4o", "messages", List.of(Map.of("role", "system", "content", "Be kind."),
						Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", "Hi"))))));
			Map<String, Object> attributes = attributes(application.only());
			assertThat(attributes)
				.containsEntry("gen_ai.system_instructions", "[{\"type\":\"text\",\"content\":\"Be kind.\"}]")
				.containsEntry("gen_ai.input.messages", message("user", "Hi"))
				.containsEntry("gen_ai.output.messages",
						"[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Hello\"}],"
								+ "\"finish_reason\":\"stop\"}]")
				.containsEntry("gen_ai.response.id", "c-1")
				.containsEntry("gen_ai.response.model", "gpt-4o-2024-08-06")
				.containsEntry("gen_ai.usage.input_tokens", 12L)
				.containsEntry("gen_ai.usage.output_tokens", 3L)
				.containsEntry("kosmos.llm.total_tokens", 15L)
				.containsEntry("gen_ai.response.finish_reasons", List.of("stop"));
		});
	}

	@Test
	void shouldPutTheChunksOfAStreamTogether() {
		application(FULL).run((application) -> {
			Models models = application.bean(Models.class);
			models.stream("Who?").toList();
			models.flux("Who?").collectList().block();
			assertThat(application.ended()).hasSize(2)
				.allSatisfy((span) -> assertThat(attributes(span)).containsEntry("gen_ai.output.messages",
						message("assistant", "Who? Not I.")));
		});
	}

	@Test
	void shouldPutTheChunksOfAllChoicesTogether() {
		application(FULL).run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.llm("openai", "gpt-4o").in(() -> {
				LlmCall call = agents.currentLlm();
				call.chunk(chunk(0, "{'role':'assistant','content':'Yes'}", "null"));
				call.chunk(chunk(1, "{'role':'assistant','content':''}", "null"));
				call.chunk(chunk(1, "{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':''}}]}",
						"null"));
				call.chunk(chunk(1, "{'tool_calls':[{'index':0,'function':{'arguments':'[1,'}}]}", "null"));
				call.chunk(chunk(0, "{'content':' and no.'}", "null"));
				call.chunk(chunk(1, "{'tool_calls':[{'index':0,'function':{'arguments':'2]'}}]}", "null"));
				call.chunk(chunk(0, "{}", "'stop'"));
				call.chunk(chunk(1, "{}", "'tool_calls'"));
				call.chunk("data: [DONE]");
			});
			assertThat(attributes(application.only()).get("gen_ai.output.messages"))
				.isEqualTo("[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"Yes and no.\"}],"
						+ "\"finish_reason\":\"stop\"},{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\","
						+ "\"id\":\"a\",\"name\":\"f\",\"arguments\":[1,2]}],\"finish_reason\":\"tool_calls\"}]");
		});
	}

	private static String chunk(int choice, String delta, String finishReason) {
		return "data: " + ("{'object':'chat.completion.chunk','choices':[{'index':" + choice + ",'delta':" + delta
				+ ",'finish_reason':" + finishReason + "}]}")
			.replace('\'', '"');
	}

	@Test
	void shouldRecordWhatWasStreamedUpToAFailure() {
		application(FULL).run((application) -> {
			assertThatIllegalStateException()
				.isThrownBy(() -> application.bean(Models.class).brokenFlux().collectList().block());
			assertThat(attributes(application.only())).containsEntry("gen_ai.output.messages",
					message("assistant", "Once upon"));
		});
	}

	@Test
	void shouldBoundWhatIsKeptOfAStream() {
		application("kosmos.tracing.content.capture=truncated", "kosmos.tracing.content.max-length=8")
			.run((application) -> {
				AgentSpans agents = application.bean(AgentSpans.class);
				agents.llm("openai", "gpt-4o").in(() -> {
					for (int i = 0; i < 1_000; i++) {
						agents.currentLlm().chunk("abc");
					}
				});
				assertThat(attributes(application.only())).containsEntry("gen_ai.output.messages",
						message("assistant", "abcabcab…"));
			});
	}

	@Test
	void shouldRecordArgumentsAndResultOfATool() {
		application(FULL).run((application) -> {
			Models models = application.bean(Models.class);
			models.tool("key", 2);
			models.later("key").join();
			models.reactive("key").block();
			assertThat(attributes(application.ended().get(0)))
				.containsEntry("gen_ai.tool.call.arguments", "{\"name\":\"key\",\"count\":2}")
				.containsEntry("gen_ai.tool.call.result", "{\"title\":\"key\",\"pages\":[1,2]}");
			assertThat(application.ended().subList(1, 3))
				.allSatisfy((span) -> assertThat(attributes(span)).containsEntry("gen_ai.tool.call.result", "found"));
		});
	}

	@Test
	void shouldRecordTheResultOfAToolByCodeUnlessItTellsAnother() {
		application(FULL).run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.tool("one").attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, "{\"a\":1}").in(() -> List.of("b"));
			agents.tool("two").in(() -> {
				Span.current().setAttribute(GenAiAttributes.TOOL_CALL_RESULT, "less");
				return "more";
			});
			assertThat(attributes(application.named("execute_tool one")))
				.containsEntry("gen_ai.tool.call.arguments", "{\"a\":1}")
				.containsEntry("gen_ai.tool.call.result", "[\"b\"]");
			assertThat(attributes(application.named("execute_tool two"))).containsEntry("gen_ai.tool.call.result",
					"less");
		});
	}

	@Test
	void shouldNotRecordExcludedParameters() {
		application(FULL).run((application) -> {
			Models models = application.bean(Models.class);
			models.excluding("door", SECRET);
			models.excludingFromPrompt("Who?", SECRET);
			assertThat(attributes(application.named("execute_tool excluding")))
				.containsEntry("gen_ai.tool.call.arguments", "{\"name\":\"door\"}");
			assertThat(attributes(application.named("chat"))).containsEntry("gen_ai.input.messages",
					message("user", "Who?"));
			assertThat(application.ended().toString()).doesNotContain(SECRET);
		});
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void shouldTellOfAnExclusionThatExcludesNothing(CapturedOutput output) {
		new TracedApplication(WrongExclusion.class).with(FULL).run((application) -> {
			assertThat(output).contains("WrongExclusion#open(String) excludes [pasword]");
			application.bean(WrongExclusion.class).open(SECRET);
			assertThat(application.only().toString()).doesNotContain(SECRET);
		});
		new TracedApplication(WrongExclusion.class).with("kosmos.tracing.annotation.unsupported=fail")
			.start((context) -> assertThat(context).hasFailed());
	}

	@Test
	void shouldCutTheTextsAndNotTheJson() {
		application("kosmos.tracing.content.capture=truncated", "kosmos.tracing.content.max-length=3")
			.run((application) -> {
				AgentSpans agents = application.bean(AgentSpans.class);
				agents.llm("openai", "gpt-4o")
					.in(() -> agents.currentLlm()
						.input(List.of(GenAiMessage.of("user", "abc"), GenAiMessage.of("user", "abcd"))));
				agents.tool("t")
					.attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, "{\"key\": \"12345\"}")
					.in(() -> "12345");
				assertThat(attributes(application.named("chat gpt-4o")).get("gen_ai.input.messages"))
					.isEqualTo(twoMessages("abc", "abc…"));
				assertThat(attributes(application.named("execute_tool t")))
					.containsEntry("gen_ai.tool.call.arguments", "{\"key\":\"123…\"}")
					.containsEntry("gen_ai.tool.call.result", "123…");
			});
	}

	private static String twoMessages(String first, String second) {
		return "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"" + first
				+ "\"}]},{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"" + second + "\"}]}]";
	}

	@Test
	void shouldFitIntoTheSpanLimitsAndKeepTheNewest() {
		application(FULL, "kosmos.tracing.limits.attribute-value-length=300").run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			List<GenAiMessage> messages = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				messages.add(GenAiMessage.of("user", i + " " + "x".repeat(1_000)));
			}
			agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().input(messages));
			String json = (String) attributes(application.only()).get("gen_ai.input.messages");
			assertThat(json).hasSizeLessThanOrEqualTo(300).contains("49 x");
			assertThat(JsonMapper.shared().readTree(json).isArray()).isTrue();
		});
	}

	@Test
	void shouldRecordAllOfALongText() {
		application(FULL).run((application) -> {
			String text = "x".repeat(100_000);
			application.bean(Models.class).ask(text);
			assertThat(attributes(application.only())).containsEntry("gen_ai.input.messages", message("user", text));
		});
	}

	@Test
	void shouldSurviveWhatCannotBeWritten() {
		application(FULL).run((application) -> {
			Models models = application.bean(Models.class);
			Node node = new Node();
			node.self().add(node);
			assertThat(models.odd(node)).isSameAs(node);
			assertThat(models.odd(new Unspeakable())).isInstanceOf(Unspeakable.class);
			Stream<?> stream = (Stream<?>) models.odd(Stream.of(1, 2));
			assertThat(stream.count()).isEqualTo(2);
			Holder holder = (Holder) models.odd(new Holder(List.of(1, 2).iterator()));
			assertThat(holder.items().hasNext()).isTrue();
			assertThat(application.ended()).hasSize(4);
		});
	}

	@Test
	void shouldUseTheTextOfObjectsWithoutAJsonLibrary() {
		new TracedApplication().with(FULL).without(JsonMapper.class, ObjectMapper.class).run((application) -> {
			application.bean(AgentSpans.class).tool("tool").in(() -> new Book("key", List.of(1, 2)));
			assertThat(attributes(application.only())).containsEntry("gen_ai.tool.call.result",
					"Book[title=key, pages=[1, 2]]");
		});
	}

	@Test
	void shouldAskTheApplicationsMapperBeforeOurs() {
		application(FULL).with(OwnMapper.class).run((application) -> {
			application.bean(Models.class).chat(Map.of());
			assertThat(attributes(application.only())).containsEntry("gen_ai.response.id", "mine")
				.containsEntry("gen_ai.response.model", "gpt-4o-2024-08-06")
				.containsEntry("gen_ai.output.messages",
						"[{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":\"mine\"}],"
								+ "\"finish_reason\":\"stop\"}]");
		});
	}

	@Test
	void shouldRecordNoContentOfAnUnsampledSpan() {
		application(FULL, "kosmos.tracing.sampling.probability=0").run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.llm("openai", "gpt-4o").in(() -> assertThat(agents.currentLlm().capturesContent()).isFalse());
		});
	}

	private static TracedApplication application(String... properties) {
		return new TracedApplication(Models.class).with(properties);
	}

	private static String message(String role, String text) {
		return "[{\"role\":\"" + role + "\",\"parts\":[{\"type\":\"text\",\"content\":\"" + text + "\"}]}]";
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new TreeMap<>();
		span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

	static class Models {

		@TracedLlm(provider = "openai", model = "gpt-4o")
		String ask(String question) {
			return question + " I.";
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Stream<String> stream(String question) {
			return Stream.of(question, " Not", " I.");
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Flux<String> flux(String question) {
			return Flux.just(question, " Not", " I.");
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Flux<String> brokenFlux() {
			return Flux.just("Once", " upon").concatWith(Mono.error(new IllegalStateException("gone")));
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Map<String, Object> chat(Map<String, Object> request) {
			return Map.of("object", "chat.completion", "id", "c-1", "model", "gpt-4o-2024-08-06", "choices",
					List.of(Map.of("index", 0, "finish_reason", "stop", "message",
							Map.of("role", "assistant", "content", "Hello"))),
					"usage", Map.of("prompt_tokens", 12, "completion_tokens", 3, "total_tokens", 15));
		}

		@TracedTool(name = "declared", attributes = @Attribute(key = "gen_ai.tool.call.arguments", value = "#texts"))
		void declared(List<String> texts) {
		}

		@TracedTool("tool")
		Book tool(String name, int count) {
			return new Book(name, List.of(1, 2));
		}

		@TracedTool("later")
		CompletableFuture<String> later(String name) {
			return CompletableFuture.supplyAsync(() -> "found");
		}

		@TracedTool("reactive")
		Mono<String> reactive(String name) {
			return Mono.just("found");
		}

		@TracedTool("failing")
		void fail(String name) {
			throw new IllegalStateException("no");
		}

		@TracedTool("odd")
		Object odd(Object value) {
			return value;
		}

		@TracedTool(name = "excluding", exclude = "password")
		void excluding(String name, String password) {
		}

		@TracedLlm(provider = "openai", exclude = "password")
		String excludingFromPrompt(String question, String password) {
			return "I.";
		}

		@TracedLlm(provider = "openai")
		String named(@SpanAttribute("kosmos.llm.model") String model, String question) {
			return "I.";
		}

	}

	static class WrongExclusion {

		@TracedTool(name = "open", exclude = "pasword")
		void open(String password) {
		}

	}

	record Book(String title, List<Integer> pages) {

	}

	record Node(List<Node> self) {

		Node() {
			this(new ArrayList<>());
		}

	}

	record Holder(Iterator<Integer> items) {

	}

	static class Unspeakable {

		public String getName() {
			throw new IllegalStateException();
		}

		@Override
		public String toString() {
			throw new IllegalStateException();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMapper {

		private int asked;

		@Bean
		ResultMapper ownMapper() {
			return new ResultMapper() {

				@Override
				public Attributes map(Object result) {
					return Attributes.of(GenAiAttributes.RESPONSE_ID, "mine");
				}

				@Override
				public List<GenAiMessage> input(Object argument) {
					OwnMapper.this.asked++;
					return List.of();
				}

				@Override
				public List<GenAiMessage> output(Object result) {
					OwnMapper.this.asked++;
					return List.of(GenAiMessage.of("assistant", "mine"));
				}

			};
		}

	}

}
