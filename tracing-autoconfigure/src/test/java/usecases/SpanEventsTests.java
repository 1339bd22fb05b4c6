package usecases;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.SpanEvent;
import io.kosmos.tracing.SpanEvent.Type;
import io.kosmos.tracing.SpanEvents;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import usecases.TracedApplication.Running;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Frameworks that tell when a call begins and when it has ended.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpanEventsTests {

	private static final StatusData NO_END_EVENT = StatusData.create(StatusCode.ERROR, "no end event");

	private static final AttributeKey<Long> ID = AttributeKey.longKey("test.id");

	private static final AttributeKey<Long> PARENT = AttributeKey.longKey("test.parent");

	@Test
	void shouldMakeTheTreeThatTheDocumentationShows() throws IOException {
		String page = Files.readString(Path.of("../docs/event-bridge.md"));
		new TracedApplication().with(Prices.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			String run = "run-42";
			events.pre(SpanEvent.of(Type.AGENT, run, "support").build());
			events.pre(SpanEvent.of(Type.MEMORY, run, "search_memory").build());
			events.post(SpanEvent.of(Type.MEMORY, run, "search_memory").build());
			events
				.pre(SpanEvent.of(Type.LLM, run, "gpt-4o").attribute(GenAiAttributes.PROVIDER_NAME, "openai").build());
			events.post(SpanEvent.of(Type.LLM, run, "gpt-4o")
				.attribute(GenAiAttributes.USAGE_INPUT_TOKENS, 1_000L)
				.attribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, 500L)
				.attribute(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("tool_calls"))
				.build());
			events.pre(SpanEvent.of(Type.TOOL, run, "search").callId("call-1").build());
			events.pre(SpanEvent.of(Type.TOOL, run, "search").callId("call-2").build());
			events.post(SpanEvent.of(Type.TOOL, run, "search").callId("call-1").build());
			events.post(SpanEvent.of(Type.TOOL, run, "search")
				.callId("call-2")
				.error(new IllegalStateException("index is down"))
				.build());
			events.pre(SpanEvent.of(Type.CUSTOM, run, "guardrail").build());
			events.post(SpanEvent.of(Type.CUSTOM, run, "guardrail").build());
			events.post(SpanEvent.of(Type.AGENT, run, "support").build());
			assertThat(page).contains("```\n" + tree(application.ended(), SpanEventsTests::documented) + "```");
			SpanData agent = application.named("invoke_agent support");
			assertThat(agent.getStatus()).isEqualTo(StatusData.ok());
			assertThat(agent.getAttributes().asMap()).isEqualTo(Attributes.builder()
				.put("gen_ai.operation.name", "invoke_agent")
				.put("kosmos.agent.name", "support")
				.put("gen_ai.agent.name", "support")
				.put("kosmos.llm.calls", 1)
				.put("kosmos.tool.calls", 2)
				.put("kosmos.llm.total_tokens.aggregated", 1_500)
				.put("kosmos.llm.cost.aggregated", 0.0075)
				.put("kosmos.llm.cost_currency", "USD")
				.build()
				.asMap());
			SpanData chat = application.named("chat gpt-4o");
			assertThat(chat.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(chat.getStatus()).isEqualTo(StatusData.ok());
			assertThat(chat.getEvents()).extracting("name").containsExactly("llm.completion");
			assertThat(chat.getAttributes().asMap()).isEqualTo(Attributes.builder()
				.put("gen_ai.operation.name", "chat")
				.put("kosmos.agent.name", "support")
				.put("gen_ai.agent.name", "support")
				.put("kosmos.llm.provider", "openai")
				.put("gen_ai.provider.name", "openai")
				.put("kosmos.llm.model", "gpt-4o")
				.put("gen_ai.request.model", "gpt-4o")
				.put("kosmos.llm.prompt_tokens", 1_000)
				.put("gen_ai.usage.input_tokens", 1_000)
				.put("kosmos.llm.completion_tokens", 500)
				.put("gen_ai.usage.output_tokens", 500)
				.put("kosmos.llm.total_tokens", 1_500)
				.put("kosmos.llm.cost", 0.0075)
				.put("kosmos.llm.cost_currency", "USD")
				.put("kosmos.llm.finish_reason", "tool_calls")
				.put(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("tool_calls"))
				.build()
				.asMap());
			assertThat(application.ended().stream().filter((span) -> span.getName().equals("execute_tool search")))
				.extracting(SpanData::getStatus)
				.containsExactly(StatusData.ok(), StatusData.create(StatusCode.ERROR, "index is down"));
		});
	}

	@ParameterizedTest
	@EnumSource(Type.class)
	void shouldMakeASpanOfEachType(Type type) {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			events.pre(SpanEvent.of(type, "run", "name").build());
			events.post(SpanEvent.of(type, "run", "name").build());
			String expected = switch (type) {
				case AGENT -> "invoke_agent name";
				case LLM -> "chat name";
				case EMBEDDINGS -> "embeddings name";
				case TOOL -> "execute_tool name";
				case WORKFLOW -> "invoke_workflow name";
				case NODE -> "invoke_node name";
				case POLICY -> "evaluate_policy name";
				case RETRIEVAL -> "retrieval name";
				case PLAN -> "plan name";
				case MEMORY, CUSTOM -> "name";
			};
			assertThat(application.only().getName()).isEqualTo(expected);
			assertThat(application.only().getStatus()).isEqualTo(StatusData.ok());
			assertThat(application.only().getAttributes().get(KosmosAttributes.LLM_PROVIDER)).isNull();
		});
	}

	@Test
	void shouldPutCallsThatRunAtTheSameTimeSideBySide() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.WORKFLOW, "flow");
			begin(events, Type.NODE, "a");
			begin(events, Type.TOOL, "one");
			begin(events, Type.TOOL, "two");
			begin(events, Type.NODE, "b");
			begin(events, Type.AGENT, "zeus");
			begin(events, Type.RETRIEVAL, "docs");
			begin(events, Type.EMBEDDINGS, "small");
			begin(events, Type.LLM, "large");
			begin(events, Type.CUSTOM, "attempt");
			end(events, Type.WORKFLOW, "flow");
			end(events, Type.TOOL, "one");
			end(events, Type.NODE, "a");
			end(events, Type.NODE, "b");
			end(events, Type.TOOL, "two");
			end(events, Type.LLM, "large");
			end(events, Type.EMBEDDINGS, "small");
			end(events, Type.RETRIEVAL, "docs");
			end(events, Type.AGENT, "zeus");
			end(events, Type.CUSTOM, "attempt");
			assertThat(tree(application.ended())).isEqualTo("""
					invoke_workflow flow
					  invoke_node a
					    execute_tool one
					    execute_tool two
					  invoke_node b
					    invoke_agent zeus
					      retrieval docs
					        embeddings small
					        chat large
					          attempt
					""");
		});
	}

	@Test
	void shouldPreferTheParentThatAnEventNames() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			events.pre(SpanEvent.of(Type.AGENT, "run", "zeus").callId("1").build());
			events.pre(SpanEvent.of(Type.TOOL, "run", "search").callId("2").build());
			events.pre(SpanEvent.of(Type.TOOL, "run", "search").callId("3").build());
			events.pre(SpanEvent.of(Type.LLM, "run", "small").callId("4").parentCallId("2").build());
			events.pre(SpanEvent.of(Type.LLM, "run", "medium").callId("5").parentCallId("1").build());
			events.pre(SpanEvent.of(Type.LLM, "run", "large").callId("6").parentCallId("nowhere").build());
			events.post(SpanEvent.of(Type.LLM, "run", "large").callId("6").build());
			events.post(SpanEvent.of(Type.LLM, "run", "medium").callId("5").build());
			events.post(SpanEvent.of(Type.LLM, "run", "small").callId("4").build());
			events.post(SpanEvent.of(Type.TOOL, "run", "search").callId("3").build());
			events.post(SpanEvent.of(Type.TOOL, "run", "search").callId("2").build());
			events.post(SpanEvent.of(Type.AGENT, "run", "zeus").callId("1").build());
			assertThat(tree(application.ended())).isEqualTo("""
					invoke_agent zeus
					  execute_tool search
					    chat small
					  execute_tool search
					    chat large
					  chat medium
					""");
		});
	}

	@Test
	void shouldKeepRunsApart() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			events.pre(SpanEvent.of(Type.AGENT, "one", "zeus").build());
			events.pre(SpanEvent.of(Type.AGENT, "two", "zeus").build());
			events.pre(SpanEvent.of(Type.TOOL, "one", "search").build());
			events.post(SpanEvent.of(Type.AGENT, "two", "zeus").build());
			events.post(SpanEvent.of(Type.TOOL, "one", "search").build());
			events.post(SpanEvent.of(Type.AGENT, "one", "zeus").build());
			assertThat(application.ended()).extracting(SpanData::getTraceId)
				.satisfies((traces) -> assertThat(traces.get(1)).isNotEqualTo(traces.get(0)).isEqualTo(traces.get(2)));
		});
	}

	@Test
	void shouldBeginBelowTheCurrentSpanAndLeaveItCurrent() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			application.spans().in("request", () -> {
				String request = application.spans().current().spanId();
				begin(events, Type.AGENT, "zeus");
				assertThat(application.spans().current().spanId()).isEqualTo(request);
			});
			CompletableFuture.runAsync(() -> {
				begin(events, Type.LLM, "gpt-4o");
				end(events, Type.LLM, "gpt-4o");
				end(events, Type.AGENT, "zeus");
			}).join();
			assertThat(tree(application.ended())).isEqualTo("""
					request
					  invoke_agent zeus
					    chat gpt-4o
					""");
		});
	}

	@Test
	void shouldTakeTheTimesOfTheEvents() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			Instant start = Instant.parse("2026-03-01T10:00:00.123456789Z");
			events.pre(SpanEvent.of(Type.WORKFLOW, "run", "flow").timestamp(start).build());
			events.pre(SpanEvent.of(Type.CUSTOM, "run", "late").timestamp(start.plusSeconds(300)).build());
			// Told last, but began before the custom call, which so cannot have made it.
			events.pre(SpanEvent.of(Type.CUSTOM, "run", "early").timestamp(start.plusSeconds(60)).build());
			events.post(SpanEvent.of(Type.CUSTOM, "run", "early").timestamp(start.plusSeconds(30)).build());
			events.post(SpanEvent.of(Type.CUSTOM, "run", "late").build());
			events.post(SpanEvent.of(Type.WORKFLOW, "run", "flow").timestamp(start.plusSeconds(600)).build());
			SpanData flow = application.named("invoke_workflow flow");
			assertThat(flow.getStartEpochNanos()).isEqualTo(nanos(start));
			assertThat(flow.getEndEpochNanos()).isEqualTo(nanos(start.plusSeconds(600)));
			assertThat(flow.getEvents()).extracting("epochNanos")
				.containsExactly(nanos(start), nanos(start.plusSeconds(600)));
			SpanData early = application.named("early");
			assertThat(early.getParentSpanId()).isEqualTo(flow.getSpanId());
			assertThat(early.getStartEpochNanos()).isEqualTo(early.getEndEpochNanos())
				.isEqualTo(nanos(start.plusSeconds(60)));
			SpanData late = application.named("late");
			assertThat(late.getEndEpochNanos() - nanos(Instant.now())).isBetween(-60_000_000_000L, 1_000_000L);
		});
	}

	@ParameterizedTest
	@EnumSource(value = Type.class, names = { "LLM", "CUSTOM" })
	void shouldStartNowForATimeThatCannotBe(Type type) {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			Instant before = Instant.now();
			for (Instant impossible : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
				events.pre(SpanEvent.of(type, "run", "name").timestamp(impossible).build());
				events.post(SpanEvent.of(type, "run", "name").timestamp(impossible).build());
			}
			assertThat(application.ended()).hasSize(3).allSatisfy((span) -> {
				assertThat(span.getStartEpochNanos()).isGreaterThanOrEqualTo(nanos(before));
				assertThat(span.getEndEpochNanos()).isGreaterThanOrEqualTo(span.getStartEpochNanos());
			});
		});
	}

	@Test
	void shouldMarkACancellation() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.TOOL, "search");
			events.post(SpanEvent.of(Type.TOOL, "run", "search").error(new CancellationException()).build());
			assertThat(application.only().getStatus()).isEqualTo(StatusData.unset());
			assertThat(application.only().getAttributes().get(KosmosAttributes.CANCELLED)).isTrue();
		});
	}

	@Test
	void shouldEndTheCallThatBeganLastOfThoseWithTheSameKey() {
		new TracedApplication().run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			for (long depth = 1; depth <= 3; depth++) {
				events.pre(SpanEvent.of(Type.AGENT, "run", "zeus").callId("same").attribute(ID, depth).build());
			}
			for (int i = 0; i < 3; i++) {
				events.post(SpanEvent.of(Type.AGENT, "run", "zeus").callId("same").build());
			}
			assertThat(application.ended()).extracting((span) -> span.getAttributes().get(ID))
				.containsExactly(3L, 2L, 1L);
			assertThat(tree(application.ended())).isEqualTo("""
					invoke_agent zeus
					  invoke_agent zeus
					    invoke_agent zeus
					""");
		});
	}

	@Test
	void shouldTakeNothingForTheSameThatDiffersInAnyPartOfTheKey(CapturedOutput output) {
		new TracedApplication().with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			events.pre(SpanEvent.of(Type.TOOL, "run", "search").callId("1").build());
			events.post(SpanEvent.of(Type.TOOL, "other", "search").callId("1").build());
			events.post(SpanEvent.of(Type.NODE, "run", "search").callId("1").build());
			events.post(SpanEvent.of(Type.TOOL, "run", "other").callId("1").build());
			events.post(SpanEvent.of(Type.TOOL, "run", "search").callId("2").build());
			events.post(SpanEvent.of(Type.TOOL, "run", "search").build());
			assertThat(application.ended()).isEmpty();
			assertThat(count(application, "unmatched", "type", "tool")).isEqualTo(4);
			assertThat(count(application, "unmatched", "type", "node")).isEqualTo(1);
			assertThat(open(application)).isEqualTo(1);
			assertThat(output).containsOnlyOnce("There is no open call for the end event of TOOL 'search'")
				.containsOnlyOnce("There is no open call for the end event of NODE 'search'");
		});
	}

	@Test
	void shouldMakeSpansOfIncludedTypesAlone() {
		new TracedApplication().with(Meters.class)
			.with("kosmos.tracing.events.include=agent,llm,tool", "kosmos.tracing.events.exclude=tool")
			.run((application) -> {
				SpanEvents events = application.bean(SpanEvents.class);
				for (Type type : Type.values()) {
					begin(events, type, "name");
				}
				for (Type type : Type.values()) {
					end(events, type, "name");
				}
				assertThat(tree(application.ended())).isEqualTo("""
						invoke_agent name
						  chat name
						""");
				assertThat(count(application, "unmatched", "type", "tool")).isZero();
			});
	}

	@Test
	void shouldRefuseWhatIsNoEvent(CapturedOutput output) {
		new TracedApplication().with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			assertThatNoException().isThrownBy(() -> {
				refuse(events, null);
				refuse(events, SpanEvent.of(absent(), "run", "name").build());
				refuse(events, SpanEvent.of(Type.LLM, absent(), "name").build());
				refuse(events, SpanEvent.of(Type.LLM, " ", "name").build());
				refuse(events, SpanEvent.of(Type.LLM, "run", absent()).build());
				refuse(events, SpanEvent.of(Type.LLM, "run", "").build());
				refuse(events, new SpanEvent(Type.LLM, "run", "name", null, null, absent(), null, null));
			});
			assertThat(application.ended()).isEmpty();
			assertThat(open(application)).isZero();
			assertThat(count(application, "refused", "reason", "event")).isEqualTo(2);
			assertThat(count(application, "refused", "reason", "type")).isEqualTo(2);
			assertThat(count(application, "refused", "reason", "correlation_id")).isEqualTo(4);
			assertThat(count(application, "refused", "reason", "name")).isEqualTo(4);
			assertThat(output).containsOnlyOnce("refused because it is null.")
				.containsOnlyOnce("refused because it has no type.")
				.containsOnlyOnce("refused because it has no correlation id.")
				.containsOnlyOnce("refused because it has no name.");
		});
	}

	@Test
	void shouldEndACallWhoseEndEventCannotBeRead() {
		new TracedApplication().with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.TOOL, "search");
			events.post(new SpanEvent(Type.TOOL, "run", "search", null, null, absent(), null, null));
			assertThat(application.only().getName()).isEqualTo("execute_tool search");
			assertThat(open(application)).isZero();
			assertThat(count(application, "refused", "reason", "failure")).isEqualTo(1);
		});
	}

	@Test
	void shouldEndWhatIsOpenForTooLong() {
		new TracedApplication().with(Meters.class).with("kosmos.tracing.events.timeout=50ms").run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			for (int round = 1; round <= 2; round++) {
				begin(events, Type.LLM, "gpt-4o");
				begin(events, Type.CUSTOM, "thought");
				application.await(2 * round);
			}
			assertThat(application.ended()).hasSize(4).allSatisfy((span) -> {
				assertThat(span.getStatus()).isEqualTo(NO_END_EVENT);
				assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type"))).isEqualTo("no_end_event");
				assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isGreaterThan(40_000_000L);
			});
			assertThat(open(application)).isZero();
			end(events, Type.LLM, "gpt-4o");
			assertThat(count(application, "unmatched", "type", "llm")).isEqualTo(1);
			assertThat(count(application, "abandoned", "reason", "timeout")).isEqualTo(4);
			assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getName().startsWith("kosmos-tracing-events-"))
				.isNotEmpty()
				.allMatch(Thread::isDaemon);
		});
	}

	@Test
	void shouldEndTheOldestOfTooManyOpenCalls() {
		new TracedApplication().with(Meters.class).with("kosmos.tracing.events.max-open=2").run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.AGENT, "one");
			begin(events, Type.AGENT, "two");
			begin(events, Type.AGENT, "three");
			assertThat(application.only().getName()).isEqualTo("invoke_agent one");
			assertThat(application.only().getStatus()).isEqualTo(NO_END_EVENT);
			assertThat(open(application)).isEqualTo(2);
			end(events, Type.AGENT, "three");
			end(events, Type.AGENT, "two");
			assertThat(application.ended().subList(1, 3)).extracting(SpanData::getStatus).containsOnly(StatusData.ok());
			assertThat(count(application, "abandoned", "reason", "limit")).isEqualTo(1);
		});
	}

	@Test
	void shouldEndAndExportEverythingOnFlush() {
		new TracedApplication().with(Kept.class).with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.AGENT, "zeus");
			begin(events, Type.LLM, "gpt-4o");
			assertThat(events.flush(Duration.ofSeconds(10))).isTrue();
			assertThat(application.bean(Kept.class).spans()).extracting(SpanData::getName)
				.containsExactly("chat gpt-4o", "invoke_agent zeus");
			assertThat(application.bean(Kept.class).spans()).extracting(SpanData::getStatus).containsOnly(NO_END_EVENT);
			// Counted although it was ended together with its agent.
			assertThat(application.named("invoke_agent zeus").getAttributes().get(KosmosAttributes.LLM_CALLS))
				.isEqualTo(1);
			assertThat(count(application, "abandoned", "reason", "flush")).isEqualTo(2);
			begin(events, Type.AGENT, "again");
			end(events, Type.AGENT, "again");
			assertThat(events.flush(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
			assertThat(application.bean(Kept.class).spans()).hasSize(3);
		});
	}

	@Test
	void shouldNotWaitLongerForAFlushThanAsked() {
		new TracedApplication().with(Kept.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			application.bean(Kept.class).hang();
			begin(events, Type.AGENT, "zeus");
			long start = System.nanoTime();
			assertThat(events.flush(Duration.ofMillis(100))).isFalse();
			assertThat(events.flush(Duration.ZERO)).isFalse();
			assertThat(events.flush(Duration.ofSeconds(-1))).isFalse();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
			application.bean(Kept.class).proceed();
			Awaitility.await().untilAsserted(() -> assertThat(application.bean(Kept.class).spans()).hasSize(1));
		});
	}

	@Test
	void shouldExportWhatIsOpenWhenTheApplicationStops() {
		List<Kept> kept = new ArrayList<>();
		new TracedApplication().with(Kept.class).run((application) -> {
			kept.add(application.bean(Kept.class));
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.AGENT, "zeus");
			application.context().getSourceApplicationContext().close();
			assertThatNoException().isThrownBy(() -> {
				begin(events, Type.AGENT, "late");
				end(events, Type.AGENT, "zeus");
			});
			assertThat(events.flush(Duration.ofSeconds(1))).isFalse();
		});
		assertThat(kept.get(0).spans()).extracting(SpanData::getName).containsExactly("invoke_agent zeus");
		assertThat(kept.get(0).spans()).extracting(SpanData::getStatus).containsExactly(NO_END_EVENT);
	}

	@Test
	void shouldDoNothingWhenTracingIsDisabled() {
		new TracedApplication().with("kosmos.tracing.enabled=false").run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			begin(events, Type.AGENT, "zeus");
			assertThat(events.flush(Duration.ofSeconds(1))).isTrue();
			assertThat(application.ended()).isEmpty();
		});
	}

	@Test
	void shouldKeepRunsApartWhoseEventsComeInterleavedOnManyThreads() throws Exception {
		String expected = """
				invoke_agent zeus
				  plan next
				    chat small
				  execute_tool search
				    invoke_agent athena
				      retrieval docs
				        embeddings small
				      chat large
				  execute_tool search
				  chat large
				""";
		int runs = 1_000;
		new TracedApplication().with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			ConcurrentLinkedQueue<Run> queue = new ConcurrentLinkedQueue<>();
			IntStream.range(0, runs).forEach((run) -> queue.add(new Run("run-" + run)));
			inParallel(() -> {
				Random random = new Random(42);
				for (Run run = queue.poll(); run != null; run = queue.poll()) {
					for (int steps = random.nextInt(3); steps >= 0 && run.hasNext(); steps--) {
						run.next(events);
					}
					if (run.hasNext()) {
						queue.add(run);
					}
				}
			});
			assertThat(application.ended()).hasSize(runs * 10);
			Map<String, List<SpanData>> traces = application.ended()
				.stream()
				.collect(Collectors.groupingBy(SpanData::getTraceId));
			assertThat(traces.values()).hasSize(runs)
				.allSatisfy((trace) -> assertThat(tree(trace)).isEqualTo(expected));
			assertThat(application.ended()).extracting(SpanData::getStatus).containsOnly(StatusData.ok());
			assertThat(open(application)).isZero();
		});
	}

	@Test
	void shouldBuildTheTreeThatShuffledEventsOfOneRunName() {
		int layers = 5;
		int width = 1_000;
		new TracedApplication().with(Meters.class).run((application) -> {
			SpanEvents events = application.bean(SpanEvents.class);
			Random random = new Random(42);
			List<SpanEvent> ends = new ArrayList<>();
			for (int layer = 0; layer < layers; layer++) {
				List<SpanEvent> starts = new ArrayList<>();
				for (int i = 0; i < width; i++) {
					long id = (long) layer * width + i;
					Type type = Type.values()[random.nextInt(Type.values().length)];
					SpanEvent.Builder start = SpanEvent.of(type, "run", "name").callId("c" + id).attribute(ID, id);
					if (layer > 0) {
						long parent = (layer - 1L) * width + random.nextInt(width);
						start.parentCallId("c" + parent).attribute(PARENT, parent);
					}
					else {
						start.parentCallId("root");
					}
					starts.add(start.build());
					ends.add(SpanEvent.of(type, "run", "name").callId("c" + id).build());
				}
				if (layer == 0) {
					events.pre(SpanEvent.of(Type.WORKFLOW, "run", "root").callId("root").build());
				}
				Collections.shuffle(starts, random);
				inParallel(starts, events::pre);
			}
			assertThat(open(application)).isEqualTo(layers * width + 1);
			ends.add(SpanEvent.of(Type.WORKFLOW, "run", "root").callId("root").build());
			Collections.shuffle(ends, random);
			inParallel(ends, events::post);
			assertThat(open(application)).isZero();
			assertThat(application.ended()).hasSize(layers * width + 1);
			Map<String, SpanData> byId = application.ended()
				.stream()
				.collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
			SpanData root = application.named("invoke_workflow root");
			assertThat(application.ended()).filteredOn((span) -> span != root).allSatisfy((span) -> {
				assertThat(span.getStatus()).isEqualTo(StatusData.ok());
				SpanData parent = byId.get(span.getParentSpanId());
				Long expected = span.getAttributes().get(PARENT);
				assertThat(parent.getAttributes().get(ID)).isEqualTo(expected);
				assertThat(parent == root).isEqualTo(expected == null);
			});
		});
	}

	private static <T> void inParallel(Collection<T> items, Consumer<T> action) {
		ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>(items);
		inParallel(() -> {
			for (T item = queue.poll(); item != null; item = queue.poll()) {
				action.accept(item);
			}
		});
	}

	private static void inParallel(Runnable work) {
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				futures.add(executor.submit(work));
			}
			for (Future<?> future : futures) {
				future.get();
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void begin(SpanEvents events, Type type, String name) {
		events.pre(SpanEvent.of(type, "run", name).build());
	}

	private static void end(SpanEvents events, Type type, String name) {
		events.post(SpanEvent.of(type, "run", name).build());
	}

	@SuppressWarnings("NullAway")
	private static void refuse(SpanEvents events, @Nullable SpanEvent event) {
		events.pre(event);
		events.post(event);
	}

	@SuppressWarnings({ "NullAway", "TypeParameterUnusedInFormals" })
	private static <T> T absent() {
		return null;
	}

	private static double count(Running application, String name, String tag, String value) {
		return application.bean(MeterRegistry.class)
			.get("kosmos.tracing.events." + name)
			.tag(tag, value)
			.functionCounter()
			.count();
	}

	private static double open(Running application) {
		return application.bean(MeterRegistry.class).get("kosmos.tracing.events.open").gauge().value();
	}

	private static long nanos(Instant instant) {
		return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
	}

	/**
	 * One line for each span, below its parent, in the order of their starts.
	 */
	private static String tree(List<SpanData> spans) {
		return tree(spans, SpanData::getName);
	}

	private static String tree(List<SpanData> spans, Function<SpanData, String> line) {
		StringBuilder tree = new StringBuilder();
		List<SpanData> sorted = spans.stream().sorted(Comparator.comparingLong(SpanData::getStartEpochNanos)).toList();
		List<String> ids = sorted.stream().map(SpanData::getSpanId).toList();
		sorted.stream()
			.filter((span) -> !ids.contains(span.getParentSpanId()))
			.forEach((span) -> print(span, sorted, line, "", tree));
		return tree.toString();
	}

	private static String documented(SpanData span) {
		StringBuilder line = new StringBuilder(span.getName());
		for (AttributeKey<?> key : List.of(KosmosAttributes.LLM_CALLS, KosmosAttributes.LLM_TOTAL_TOKENS,
				KosmosAttributes.LLM_COST, KosmosAttributes.LLM_FINISH_REASON,
				KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED, KosmosAttributes.LLM_COST_AGGREGATED,
				KosmosAttributes.TOOL_CALLS)) {
			Object value = span.getAttributes().get(key);
			if (value != null) {
				line.append("  ").append(key).append('=').append(value);
			}
		}
		if (span.getStatus().getStatusCode() == StatusCode.ERROR) {
			line.append("  ERROR ").append(span.getStatus().getDescription());
		}
		return line.toString();
	}

	private static void print(SpanData span, List<SpanData> spans, Function<SpanData, String> line, String indent,
			StringBuilder tree) {
		tree.append(indent).append(line.apply(span)).append('\n');
		spans.stream()
			.filter((child) -> child.getParentSpanId().equals(span.getSpanId()))
			.forEach((child) -> print(child, spans, line, indent + "  ", tree));
	}

	/**
	 * The events of a run, which are told in their order but by any thread.
	 */
	private static final class Run {

		private static final List<String> SCRIPT = List.of("+AGENT zeus 1", "+PLAN next 2", "+LLM small 3",
				"-LLM small 3", "-PLAN next 2", "+TOOL search 4", "+AGENT athena 5", "+RETRIEVAL docs 6",
				"+EMBEDDINGS small 7", "-EMBEDDINGS small 7", "-RETRIEVAL docs 6", "+LLM large 8", "-LLM large 8",
				"-AGENT athena 5", "+TOOL search 9", "-TOOL search 4", "-TOOL search 9", "+LLM large 10",
				"-LLM large 10", "-AGENT zeus 1");

		private final String correlationId;

		private int next;

		Run(String correlationId) {
			this.correlationId = correlationId;
		}

		boolean hasNext() {
			return this.next < SCRIPT.size();
		}

		void next(SpanEvents events) {
			String[] step = SCRIPT.get(this.next++).split(" ");
			SpanEvent event = SpanEvent.of(Type.valueOf(step[0].substring(1)), this.correlationId, step[1])
				.callId(step[2])
				.build();
			if (step[0].startsWith("+")) {
				events.pre(event);
			}
			else {
				events.post(event);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prices {

		@Bean
		ModelPrices prices() {
			return (provider, model) -> new ModelPrice(new BigDecimal("2.50"), new BigDecimal("10.00"), null, "USD");
		}

	}

	/**
	 * Keeps what is exported, which is nothing before a flush, also when it is closed.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Kept {

		private final List<SpanData> spans = new CopyOnWriteArrayList<>();

		private volatile CountDownLatch latch = new CountDownLatch(0);

		@Bean
		SpanProcessor keepingSpanProcessor() {
			return BatchSpanProcessor.builder(new Exporter()).setScheduleDelay(Duration.ofHours(1)).build();
		}

		List<SpanData> spans() {
			return this.spans;
		}

		void hang() {
			this.latch = new CountDownLatch(1);
		}

		void proceed() {
			this.latch.countDown();
		}

		// No bean, which Boot would give every span once more.
		private final class Exporter implements SpanExporter {

			@Override
			public CompletableResultCode export(Collection<SpanData> spans) {
				try {
					Kept.this.latch.await();
				}
				catch (InterruptedException ex) {
					return CompletableResultCode.ofFailure();
				}
				Kept.this.spans.addAll(spans);
				return CompletableResultCode.ofSuccess();
			}

			@Override
			public CompletableResultCode flush() {
				return CompletableResultCode.ofSuccess();
			}

			@Override
			public CompletableResultCode shutdown() {
				return CompletableResultCode.ofSuccess();
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Meters {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Object bound(MeterRegistry registry, List<MeterBinder> binders) {
			binders.forEach((binder) -> binder.bindTo(registry));
			return binders;
		}

	}

}
