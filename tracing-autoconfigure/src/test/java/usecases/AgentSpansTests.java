package usecases;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.Cost;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.TracedPolicy;
import io.kosmos.tracing.TracedTool;
import io.kosmos.tracing.UsageSums;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Agents, models and tools, by annotation and by code.
 */
class AgentSpansTests {

	@Test
	void shouldTraceAnAgentThatCallsAModelAndATool() {
		new TracedApplication(Agents.class).with(Prices.class).run((application) -> {
			application.bean(Zeus.class).route("Where is the manual?");
			SpanData zeus = application.named("invoke_agent zeus");
			SpanData chat = application.named("chat gpt-4o");
			SpanData tool = application.named("execute_tool search");
			assertThat(zeus.getKind()).isEqualTo(SpanKind.INTERNAL);
			assertThat(zeus.getStatus()).isEqualTo(StatusData.ok());
			assertThat(attributes(zeus))
				.containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("kosmos.agent.name", "zeus"),
						Map.entry("gen_ai.agent.name", "zeus"), Map.entry("kosmos.agent.operation", "route"),
						Map.entry("gen_ai.operation.name", "invoke_agent"), Map.entry("kosmos.llm.calls", 1L),
						Map.entry("kosmos.tool.calls", 1L), Map.entry("kosmos.llm.total_tokens.aggregated", 1_500L),
						Map.entry("kosmos.llm.cost.aggregated", 0.0075), Map.entry("kosmos.llm.cost_currency", "USD")));
			assertThat(chat.getParentSpanId()).isEqualTo(zeus.getSpanId());
			assertThat(chat.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(attributes(chat))
				.containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("kosmos.agent.name", "zeus"),
						Map.entry("gen_ai.agent.name", "zeus"), Map.entry("gen_ai.operation.name", "chat"),
						Map.entry("kosmos.llm.provider", "openai"), Map.entry("gen_ai.provider.name", "openai"),
						Map.entry("kosmos.llm.model", "gpt-4o"), Map.entry("gen_ai.request.model", "gpt-4o"),
						Map.entry("kosmos.llm.prompt_tokens", 1_000L), Map.entry("gen_ai.usage.input_tokens", 1_000L),
						Map.entry("kosmos.llm.completion_tokens", 500L), Map.entry("gen_ai.usage.output_tokens", 500L),
						Map.entry("kosmos.llm.total_tokens", 1_500L), Map.entry("kosmos.llm.cost", 0.0075),
						Map.entry("kosmos.llm.cost_currency", "USD"), Map.entry("kosmos.llm.finish_reason", "stop"),
						Map.entry("gen_ai.response.finish_reasons", List.of("stop"))));
			assertThat(chat.getEvents()).extracting("name").containsExactly("llm.completion");
			assertThat(tool.getParentSpanId()).isEqualTo(zeus.getSpanId());
			assertThat(attributes(tool)).containsEntry("kosmos.agent.name", "zeus")
				.containsEntry("gen_ai.tool.name", "search");
		});
	}

	@ParameterizedTest
	@MethodSource("builders")
	void shouldOpenEachKindOfWorkByCode(Function<AgentSpans, Spans.Builder> builder, String name, SpanKind kind,
			Map<String, Object> attributes) {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			builder.apply(agents).in(() -> {
			});
			try (OpenSpan open = builder.apply(agents).open()) {
				open.event("inside");
			}
			builder.apply(agents).start().end();
			builder.apply(agents).in(() -> CompletableFuture.completedFuture("done")).join();
			builder.apply(agents).in(() -> Mono.just("done")).block();
			builder.apply(agents).in(() -> Flux.just("done")).blockLast();
			assertThat(application.ended()).hasSize(6).allSatisfy((span) -> {
				assertThat(span.getName()).isEqualTo(name);
				assertThat(span.getKind()).isEqualTo(kind);
				assertThat(attributes(span)).containsAllEntriesOf(attributes);
			});
		});
	}

	static Stream<Arguments> builders() {
		return Stream.of(
				builder((agents) -> agents.agent("zeus"), "invoke_agent zeus", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "invoke_agent", "gen_ai.agent.name", "zeus")),
				builder((agents) -> agents.llm("openai", "gpt-4o"), "chat gpt-4o", SpanKind.CLIENT,
						Map.of("gen_ai.operation.name", "chat", "gen_ai.provider.name", "openai",
								"gen_ai.request.model", "gpt-4o")),
				builder((agents) -> agents.embeddings("openai", "small"), "embeddings small", SpanKind.CLIENT,
						Map.of("gen_ai.operation.name", "embeddings", "gen_ai.request.model", "small")),
				builder((agents) -> agents.tool("search"), "execute_tool search", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "execute_tool", "gen_ai.tool.name", "search")),
				builder((agents) -> agents.workflow("demo"), "invoke_workflow demo", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "invoke_workflow", "gen_ai.workflow.name", "demo")),
				builder((agents) -> agents.node("check"), "invoke_node check", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "invoke_node", "kosmos.node.name", "check")),
				builder((agents) -> agents.policy("risk"), "evaluate_policy risk", SpanKind.INTERNAL,
						Map.of("kosmos.policy.name", "risk")),
				builder((agents) -> agents.retrieval("docs"), "retrieval docs", SpanKind.CLIENT,
						Map.of("gen_ai.operation.name", "retrieval", "gen_ai.data_source.id", "docs")),
				builder((agents) -> agents.memory("search_memory"), "search_memory", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "search_memory")),
				builder((agents) -> agents.plan("answer"), "plan answer", SpanKind.INTERNAL,
						Map.of("gen_ai.operation.name", "plan", "kosmos.plan.name", "answer")));
	}

	private static Arguments builder(Function<AgentSpans, Spans.Builder> builder, String name, SpanKind kind,
			Map<String, Object> attributes) {
		return Arguments.of(builder, name, kind, attributes);
	}

	@Test
	void shouldNameTheModelByAnArgument() {
		new TracedApplication(Agents.class).run((application) -> {
			application.bean(Models.class).complete("claude");
			assertThat(application.only().getName()).isEqualTo("chat claude");
			assertThat(attributes(application.only())).containsEntry("gen_ai.request.model", "claude");
		});
	}

	@Test
	void shouldMeasureAStreamToItsLastChunk() {
		new TracedApplication(Agents.class).run((application) -> {
			assertThat(application.bean(Models.class).flux().collectList().block()).hasSize(3);
			assertThat(application.bean(Models.class).stream().toList()).hasSize(3);
			assertThat(application.ended()).hasSize(2).allSatisfy((span) -> {
				assertThat(attributes(span)).containsEntry("kosmos.llm.chunks", 3L)
					.containsEntry("kosmos.llm.streaming", true)
					.containsEntry("gen_ai.request.stream", true)
					.containsKey("gen_ai.response.time_to_first_chunk")
					.doesNotContainKeys("gen_ai.usage.input_tokens", "kosmos.llm.total_tokens");
				assertThat(span.getStatus()).isEqualTo(StatusData.ok());
			});
		});
	}

	@Test
	void shouldLeaveTheStatusOfADenialUnset() {
		new TracedApplication(Agents.class).run((application) -> {
			application.bean(Models.class).decide();
			assertThat(application.only().getName()).isEqualTo("evaluate_policy risk");
			assertThat(application.only().getStatus()).isEqualTo(StatusData.unset());
			assertThat(attributes(application.only())).containsEntry("kosmos.policy.decision", "deny");
		});
	}

	@Test
	void shouldCountTheInnermostOfNestedCallsOfAModel() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> agents.llm("openai", "gpt-4o").in(() -> {
				agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().usage(TokenUsage.of(1, 2)));
				agents.currentLlm().usage(TokenUsage.of(1, 2));
			}));
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 1L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 3L);
			assertThat(application.ended().get(0).getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS)).isEqualTo(3);
			assertThat(application.ended().get(1).getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS)).isNull();
		});
	}

	@Test
	void shouldCountTheInnermostAlsoOfCallsOfAModelThatAreNamedDifferently() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus")
				.in(() -> agents.llm("gcp.gemini", "gemini")
					.attribute(GenAiAttributes.OPERATION_NAME, "generate_content")
					.in(() -> {
						agents.embeddings("gcp.gemini", "embedding")
							.in(() -> agents.currentLlm().usage(TokenUsage.of(5, 0)));
						agents.currentLlm().usage(TokenUsage.of(1, 2));
						agents.llm("gcp.gemini", "gemini").in(() -> agents.currentLlm().usage(TokenUsage.of(1, 2)));
					}));
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 2L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 8L);
		});
	}

	@Test
	void shouldTellAndTakeSums() {
		new TracedApplication().with(Prices.class).run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			assertThat(agents.usage()).isEqualTo(UsageSums.NONE);
			agents.workflow("outer").in(() -> {
				agents.agent("zeus").in(() -> {
					agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().usage(TokenUsage.of(1_000, 500)));
					agents.count(new UsageSums(2, 1, 10L, new Cost(new BigDecimal("0.5"), "USD")));
					assertThat(agents.usage())
						.isEqualTo(new UsageSums(3, 1, 1_510L, new Cost(new BigDecimal("0.5075"), "USD")));
				});
				agents.count(new UsageSums(1, 0, null, null));
				assertThat(agents.usage().llmCalls()).isEqualTo(4);
			});
			assertThat(attributes(application.named("invoke_workflow outer"))).containsEntry("kosmos.llm.calls", 4L)
				.containsEntry("kosmos.tool.calls", 1L)
				.containsEntry("kosmos.llm.cost.aggregated", 0.5075);
		});
	}

	@Test
	void shouldKeepTheUsageThatOnlyTheOuterOfNestedCallsKnows() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> agents.llm("openai", "outer").in(() -> {
				agents.llm("openai", "inner").in(() -> {
				});
				agents.currentLlm().usage(TokenUsage.of(1, 2));
			}));
			assertThat(attributes(application.named("chat outer"))).containsEntry("kosmos.llm.total_tokens", 3L);
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 1L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 3L);
		});
	}

	@Test
	void shouldCountWhatRunsOnOtherThreads() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> {
				Runnable work = () -> agents.llm("openai", "gpt-4o")
					.in(() -> agents.currentLlm().usage(TokenUsage.of(1, 2)));
				Runnable call = Context.current().wrap(work);
				CompletableFuture.allOf(CompletableFuture.runAsync(call), CompletableFuture.runAsync(call)).join();
			});
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 2L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 6L);
		});
	}

	@Test
	void shouldEndADetachedSpanOnAnyThread() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			DetachedSpan span = agents.llm("openai", "gpt-4o").start();
			CompletableFuture.runAsync(() -> {
				agents.llmIn(span.context()).chunk().usage(TokenUsage.of(1, 2));
				span.end();
				span.end();
			}).join();
			assertThat(attributes(application.only())).containsEntry("kosmos.llm.total_tokens", 3L)
				.containsEntry("kosmos.llm.chunks", 1L);
		});
	}

	@Test
	void shouldRefuseWhatCannotBeTrue() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			assertThat(agents.agent(" ")
				.attribute(KosmosAttributes.LLM_PROMPT_TOKENS, -1L)
				.attribute(KosmosAttributes.LLM_COST, Double.NaN)
				.in(() -> "done")).isEqualTo("done");
			assertThat(application.only().getName()).isEqualTo("invoke_agent");
			assertThat(attributes(application.only())).doesNotContainKeys("kosmos.agent.name",
					"kosmos.llm.prompt_tokens", "kosmos.llm.cost");
		});
	}

	@Test
	void shouldRunTheWorkOfWhatHasNoName() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			assertThat(agents.agent(absent()).<String, RuntimeException>in(() -> "done")).isEqualTo("done");
			assertThat(application.only().getName()).isEqualTo("invoke_agent");
			assertThat(attributes(application.only())).doesNotContainKeys("kosmos.agent.name", "gen_ai.agent.name");
		});
	}

	@Test
	void shouldCountACallOfWhichSomethingCannotBeTrue() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> {
				agents.llm("openai", "currency").in(() -> {
					application.spans()
						.current()
						.attribute(KosmosAttributes.LLM_COST, 0.5)
						.attribute(KosmosAttributes.LLM_COST_CURRENCY, "dollars");
					agents.currentLlm().usage(TokenUsage.of(1, 2)).finishReasons(List.of("stop"));
				});
				agents.llm("openai", "tokens")
					.in(() -> agents.currentLlm()
						.usage(TokenUsage.of(Long.MAX_VALUE, 1).withCachedInput(1))
						.finishReasons(List.of("length")));
			});
			assertThat(attributes(application.named("chat currency"))).containsEntry("kosmos.llm.total_tokens", 3L)
				.containsEntry("kosmos.llm.finish_reason", "stop")
				.doesNotContainKey("kosmos.llm.cost");
			assertThat(attributes(application.named("chat tokens"))).containsEntry("kosmos.llm.completion_tokens", 1L)
				.containsEntry("kosmos.llm.cached_tokens", 1L)
				.containsEntry("kosmos.llm.finish_reason", "length")
				.doesNotContainKey("kosmos.llm.total_tokens");
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 2L)
				.containsEntry("kosmos.llm.total_tokens.aggregated", 3L);
		});
	}

	@Test
	void shouldNotFailForWantOfAnArgument() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.llm("openai", "gpt-4o").in(() -> {
				agents.currentLlm().usage(absent()).chunk(absent()).response(absent());
				agents.currentLlm().input(absent()).output(absent());
				agents.currentLlm().finishReasons(absent()).finishReasons(Arrays.asList(null, "stop"));
				application.spans().current().error(absent());
			});
			agents.agent("zeus").start().fail(absent());
			assertThat(application.ended()).extracting(SpanData::getName)
				.containsExactly("chat gpt-4o", "invoke_agent zeus");
			assertThat(application.ended()).extracting(SpanData::getStatus).containsOnly(StatusData.error());
			assertThat(attributes(application.ended().get(0))).containsEntry("gen_ai.response.finish_reasons",
					List.of("stop"));
		});
	}

	@SuppressWarnings("NullAway")
	private static <T> T absent() {
		return null;
	}

	@Test
	void shouldEndAtTheTimesThatTheSdkTakes() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.workflow("now").in(() -> Span.current().end(0, TimeUnit.SECONDS));
			long later = application.only().getEndEpochNanos() + TimeUnit.SECONDS.toNanos(1);
			agents.workflow("later").in(() -> Span.current().end(later, absent()));
			for (SpanData span : application.ended()) {
				assertThat(span.getEvents().get(1).getName()).isEqualTo("pipeline.completed");
				assertThat(span.getEvents().get(1).getEpochNanos()).isBetween(span.getStartEpochNanos(), later);
			}
			assertThat(application.named("invoke_workflow later").getEndEpochNanos()).isEqualTo(later);
		});
	}

	@Test
	void shouldMakeTheChunksOfAStreamWithinItsSpan() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> {
				Stream<String> answer = agents.llm("openai", "gpt-4o")
					.in(() -> Stream.of("a", "b").peek((chunk) -> application.spans().in("receive", () -> {
					})));
				assertThat(answer.peek((chunk) -> application.spans().in("read", () -> {
				})).count()).isEqualTo(2);
			});
			SpanData chat = application.named("chat gpt-4o");
			assertThat(attributes(chat)).containsEntry("kosmos.llm.chunks", 2L);
			assertThat(application.ended().stream().filter((span) -> span.getName().equals("receive"))).hasSize(2)
				.allMatch((span) -> span.getParentSpanId().equals(chat.getSpanId()));
			assertThat(application.ended().stream().filter((span) -> span.getName().equals("read"))).hasSize(2)
				.allMatch((span) -> span.getParentSpanId().equals(chat.getParentSpanId()));
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldTellAStreamWhoseReaderFailsFromOneThatFails() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			IllegalStateException error = new IllegalStateException("no");
			Stream<String> read = agents.llm("openai", "reader").in(() -> Stream.of("a"));
			assertThatIllegalStateException().isThrownBy(() -> read.forEach((chunk) -> {
				throw error;
			})).isSameAs(error);
			Stream<String> broken = agents.llm("openai", "model").in(() -> Stream.of("a").peek((chunk) -> {
				throw error;
			}));
			assertThatIllegalStateException().isThrownBy(broken::toList).isSameAs(error);
			assertThat(application.named("chat reader").getStatus()).isEqualTo(StatusData.unset());
			assertThat(attributes(application.named("chat reader"))).containsEntry("kosmos.cancelled", true);
			assertThat(application.named("chat model").getStatus().getDescription()).isEqualTo("no");
		});
	}

	@Test
	void shouldLeaveAStreamAsItIsThatTheCallerKnowsMoreOf() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			Chunks chunks = (Chunks) Proxy.newProxyInstance(Chunks.class.getClassLoader(),
					new Class<?>[] { Chunks.class }, (proxy, method, arguments) -> "all of them");
			Chunks answer = agents.llm("openai", "gpt-4o").in(() -> chunks);
			assertThat((Object) answer).isSameAs(chunks);
			assertThat(application.only().getName()).isEqualTo("chat gpt-4o");
			Stream<String> used = Stream.of("a");
			used.toList();
			Stream<String> wrapped = agents.llm("openai", "used").in(() -> used);
			assertThatIllegalStateException().isThrownBy(wrapped::toList);
			assertThat(application.named("chat used").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		});
	}

	@Test
	void shouldRefuseATokenCountThatCannotBeTrue() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> {
				agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().usage(TokenUsage.of(-10, 8)));
				agents.count(new UsageSums(-1, 0, 5L, null));
			});
			assertThat(attributes(application.named("chat gpt-4o"))).containsEntry("gen_ai.usage.output_tokens", 8L)
				.doesNotContainKeys("gen_ai.usage.input_tokens", "kosmos.llm.total_tokens");
			assertThat(attributes(application.named("invoke_agent zeus"))).containsEntry("kosmos.llm.calls", 1L)
				.doesNotContainKey("kosmos.llm.total_tokens.aggregated");
		});
	}

	@Test
	void shouldNotTakeTheAnswerOfAModelForThatOfTheAgentWhichHandsItOn() {
		new TracedApplication().run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			Map<String, Object> answer = Map.of("object", "chat.completion", "id", "chatcmpl-1", "model", "gpt-4o",
					"choices", List.of(Map.of("finish_reason", "stop")), "usage",
					Map.of("prompt_tokens", 3, "completion_tokens", 2));
			agents.agent("zeus").in(() -> agents.llm("openai", "gpt-4o").in(() -> answer));
			assertThat(attributes(application.named("chat gpt-4o"))).containsEntry("gen_ai.response.id", "chatcmpl-1")
				.containsEntry("gen_ai.usage.input_tokens", 3L);
			assertThat(attributes(application.named("invoke_agent zeus")).keySet())
				.noneMatch((key) -> key.startsWith("gen_ai.response.") || key.startsWith("gen_ai.usage.")
						|| key.equals("kosmos.llm.finish_reason"));
		});
	}

	@Test
	void shouldWriteTheNamesOfOneConventionAlone() {
		new TracedApplication().with("kosmos.tracing.conventions=otel").run((application) -> {
			AgentSpans agents = application.bean(AgentSpans.class);
			agents.agent("zeus").attribute(KosmosAttributes.AGENT_OPERATION, "route").in(() -> {
			});
			assertThat(attributes(application.only()).keySet()).containsExactlyInAnyOrder("gen_ai.operation.name",
					"gen_ai.agent.name");
		});
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new TreeMap<>();
		span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), value));
		return attributes;
	}

	interface Chunks extends Stream<String> {

	}

	@Configuration(proxyBeanMethods = false)
	static class Prices {

		@Bean
		ModelPrices prices() {
			return (provider, model) -> new ModelPrice(new BigDecimal("2.50"), new BigDecimal("10.00"), null, "USD");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Agents {

		@Bean
		Models models() {
			return new Models();
		}

		@Bean
		Zeus zeus(Models models) {
			return new Zeus(models);
		}

	}

	static class Zeus {

		private final Models models;

		Zeus(Models models) {
			this.models = models;
		}

		@TracedAgent(name = "zeus", operation = "route")
		String route(String question) {
			this.models.search(question);
			return this.models.ask(question).text();
		}

	}

	static class Models {

		@TracedLlm(provider = "openai", model = "gpt-4o",
				attributes = { @Attribute(key = "kosmos.llm.prompt_tokens", value = "#result.input()"),
						@Attribute(key = "kosmos.llm.completion_tokens", value = "#result.output()"),
						@Attribute(key = "kosmos.llm.finish_reason", value = "#result.reason()") })
		Answer ask(String question) {
			return new Answer("Here.", 1_000, 500, "stop");
		}

		@TracedLlm(provider = "anthropic")
		void complete(@SpanAttribute("kosmos.llm.model") String model) {
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Flux<String> flux() {
			return Flux.just("a", "b", "c");
		}

		@TracedLlm(provider = "openai", model = "gpt-4o")
		Stream<String> stream() {
			return Stream.of("a", "b", "c");
		}

		@TracedTool("search")
		List<String> search(String query) {
			return List.of();
		}

		@TracedPolicy("risk")
		String decide() {
			return "deny";
		}

	}

	record Answer(String text, long input, long output, String reason) {

	}

}
