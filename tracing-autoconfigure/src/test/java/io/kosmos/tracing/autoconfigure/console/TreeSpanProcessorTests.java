package io.kosmos.tracing.autoconfigure.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

class TreeSpanProcessorTests {

	private final RecordedTraces traces = new RecordedTraces(TreeSpanProcessor::new);

	@Test
	void shouldPrintTheTraceAsTreeWhenItsRootEnds() {
		Span root = this.traces.tracer.spanBuilder("http post /ask").setSpanKind(SpanKind.SERVER).startSpan();
		this.traces.advance(2);
		Span zeus = this.traces.child("invoke_agent zeus", root)
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.startSpan();
		this.traces.advance(3);
		Span chat = this.traces.child("chat gpt-4o", zeus)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute(GenAiAttributes.REQUEST_MODEL, "gpt-4o")
			.startSpan();
		this.traces.advance(1234);
		chat.setAttribute(GenAiAttributes.USAGE_INPUT_TOKENS, 120L);
		chat.setAttribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, 45L);
		chat.addEvent(KosmosAttributes.EVENT_LLM_COMPLETION);
		chat.addEvent("cache.miss");
		chat.end();
		zeus.end();
		Span query = this.traces.child("SELECT chronos", root)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute("db.query.text", "SELECT id,\n\t\tname FROM " + "event ".repeat(20))
			.startSpan();
		this.traces.clock.advance(456_700, TimeUnit.NANOSECONDS);
		query.end();
		assertThat(this.traces.printed()).isEmpty();
		this.traces.advance(60);
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  1.30 s
				└─ 1.30 s  http post /ask  SERVER
				   ├─ 1.24 s  invoke_agent zeus
				   │  └─ 1.23 s  chat gpt-4o  CLIENT  tokens=120/45  events=1
				   └─ 456 µs  SELECT chronos  CLIENT  sql=SELECT id, name FROM event event event event event \
				event event event event even…
				""");
	}

	@Test
	void shouldTellWhatModelsTookWithShortLabels() {
		Span zeus = this.traces.tracer.spanBuilder("invoke_agent zeus")
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.AGENT_OPERATION, "route")
			.setAttribute(KosmosAttributes.ROUTE_DECISION, "knowledge")
			.setAttribute(KosmosAttributes.ROUTE_CONFIDENCE, 0.67)
			.setAttribute(KosmosAttributes.LLM_CALLS, 1L)
			.setAttribute(KosmosAttributes.TOOL_CALLS, 2L)
			.setAttribute(KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED, 99L)
			.setAttribute(KosmosAttributes.LLM_COST_AGGREGATED, 1.71e-5)
			.setAttribute(KosmosAttributes.LLM_COST_CURRENCY, "USD")
			.startSpan();
		this.traces.child("chat gpt-4o", zeus)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.LLM_PROVIDER, "openai")
			.setAttribute(GenAiAttributes.PROVIDER_NAME, "openai")
			.setAttribute(KosmosAttributes.LLM_MODEL, "gpt-4o")
			.setAttribute(GenAiAttributes.REQUEST_MODEL, "gpt-4o")
			.setAttribute(GenAiAttributes.RESPONSE_MODEL, "gpt-4o-2024-08-06")
			.setAttribute(KosmosAttributes.LLM_TIER, "large")
			.setAttribute(KosmosAttributes.LLM_PROMPT_TOKENS, 75L)
			.setAttribute(GenAiAttributes.USAGE_INPUT_TOKENS, 75L)
			.setAttribute(KosmosAttributes.LLM_COMPLETION_TOKENS, 24L)
			.setAttribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, 24L)
			.setAttribute(KosmosAttributes.LLM_TOTAL_TOKENS, 99L)
			.setAttribute(KosmosAttributes.LLM_CACHED_TOKENS, 64L)
			.setAttribute(KosmosAttributes.LLM_REASONING_TOKENS, 8L)
			.setAttribute(KosmosAttributes.LLM_COST, 1.71e-5)
			.setAttribute(KosmosAttributes.LLM_COST_CURRENCY, "USD")
			.setAttribute(KosmosAttributes.LLM_STREAMING, true)
			.setAttribute(KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK, 0.0123)
			.setAttribute(KosmosAttributes.LLM_CHUNKS, 6L)
			.setAttribute(KosmosAttributes.LLM_FINISH_REASON, "stop")
			.setAttribute(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("stop", "length"))
			.startSpan()
			.end();
		this.traces.child("execute_tool search", zeus)
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.TOOL_NAME, "search")
			.setAttribute(KosmosAttributes.TOOL_CALL_ID, "call_1")
			.startSpan()
			.end();
		zeus.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  invoke_agent zeus  calls=1  tools=2  tokens=99  cost=0.0000171 USD  agent.operation=route\
				  route.confidence=0.67  route.decision=knowledge
				   ├─ 0 µs  chat gpt-4o  CLIENT  model=gpt-4o-2024-08-06  provider=openai  tokens=75/24  cached=64\
				  reasoning=8  cost=0.0000171 USD  first_chunk=12.3 ms  chunks=6  finish=stop,length  llm.tier=large
				   └─ 0 µs  execute_tool search
				""");
	}

	@Test
	void shouldTellWhatModelsTookByTheNamesOfTheConventionsAlone() {
		this.traces.tracer.spanBuilder("chat gpt-4o")
			.setAttribute(GenAiAttributes.PROVIDER_NAME, "openai")
			.setAttribute(GenAiAttributes.REQUEST_MODEL, "gpt-4o")
			.setAttribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, 24L)
			.setAttribute(GenAiAttributes.RESPONSE_TIME_TO_FIRST_CHUNK, 1.5)
			.setAttribute(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("stop"))
			.setAttribute(GenAiAttributes.CONVERSATION_ID, "c-1")
			.startSpan()
			.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  chat gpt-4o  conversation=c-1  provider=openai  tokens=?/24  first_chunk=1.50 s  finish=stop
				""");
	}

	@Test
	void shouldTellWhatWorkflowsDecided() {
		Span workflow = this.traces.tracer.spanBuilder("invoke_workflow maintenance")
			.setAttribute(KosmosAttributes.WORKFLOW_NAME, "maintenance")
			.setAttribute(KosmosAttributes.WORKFLOW_TERMINATION_REASON, "completed")
			.startSpan();
		workflow.addEvent(KosmosAttributes.EVENT_PIPELINE_STARTED);
		this.traces.child("evaluate_policy risk", workflow)
			.setAttribute(KosmosAttributes.POLICY_NAME, "risk")
			.setAttribute(KosmosAttributes.POLICY_DECISION, "deny")
			.setAttribute(KosmosAttributes.POLICY_RULES, List.of("risk < high"))
			.startSpan()
			.end();
		workflow.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  invoke_workflow maintenance  workflow.termination_reason=completed
				   └─ 0 µs  evaluate_policy risk  policy.decision=deny  policy.rules=[risk < high]
				""");
	}

	@Test
	void shouldTellOnceOnWhoseBehalfTheRequestRuns() {
		Span root = this.traces.start("http post /ask");
		Span agent = this.traces.child("invoke_agent zeus", root)
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.TENANT_ID, "acme")
			.setAttribute(KosmosAttributes.USER_ID, "u-1")
			.setAttribute("user.id", "u-1")
			.setAttribute(KosmosAttributes.REQUEST_ID, "r-1")
			.startSpan();
		Span call = this.traces.start("http get", agent);
		this.traces.child("SELECT asset", call)
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.TENANT_ID, "acme")
			.setAttribute(KosmosAttributes.USER_ID, "u-2")
			.startSpan()
			.end();
		call.end();
		agent.end();
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  http post /ask
				   └─ 0 µs  invoke_agent zeus  tenant=acme  user=u-1  request=r-1
				      └─ 0 µs  http get
				         └─ 0 µs  SELECT asset  user=u-2
				""");
	}

	@Test
	void shouldTellWhatTheApplicationWroteItselfOnAnySpan() {
		Span observed = this.traces.provider.get("org.springframework.boot")
			.spanBuilder("http post /ask")
			.setSpanKind(SpanKind.SERVER)
			.setAttribute("exception", "none")
			.setAttribute("http.url", "/ask")
			.setAttribute("method", "POST")
			.setAttribute("outcome", "SUCCESS")
			.setAttribute("status", "200")
			.setAttribute("uri", "/ask")
			.setAttribute("search.cached", true)
			.startSpan();
		this.traces.child("POST", observed)
			.setAttribute("http.request.method", "POST")
			.setAttribute("url.full", "http://localhost/v1/chat/completions")
			.setAttribute("server.port", 8081)
			.setAttribute("http.response.status_code", 429)
			.setAttribute("http.retries", 2)
			.startSpan()
			.end();
		this.traces.child("SELECT asset", observed)
			.setAttribute("db.system.name", "postgresql")
			.setAttribute("db.query.summary", "SELECT asset")
			.setAttribute("db.query.text", "select * from asset")
			.setAttribute("db.rows", 3)
			.startSpan()
			.end();
		this.traces.child("athena.semantic_search", observed)
			.setAttribute("search.top_k", 3)
			.setAttribute("search.score", 1e-5)
			.setAttribute("gen_ai.agent.name", "athena")
			.setAttribute("kosmos.agent.name", "athena")
			.setAttribute("status", "done")
			.setAttribute("note", "a\nb")
			.startSpan()
			.end();
		observed.end();
		assertThat(this.traces.printed()).isEqualTo(
				"""
						trace 00000000000000000000000000000001  orchestrator  0 µs
						└─ 0 µs  http post /ask  SERVER  status=200  search.cached=true
						   ├─ 0 µs  POST  status=429  http.retries=2
						   ├─ 0 µs  SELECT asset  sql=select * from asset  db.rows=3
						   └─ 0 µs  athena.semantic_search  agent=athena  note=a b  search.score=0.00001  search.top_k=3  status=done
						""");
	}

	@Test
	void shouldMarkErrors() {
		Span root = this.traces.start("zeus.route");
		Span failed = this.traces.start("hermes.send", root);
		failed.recordException(new IOException("Connection\nreset"));
		failed.setStatus(StatusCode.ERROR);
		failed.end();
		Span denied = this.traces.start("hermes.check", root);
		denied.setAttribute("error.type", "403").setStatus(StatusCode.ERROR, "denied");
		denied.end();
		root.setStatus(StatusCode.ERROR);
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  zeus.route  ✗ error
				   ├─ 0 µs  hermes.send  ✗ java.io.IOException: Connection reset
				   └─ 0 µs  hermes.check  ✗ 403: denied
				""");
	}

	@Test
	void shouldSortChildrenByStartNotByEnd() {
		Span root = this.traces.start("root");
		Span first = this.traces.start("first", root);
		this.traces.advance(1);
		Span second = this.traces.start("second", root);
		second.end();
		first.end();
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  1.00 ms
				└─ 1.00 ms  root
				   ├─ 1.00 ms  first
				   └─ 0 µs  second
				""");
	}

	@Test
	void shouldWaitForTheChildThatOutlivesTheRoot() {
		Span root = this.traces.start("zeus.route");
		Span late = this.traces.start("chronos.append", root);
		this.traces.advance(10);
		root.end();
		assertThat(this.traces.printed()).isEmpty();
		this.traces.advance(32);
		late.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  42.0 ms
				└─ 10.0 ms  zeus.route
				   └─ 42.0 ms  chronos.append
				""");
	}

	@Test
	void shouldPrintASpanThatStartsAfterItsTreeInATreeOfItsOwn() {
		Span root = this.traces.start("zeus.route");
		root.end();
		this.traces.start("chronos.append", root).end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  zeus.route
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  chronos.append  parent=0000000000000001
				""");
	}

	@Test
	void shouldPrintALocalRootWithRemoteParent() {
		Span remote = Span.wrap(SpanContext.createFromRemoteParent("4bf92f3577b34da6a3ce929d0e0e4736",
				"00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault()));
		Span root = this.traces.child("http get /models", remote).setSpanKind(SpanKind.SERVER).startSpan();
		this.traces.start("gateway.models", root).end();
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 4bf92f3577b34da6a3ce929d0e0e4736  orchestrator  0 µs
				└─ 0 µs  http get /models  SERVER  remote parent=00f067aa0ba902b7
				   └─ 0 µs  gateway.models
				""");
	}

	@Test
	void shouldPrintTwoRequestsOfOneRemoteTraceTogetherWhenTheyOverlap() {
		Span remote = Span.wrap(SpanContext.createFromRemoteParent("4bf92f3577b34da6a3ce929d0e0e4736",
				"00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault()));
		Span one = this.traces.start("one", remote);
		Span two = this.traces.start("two", remote);
		one.end();
		two.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 4bf92f3577b34da6a3ce929d0e0e4736  orchestrator  0 µs
				├─ 0 µs  one  remote parent=00f067aa0ba902b7
				└─ 0 µs  two  remote parent=00f067aa0ba902b7
				""");
	}

	@Test
	void shouldKeepHostileNamesAndValuesOnTheirLine() {
		Span root = this.traces.start("a\n└─ 1 ms  forged\u001b[2J");
		root.setAttribute(KosmosAttributes.AGENT_NAME, "ze\u0000us\u202e");
		root.setStatus(StatusCode.ERROR, "x\r\ny\\n");
		root.end();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  a └─ 1 ms forged\\u001b[2J  agent=ze\\u0000us\\u202e  ✗ error: x y\\\\n
				""");
	}

	@Test
	void shouldCountTheSpansAboveTheBound() {
		Span root = this.traces.start("root");
		for (int i = 0; i < TreeSpanProcessor.MAX_SPANS + 11; i++) {
			this.traces.start("child", root).end();
		}
		root.end();
		List<String> lines = this.traces.printed().lines().toList();
		assertThat(lines).hasSize(TreeSpanProcessor.MAX_SPANS + 2);
		assertThat(lines.get(TreeSpanProcessor.MAX_SPANS)).isEqualTo("   └─ 0 µs  child");
		assertThat(lines.get(TreeSpanProcessor.MAX_SPANS + 1)).isEqualTo("... and 12 more spans");
	}

	@Test
	void shouldPrintTheOldestTraceIncompleteAboveTheBound() {
		Span oldest = this.traces.start("oldest");
		this.traces.start("child", oldest).end();
		List<Span> others = new ArrayList<>();
		for (int i = 1; i < TreeSpanProcessor.MAX_TRACES; i++) {
			others.add(this.traces.start("other"));
		}
		assertThat(this.traces.printed()).isEmpty();
		others.add(this.traces.start("one too many"));
		String dropped = """
				trace 00000000000000000000000000000001  orchestrator  0 µs  incomplete
				└─ 0 µs  child  parent=0000000000000001
				... and 1 span not ended
				""";
		assertThat(this.traces.printed()).isEqualTo(dropped);
		oldest.end();
		assertThat(this.traces.printed()).isEqualTo(dropped + """
				trace 00000000000000000000000000000001  orchestrator  0 µs
				└─ 0 µs  oldest
				""");
		others.forEach(Span::end);
		assertThat(this.traces.printed().lines().filter((line) -> line.startsWith("trace ")))
			.hasSize(TreeSpanProcessor.MAX_TRACES + 2);
	}

	@Test
	void shouldPrintUnfinishedTracesAtShutdown() {
		Span root = this.traces.start("root");
		this.traces.start("child", root).end();
		this.traces.start("nothing ended");
		this.traces.provider.shutdown();
		assertThat(this.traces.printed()).isEqualTo("""
				trace 00000000000000000000000000000001  orchestrator  0 µs  incomplete
				└─ 0 µs  child  parent=0000000000000001
				... and 1 span not ended
				""");
	}

	@Test
	void shouldIgnoreSpansThatAreNotSampled() {
		RecordedTraces unsampled = new RecordedTraces(TreeSpanProcessor::new, new LineSpanProcessorTests.RecordOnly());
		unsampled.start("quiet").end();
		assertThat(unsampled.printed()).isEmpty();
	}

	@Test
	void shouldNotMixTreesOfConcurrentTraces() {
		int threads = 16;
		int tracesPerThread = 200;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<CompletableFuture<Void>> runs = new ArrayList<>();
			for (int t = 0; t < threads; t++) {
				String name = "thread-" + t;
				runs.add(CompletableFuture.runAsync(() -> {
					for (int i = 0; i < tracesPerThread; i++) {
						Span root = this.traces.start(name);
						Span child = this.traces.start(name + ".child", root);
						CompletableFuture<Void> elsewhere = CompletableFuture
							.runAsync(() -> this.traces.start(name + ".grandchild", child).end());
						elsewhere.join();
						child.end();
						root.end();
					}
				}, executor));
			}
			runs.forEach(CompletableFuture::join);
		}
		finally {
			executor.shutdownNow();
		}
		List<String> lines = this.traces.printed().lines().toList();
		assertThat(lines).hasSize(4 * threads * tracesPerThread);
		for (int i = 0; i < lines.size(); i += 4) {
			String name = lines.get(i + 1).substring("└─ 0 µs  ".length());
			assertThat(lines.subList(i, i + 4)).satisfiesExactly((header) -> assertThat(header).startsWith("trace "),
					(root) -> assertThat(root).startsWith("└─ 0 µs  thread-"),
					(child) -> assertThat(child).isEqualTo("   └─ 0 µs  " + name + ".child"),
					(grandchild) -> assertThat(grandchild).isEqualTo("      └─ 0 µs  " + name + ".grandchild"));
		}
	}

	@Test
	void shouldPrintATreeInOneWriteOfUtf8() {
		List<String> writes = new ArrayList<>();
		PrintStream ascii = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.US_ASCII) {

			@Override
			public void write(byte[] bytes, int offset, int length) {
				writes.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
			}

		};
		SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(new TreeSpanProcessor(new ConsoleOutput(ascii, List.of())))
			.build();
		provider.get("test").spanBuilder("größer").startSpan().end();
		assertThat(writes).singleElement().asString().startsWith("trace ").contains("└─ ", "größer").endsWith("\n");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void shouldSwallowAndLogOnceWhenPrintingFails(CapturedOutput log) {
		PrintStream broken = new PrintStream(new ByteArrayOutputStream()) {

			@Override
			public void write(byte[] bytes, int offset, int length) {
				throw new IllegalStateException("broken stream");
			}

		};
		SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(new TreeSpanProcessor(new ConsoleOutput(broken, List.of())))
			.build();
		assertThatCode(() -> {
			provider.get("test").spanBuilder("one").startSpan().end();
			provider.get("test").spanBuilder("two").startSpan().end();
		}).doesNotThrowAnyException();
		assertThat(log.toString()).containsOnlyOnce("Could not print spans to the console")
			.containsOnlyOnce("broken stream");
	}

}
