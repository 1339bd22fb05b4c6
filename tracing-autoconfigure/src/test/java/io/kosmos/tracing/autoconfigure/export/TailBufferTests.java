package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.autoconfigure.export.TailProperties.Rule;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TailBuffer}.
 */
class TailBufferTests {

	private static final String TRACE = trace(1);

	private static final Attributes NONE = Attributes.empty();

	private static final StatusData OK = StatusData.unset();

	private long now;

	private final List<SpanData> kept = new ArrayList<>();

	private int dropped;

	private final List<Throwable> failures = new ArrayList<>();

	@Test
	void shouldKeepAllBelowARootWhenOneIsInError() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(3, 2, 1, StatusData.error()), span(2, 1, 1, OK));
		assertThat(this.kept).isEmpty();
		assertThat(buffer.state().spans()).isEqualTo(2);
		take(buffer, span(1, 0, 1, OK));
		assertThat(keptIds()).containsExactlyInAnyOrder(1, 2, 3);
		assertThat(reasons()).containsExactly("error");
		assertThat(buffer.state().spans()).isZero();
		assertThat(buffer.state().bytes()).isZero();
	}

	@Test
	void shouldDropWhatNothingSpeaksFor() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(2, 1, 1, OK), span(1, 0, 1, OK));
		assertThat(this.kept).isEmpty();
		assertThat(this.dropped).isEqualTo(2);
		assertThat(buffer.state().dropped()).isEqualTo(1);
	}

	@Test
	void shouldKeepSlowRoots() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(TRACE, 1, 0, false, 1000, OK, NONE), span(trace(2), 1, 0, false, 999, OK, NONE));
		assertThat(this.kept).extracting(SpanData::getTraceId).containsExactly(TRACE);
		assertThat(reasons()).containsExactly("slow");
	}

	@Test
	void shouldSumUpTheCostOfCallsAndOfNothingElse() {
		TailBuffer buffer = buffer(0);
		Attributes agent = Attributes.of(KosmosAttributes.LLM_COST_AGGREGATED, 100.0,
				KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED, 100_000L);
		// The call of a gateway, and what that calls itself.
		take(buffer, call(4, 3, 0.4, 10), call(3, 1, 0.4, 10), call(2, 1, 0.5, 10),
				span(TRACE, 1, 0, false, 1, OK, agent));
		assertThat(this.kept).isEmpty();
		take(buffer, call(trace(2), 3, 1, 0.5, 10), call(trace(2), 2, 1, 0.5, 10),
				span(trace(2), 1, 0, false, 1, OK, agent));
		assertThat(reasons()).containsExactly("cost");
		take(buffer, call(trace(3), 3, 1, 0.1, 500), call(trace(3), 2, 1, 0.1, 500),
				span(trace(3), 1, 0, false, 1, OK, agent));
		assertThat(reasons()).containsExactly("cost", "tokens");
	}

	@Test
	void shouldKeepByRule() {
		assertThat(keptBy(new Rule("r", "pay*", null, null, null, Map.of(), null), NONE)).isFalse();
		assertThat(keptBy(new Rule("r", "sp*", null, null, null, Map.of(), null), NONE)).isTrue();
		assertThat(keptBy(new Rule("r", null, SpanKind.CLIENT, null, null, Map.of(), null), NONE)).isFalse();
		assertThat(keptBy(new Rule("r", null, null, null, null, Map.of(), Duration.ofMillis(2)), NONE)).isFalse();
		assertThat(keptBy(new Rule("r", null, null, null, null, Map.of(), Duration.ofMillis(1)), NONE)).isTrue();
		Attributes attributes = Attributes.of(KosmosAttributes.AGENT_NAME, "router", KosmosAttributes.TENANT_ID, "acme",
				AttributeKey.longKey("http.response.status_code"), 404L);
		assertThat(keptBy(new Rule("r", null, null, "rout*", "acme", Map.of("http.response.status_code", "4*"), null),
				attributes))
			.isTrue();
		assertThat(keptBy(new Rule("r", null, null, "router", "other", Map.of(), null), attributes)).isFalse();
		assertThat(keptBy(new Rule("r", null, null, null, null, Map.of("missing", "*"), null), attributes)).isFalse();
		assertThat(reasons()).containsOnly("rule:r");
	}

	private boolean keptBy(Rule rule, Attributes attributes) {
		int before = this.kept.size();
		TailBuffer buffer = new TailBuffer(properties(0, 1000, 1000, 10_000_000, List.of(rule)), () -> this.now,
				this.failures::add);
		take(buffer, span(TRACE, 2, 1, false, 1, OK, attributes), span(1, 0, 1, OK));
		return this.kept.size() > before;
	}

	@Test
	void shouldKeepTheTracesThatTheSamplerOfTheSdkWould() {
		TailBuffer buffer = buffer(0.3);
		Sampler sampler = Sampler.traceIdRatioBased(0.3);
		Random random = new Random(6);
		Set<String> expected = new HashSet<>();
		for (int i = 0; i < 10_000; i++) {
			String id = String.format("%016x%016x", random.nextLong(), random.nextLong());
			if (sampler.shouldSample(Context.root(), id, "", SpanKind.INTERNAL, NONE, List.of())
				.getDecision() == SamplingDecision.RECORD_AND_SAMPLE) {
				expected.add(id);
			}
			take(buffer, span(id, 1, 0, false, 1, OK, NONE));
		}
		assertThat(this.kept).extracting(SpanData::getTraceId).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(this.kept).hasSizeBetween(2_800, 3_200);
		assertThat(reasons()).containsOnly("probability");
	}

	@Test
	void shouldLetLateSpansFollowTheirParent() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(4, 3, 1, OK), span(2, 1, 1, OK), span(1, 0, 1, OK));
		assertThat(this.dropped).isEqualTo(2);
		assertThat(buffer.state().spans()).as("below one that has not ended").isEqualTo(1);
		take(buffer, span(3, 2, 1, OK));
		assertThat(this.dropped).isEqualTo(4);
		take(buffer, span(5, 4, 1, OK));
		assertThat(this.dropped).isEqualTo(5);
		String other = trace(2);
		take(buffer, span(other, 1, 0, false, 1, StatusData.error(), NONE), span(other, 3, 2, false, 1, OK, NONE),
				span(other, 2, 1, false, 1, OK, NONE));
		assertThat(keptIds()).containsExactly(1, 3, 2);
		assertThat(buffer.state().spans()).isZero();
	}

	@Test
	void shouldDecideEachRootOfATraceUnlessOneWasKept() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(11, 10, 1, StatusData.error()), span(2, 1, 1, OK), span(1, 0, 1, OK));
		assertThat(this.dropped).isEqualTo(2);
		take(buffer, span(TRACE, 10, 2, true, 1, OK, NONE));
		assertThat(keptIds()).containsExactlyInAnyOrder(10, 11);
		take(buffer, span(3, 2, 1, OK));
		assertThat(this.dropped).as("below a root that was dropped").isEqualTo(3);
		take(buffer, span(21, 20, 1, OK), span(TRACE, 20, 2, true, 1, OK, NONE));
		assertThat(keptIds()).containsExactlyInAnyOrder(10, 11, 20, 21);
		assertThat(reasons()).containsExactly("error", "error");
	}

	@Test
	void shouldDecideTheOldestWhenABoundIsReached() {
		TailBuffer spans = new TailBuffer(properties(0, 3, 1000, 10_000_000, List.of()), () -> this.now,
				this.failures::add);
		take(spans, span(trace(1), 2, 1, false, 1, StatusData.error(), NONE), span(trace(1), 3, 1, false, 1, OK, NONE),
				span(trace(2), 2, 1, false, 1, OK, NONE), span(trace(3), 2, 1, false, 1, OK, NONE));
		assertThat(keptIds()).containsExactly(2, 3);
		assertThat(spans.state().evicted()).containsEntry(TailBuffer.Bound.SPANS, 1L);
		take(spans, span(trace(1), 1, 0, false, 1, OK, NONE));
		assertThat(reasons()).as("of the root that ends later").containsExactly("error");
		TailBuffer traces = new TailBuffer(properties(0, 1000, 1, 10_000_000, List.of()), () -> this.now,
				this.failures::add);
		take(traces, span(trace(1), 2, 1, false, 1, OK, NONE), span(trace(2), 2, 1, false, 1, OK, NONE));
		assertThat(traces.state().evicted()).containsEntry(TailBuffer.Bound.TRACES, 1L);
		this.now += Duration.ofSeconds(59).toNanos();
		this.dropped += traces.decideDue(this.kept);
		assertThat(traces.state().traces()).isEqualTo(1);
		this.now += Duration.ofSeconds(1).toNanos();
		this.dropped += traces.decideDue(this.kept);
		assertThat(traces.state().traces()).isZero();
		assertThat(traces.state().evicted()).containsEntry(TailBuffer.Bound.WAIT, 1L);
	}

	@Test
	void shouldDecideAloneWhatIsLargerThanAllThatMayBeHeld() {
		TailBuffer buffer = new TailBuffer(properties(0, 1000, 1000, 65_536, List.of()), () -> this.now,
				this.failures::add);
		Attributes large = Attributes.of(AttributeKey.stringKey("text"), "x".repeat(70_000));
		take(buffer, span(TRACE, 2, 1, false, 1, OK, large));
		assertThat(this.dropped).isEqualTo(1);
		assertThat(buffer.state().evicted()).containsEntry(TailBuffer.Bound.BYTES, 1L);
		take(buffer, span(trace(2), 2, 1, false, 1, OK, NONE), span(trace(3), 2, 1, false, 1, OK, large));
		assertThat(buffer.state().spans()).as("of others").isEqualTo(1);
		assertThat(buffer.state().evicted()).containsEntry(TailBuffer.Bound.BYTES, 2L);
	}

	@Test
	void shouldForgetDecisions() {
		TailBuffer buffer = buffer(0);
		for (int i = 0; i < 5_000; i++) {
			take(buffer, span(trace(i), 1, 0, false, 1, OK, NONE));
		}
		assertThat(buffer.state().remembered()).isEqualTo(2_000);
		this.now += Duration.ofMinutes(11).toNanos();
		this.dropped += buffer.decideDue(this.kept);
		assertThat(buffer.state().remembered()).isZero();
	}

	@Test
	void shouldRememberTheLatestSpansOfATraceThatNeverEnds() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(trace(7), 1, 0, false, 1, OK, NONE),
				span(trace(8), 1, 0, false, 1, StatusData.error(), NONE));
		for (int i = 1; i <= 200_000; i++) {
			take(buffer, span(TRACE, i, 0, false, 1, OK, NONE));
		}
		assertThat(buffer.state().remembered()).isEqualTo(3);
		int before = this.dropped;
		take(buffer, span(TRACE, 300_001, 200_000, false, 1, OK, NONE),
				span(TRACE, 300_002, 200_000 - 4_000, false, 1, OK, NONE), span(trace(7), 2, 1, false, 1, OK, NONE));
		assertThat(this.dropped - before).isEqualTo(3);
		take(buffer, span(TRACE, 300_003, 1, false, 1, OK, NONE));
		assertThat(buffer.state().spans()).as("below one that is forgotten").isEqualTo(1);
		take(buffer, span(trace(8), 2, 1, false, 1, OK, NONE));
		assertThat(this.kept).hasSize(2);
	}

	@Test
	void shouldForgetSpansOfTheLargestTracesOnly() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(trace(100), 1, 0, false, 1, StatusData.error(), NONE),
				span(trace(101), 1, 0, false, 1, OK, NONE));
		for (int i = 1; i <= 4_000; i++) {
			for (int trace = 1; trace <= 20; trace++) {
				take(buffer, span(trace(trace), i, 0, false, 1, OK, NONE));
			}
		}
		assertThat(buffer.state().remembered()).isEqualTo(22);
		int before = this.dropped;
		take(buffer, span(trace(101), 2, 1, false, 1, OK, NONE));
		for (int trace = 1; trace <= 20; trace++) {
			take(buffer, span(trace(trace), 5_000, 3_900, false, 1, OK, NONE));
		}
		assertThat(this.dropped - before).isEqualTo(21);
		take(buffer, span(trace(100), 2, 1, false, 1, OK, NONE));
		assertThat(this.kept).hasSize(2);
	}

	@Test
	void shouldRememberWhatIsUsed() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(TRACE, 1, 0, false, 1, StatusData.error(), NONE));
		for (int i = 2; i < 20; i++) {
			this.now += Duration.ofMinutes(5).toNanos();
			this.dropped += buffer.decideDue(this.kept);
			take(buffer, span(TRACE, i, 1, false, 1, OK, NONE));
			assertThat(this.kept).hasSize(i);
		}
	}

	@Test
	void shouldKeepWhatIsSurelySlowBeforeItsRootEnds() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(3, 2, 1, OK));
		this.now += Duration.ofSeconds(60).toNanos();
		this.dropped += buffer.decideDue(this.kept);
		assertThat(keptIds()).containsExactly(3);
		assertThat(buffer.state().kept()).containsEntry("slow", 1L);
		take(buffer, span(4, 2, 1, OK), span(2, 1, 1, OK), span(1, 0, 1, OK));
		assertThat(keptIds()).containsExactly(3, 4, 2, 1);
		assertThat(reasons()).containsExactly("slow");
	}

	@Test
	void shouldKeepALateErrorAndWhatIsBelowIt() {
		TailBuffer buffer = buffer(0);
		take(buffer, span(1, 0, 1, OK), span(3, 2, 1, OK), span(2, 1, 1, StatusData.error()));
		assertThat(this.dropped).isEqualTo(1);
		assertThat(keptIds()).containsExactly(2, 3);
		assertThat(buffer.state().kept()).containsEntry("error", 1L);
		TailBuffer without = new TailBuffer(new TailProperties(true, 0, false, null, null, null, List.of(),
				Duration.ofSeconds(60), 100, 100, DataSize.ofMegabytes(1), 100), () -> this.now, this.failures::add);
		take(without, span(1, 0, 1, OK), span(2, 1, 1, StatusData.error()));
		assertThat(this.dropped).isEqualTo(3);
	}

	@Test
	void shouldGoOnWhateverItTakes() {
		TailBuffer buffer = new TailBuffer(properties(0, 1000, 1000, 10_000_000, List.of()), () -> this.now,
				(failure) -> {
					this.failures.add(failure);
					throw new IllegalStateException("closed");
				});
		SpanData broken = new DelegatingSpanData(span(5, 4, 1, OK)) {
			@Override
			public SpanContext getParentSpanContext() {
				throw new IllegalStateException("broken");
			}
		};
		SpanData brokenRoot = new DelegatingSpanData(span(trace(2), 1, 0, false, 2_000, OK, NONE)) {
			@Override
			public Attributes getAttributes() {
				throw new IllegalStateException("broken");
			}
		};
		take(buffer, span(2, 1, 1, StatusData.error()), broken, span(1, 0, 1, OK),
				span(trace(2), 2, 1, false, 1, OK, NONE), brokenRoot, span(trace(3), 1, 0, false, 1, OK, NONE));
		assertThat(this.kept).hasSize(5).contains(broken, brokenRoot);
		assertThat(this.dropped).isEqualTo(1);
		assertThat(this.failures).hasSize(2).allSatisfy((failure) -> assertThat(failure).hasMessage("broken"));
	}

	@Test
	@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void shouldMatchPatternsWithoutTryingAgain() {
		assertThat(List.of("a*", "*c", "a*c", "*b*", "abc", "*", "a**c", "*a*b*c*", "ab*c"))
			.allMatch((pattern) -> Glob.matches(pattern, "abc"));
		assertThat(List.of("", "ab", "b*", "*b", "abc*c", "a*bc*c", "abcd", "*b*b*", "*c*b*", "ab*bc"))
			.noneMatch((pattern) -> Glob.matches(pattern, "abc"));
		assertThat(Glob.matches("*", "")).isTrue();
		assertThat(Glob.matches("*a".repeat(30) + "b*", "a".repeat(100_000))).isFalse();
	}

	@Test
	void shouldDecideEachRootAsAWholeWhateverTheOrder() {
		for (int seed = 0; seed < 5; seed++) {
			wholeOrNothing(seed);
		}
	}

	private void wholeOrNothing(int seed) {
		this.kept.clear();
		this.dropped = 0;
		TailBuffer buffer = new TailBuffer(new TailProperties(true, 0.1, true, Duration.ofSeconds(1), null, null,
				List.of(), Duration.ofHours(1), 1_000_000, 1_000_000, DataSize.ofGigabytes(4), 1_000_000),
				() -> this.now, this.failures::add);
		List<Planned> planned = interleaved(new Random(seed), 10_000);
		Map<String, Boolean> mustBeKept = new HashMap<>();
		Set<String> ended = new HashSet<>();
		Set<String> mayComeApart = new HashSet<>();
		for (Planned each : planned) {
			take(buffer, each.span());
			if (each.root() != each.id() && each.span().getStatus().equals(StatusData.error())) {
				// An error that ends late is kept of a part that was dropped.
				mayComeApart.add(each.part());
			}
			if (each.root() == each.id() && each.span().getStatus().equals(StatusData.error())) {
				mustBeKept.put(each.part(), true);
			}
			ended.add(each.key());
			assertThat(this.kept.size() + this.dropped + buffer.state().spans()).isEqualTo(ended.size());
		}
		this.dropped += buffer.decideAll(this.kept);
		assertThat(this.kept.size() + this.dropped).isEqualTo(planned.size());
		Set<String> keptKeys = this.kept.stream().map(TailBufferTests::key).collect(Collectors.toSet());
		assertThat(keptKeys).hasSameSizeAs(this.kept);
		Map<String, Set<Boolean>> verdicts = new HashMap<>();
		planned.forEach((each) -> verdicts.computeIfAbsent(each.part(), (part) -> new HashSet<>())
			.add(keptKeys.contains(each.key())));
		assertThat(verdicts).allSatisfy((part, verdict) -> {
			if (!mayComeApart.contains(part)) {
				assertThat(verdict).hasSize(1);
			}
		});
		assertThat(mustBeKept).isNotEmpty();
		mustBeKept.keySet().forEach((part) -> assertThat(verdicts.get(part)).containsExactly(true));
		assertThat(verdicts.values()).contains(Set.of(true)).contains(Set.of(false));
		assertThat(this.failures).isEmpty();
	}

	@Test
	void shouldNeverHoldMoreThanItMay() {
		TailBuffer buffer = new TailBuffer(properties(0.1, 300, 100, 100_000, List.of()), () -> this.now,
				this.failures::add);
		List<Planned> planned = interleaved(new Random(7), 10_000);
		int ended = 0;
		for (Planned each : planned) {
			this.now += 1_000_000;
			take(buffer, each.span());
			this.dropped += buffer.decideDue(this.kept);
			ended++;
			TailBuffer.State state = buffer.state();
			assertThat(state.spans()).isLessThanOrEqualTo(300);
			assertThat(state.traces()).isLessThanOrEqualTo(100);
			assertThat(state.bytes()).isLessThanOrEqualTo(100_000);
			assertThat(state.remembered()).isLessThanOrEqualTo(2_000);
			assertThat(this.kept.size() + this.dropped + state.spans()).isEqualTo(ended);
		}
		assertThat(buffer.state().evicted().values()).anyMatch((count) -> count > 0);
	}

	@Test
	void shouldNeverTakeMoreMemoryThanItMayForTracesThatNeverEnd() {
		TailBuffer buffer = new TailBuffer(properties(0, 1_000_000, 1_000_000, 1_000_000, List.of()), () -> this.now,
				this.failures::add);
		Attributes text = Attributes.of(AttributeKey.stringKey("text"), "x".repeat(1_000));
		for (int i = 0; i < 100_000; i++) {
			take(buffer, span(trace(i), 2, 1, false, 1, OK, text));
			assertThat(buffer.state().bytes()).isLessThanOrEqualTo(1_000_000);
		}
		assertThat(buffer.state().remembered()).isEqualTo(2_000);
	}

	/**
	 * The spans of traces in the order in which they end: up to 200 traces at once, each
	 * a tree of up to 12 spans in any order, some with a second local root.
	 */
	private static List<Planned> interleaved(Random random, int traces) {
		List<List<Planned>> open = new ArrayList<>();
		List<Planned> all = new ArrayList<>();
		int begun = 0;
		while (begun < traces || !open.isEmpty()) {
			if (begun < traces && open.size() < 200) {
				open.add(tree(random, random.nextLong() | 1));
				begun++;
				continue;
			}
			int index = random.nextInt(open.size());
			List<Planned> trace = open.get(index);
			all.add(trace.remove(trace.size() - 1));
			if (trace.isEmpty()) {
				open.remove(index);
			}
		}
		return all;
	}

	private static List<Planned> tree(Random random, long trace) {
		String id = String.format("%016x%016x", trace, random.nextLong());
		List<Planned> spans = new ArrayList<>();
		int size = 1 + random.nextInt(12);
		int[] roots = new int[size + 1];
		for (int i = 1; i <= size; i++) {
			int parent = (i == 1) ? 0 : 1 + random.nextInt(i - 1);
			boolean remote = parent != 0 && random.nextInt(8) == 0;
			roots[i] = (parent == 0 || remote) ? i : roots[parent];
			spans.add(new Planned(
					span(id, i, parent, remote, 1, (random.nextInt(50) == 0) ? StatusData.error() : OK, NONE), i,
					roots[i]));
		}
		Collections.shuffle(spans, random);
		return spans;
	}

	private static String key(SpanData span) {
		return span.getTraceId() + span.getSpanId();
	}

	private void take(TailBuffer buffer, SpanData... spans) {
		this.dropped += buffer.take(List.of(spans), this.kept);
	}

	private List<Integer> keptIds() {
		return this.kept.stream().map((span) -> Integer.parseInt(span.getSpanId(), 16)).toList();
	}

	private List<String> reasons() {
		return this.kept.stream()
			.map((span) -> span.getAttributes().get(KosmosAttributes.SAMPLING_REASON))
			.filter((reason) -> reason != null)
			.toList();
	}

	private TailBuffer buffer(double probability) {
		return new TailBuffer(properties(probability, 100_000, 20_000, 100_000_000, List.of()), () -> this.now,
				this.failures::add);
	}

	private static TailProperties properties(double probability, int spans, int traces, long bytes, List<Rule> rules) {
		return new TailProperties(true, probability, true, Duration.ofSeconds(1), 1.0, 1000L, rules,
				Duration.ofSeconds(60), spans, traces, DataSize.ofBytes(bytes), 2_000);
	}

	private static String trace(long number) {
		return String.format("%016x%016x", 1, number + 1);
	}

	private static SpanData call(int id, int parent, double cost, long tokens) {
		return call(TRACE, id, parent, cost, tokens);
	}

	private static SpanData call(String trace, int id, int parent, double cost, long tokens) {
		return span(trace, id, parent, false, 1, OK, Attributes.of(KosmosAttributes.LLM_COST, cost,
				KosmosAttributes.LLM_COST_CURRENCY, "USD", KosmosAttributes.LLM_TOTAL_TOKENS, tokens));
	}

	private static SpanData span(int id, int parent, long millis, StatusData status) {
		return span(TRACE, id, parent, false, millis, status, NONE);
	}

	private static SpanData span(String trace, int id, int parent, boolean remote, long millis, StatusData status,
			Attributes attributes) {
		return TestSpanData.builder()
			.setName("span " + id)
			.setKind(SpanKind.INTERNAL)
			.setSpanContext(context(trace, id, false))
			.setParentSpanContext((parent != 0) ? context(trace, parent, remote) : SpanContext.getInvalid())
			.setStatus(status)
			.setStartEpochNanos(1_000_000_000)
			.setEndEpochNanos(1_000_000_000 + millis * 1_000_000)
			.setHasEnded(true)
			.setAttributes(attributes)
			.build();
	}

	private static SpanContext context(String trace, int id, boolean remote) {
		String span = String.format("%016x", id);
		return remote
				? SpanContext.createFromRemoteParent(trace, span, TraceFlags.getSampled(), TraceState.getDefault())
				: SpanContext.create(trace, span, TraceFlags.getSampled(), TraceState.getDefault());
	}

	/**
	 * A span that will end, and the local root above it.
	 */
	private record Planned(SpanData span, int id, int root) {

		String key() {
			return TailBufferTests.key(this.span);
		}

		String part() {
			return this.span.getTraceId() + " " + this.root;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

	}

}
