package io.kosmos.tracing.autoconfigure.sampling;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Base;
import io.kosmos.tracing.autoconfigure.sampling.SwitchableSampler.Fallback;
import io.kosmos.tracing.autoconfigure.sampling.SwitchableSampler.Sources;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SwitchableSamplerTests {

	private static final int DECISIONS = 1_000_000;

	private static final String SPAN_ID = "b7ad6b7169203331";

	private final Random random = new Random(17);

	private final AtomicLong now = new AtomicLong();

	private final List<Throwable> failures = new ArrayList<>();

	private final List<ScriptedSource> sources = new ArrayList<>();

	@ParameterizedTest
	@CsvSource({ "sampler=always, 1.0", "sampler=never, 0.0", "probability=0.0, 0.0", "probability=0.01, 0.01",
			"probability=0.5, 0.5", "probability=0.9, 0.9", "probability=1.0, 1.0" })
	void shouldSampleTheShare(String property, double share) {
		Sampler sampler = sampler(property);
		long sampled = count(DECISIONS, () -> root(sampler));
		if (share == 0 || share == 1) {
			assertThat(sampled).isEqualTo((long) (share * DECISIONS));
		}
		assertThat(sampled).isCloseTo((long) (share * DECISIONS), within(share));
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.1, 1, 42, 777.7 })
	void shouldSampleTheRateWithinOneTrace(double rate) {
		Sampler sampler = sampler("rate-limit=" + rate);
		// A bucket of one token spills what a longer pause brings beyond it.
		double step = TimeUnit.SECONDS.toNanos(1) / rate / ((rate < 2) ? 10_000 : 3);
		double burst = Math.max(1, rate);
		long start = this.now.get();
		long sampled = count((int) burst + 1, () -> root(sampler));
		assertThat(sampled).isEqualTo((long) burst);
		sampled += count(DECISIONS, () -> {
			this.now.addAndGet((long) (this.random.nextDouble() * 2 * step));
			return root(sampler);
		});
		double allowed = (this.now.get() - start) * rate / 1e9 + burst;
		assertThat(sampled).isBetween((long) allowed - 1, (long) (allowed + 1e-6));
	}

	@Test
	void shouldLetPassWhatPassesBoth() {
		SwitchableSampler sampler = sampler("probability=0.5", "rate-limit=100");
		long sampled = count(DECISIONS, () -> {
			this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
			return root(sampler);
		});
		assertThat(sampled).isBetween(99_900L, 100_100L);
		SwitchableSampler wide = sampler("probability=0.5", "rate-limit=1000000");
		assertThat(count(DECISIONS, () -> {
			this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
			return root(wide);
		})).isCloseTo(DECISIONS / 2, Percentage.withPercentage(1));
		assertThat(decisions(sampler, "dropped").get("probability")).isCloseTo(DECISIONS / 2L,
				Percentage.withPercentage(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sampler=never", "probability=0.3", "rate-limit=1", "sampler=always", "sampler=remote" })
	void shouldFollowEveryParentAndSpendNothingOnIt(String property) {
		SwitchableSampler sampler = sampler(property);
		for (int i = 0; i < DECISIONS; i++) {
			boolean sampled = this.random.nextBoolean();
			assertThat(decide(sampler, parent(traceId(), sampled, this.random.nextBoolean()))).isEqualTo(sampled);
		}
		if (property.startsWith("rate-limit")) {
			assertThat(root(sampler)).isTrue();
			assertThat(root(sampler)).isFalse();
		}
	}

	@Test
	void shouldDecideAboutEachSpanWhenNotParentBased() {
		SwitchableSampler sampler = sampler("sampler=never", "parent-based=false");
		assertThat(decide(sampler, parent(traceId(), true, false))).isFalse();
		sampler.change("always");
		assertThat(decide(sampler, parent(traceId(), false, true))).isTrue();
		assertThat(sampler.getDescription()).doesNotContain("ParentBased");
	}

	@Test
	void shouldBoundWhatCallersForce() {
		SwitchableSampler sampler = sampler("sampler=never", "caller.rate-limit=50");
		long start = this.now.get();
		long sampled = count(DECISIONS, () -> {
			this.now.addAndGet(TimeUnit.MICROSECONDS.toNanos(100));
			return decide(sampler, parent(traceId(), true, true));
		});
		assertThat((double) sampled).isCloseTo((this.now.get() - start) * 50 / 1e9 + 50, Offset.offset(1.0));
		assertThat(decide(sampler, parent(traceId(), true, false))).isTrue();
		assertThat(sampler.state()).extracting("caller", InstanceOfAssertFactories.MAP)
			.containsEntry("decidedHere", DECISIONS - sampled);
	}

	@Test
	void shouldNotLetCallersForceOrEvadeByTheTraceId() {
		SwitchableSampler sampler = sampler("probability=0.1", "caller.sampled=decide", "caller.unsampled=decide");
		// By the trace id alone, the first would always be recorded and the other never.
		for (String end : List.of("0000000000000001", "ffffffffffffffff")) {
			for (boolean flag : new boolean[] { true, false }) {
				assertThat(count(DECISIONS / 4,
						() -> decide(sampler,
								parent(HexFormat.of().toHexDigits(this.random.nextLong() | 1) + end, flag, true))))
					.isCloseTo(DECISIONS / 40, Percentage.withPercentage(4));
			}
		}
	}

	@ParameterizedTest
	@EnumSource(value = SpanKind.class, names = "SERVER", mode = EnumSource.Mode.EXCLUDE)
	void shouldFollowWhoeverIsNoCaller(SpanKind kind) {
		SwitchableSampler sampler = sampler("probability=0.5", "caller.rate-limit=0", "caller.unsampled=decide");
		for (int i = 0; i < 1000; i++) {
			boolean sampled = this.random.nextBoolean();
			assertThat(decide(sampler, parent(traceId(), sampled, true), "work", kind, Attributes.empty()))
				.isEqualTo(sampled);
		}
	}

	@Test
	void shouldKeepTheLimitAndTheSecretOfCallersThroughChanges() {
		SwitchableSampler limited = sampler("sampler=never", "caller.rate-limit=5");
		assertThat(count(10, () -> decide(limited, parent(traceId(), true, true)))).isEqualTo(5);
		limited.change("probability=0");
		assertThat(count(10, () -> decide(limited, parent(traceId(), true, true)))).isZero();
		SwitchableSampler decided = sampler("probability=0.5", "caller.sampled=decide");
		List<Context> parents = IntStream.range(0, 1000).mapToObj((i) -> parent(traceId(), true, true)).toList();
		List<Boolean> before = parents.stream().map((parent) -> decide(decided, parent)).toList();
		decided.change("never");
		decided.change("probability=0.5");
		assertThat(parents.stream().map((parent) -> decide(decided, parent)).toList()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "remote", " remote ", "configured" })
	void shouldGoOnWithWhatDecidesWhenAChangeChangesNothing(String value) {
		SwitchableSampler sampler = sampler("sampler=remote");
		Object since = sampler.state().get("since");
		assertThat(sampler.change(value)).isEqualTo("remote");
		assertThat(this.sources).singleElement().extracting(ScriptedSource::closed).isEqualTo(false);
		assertThat(sampler.state()).containsEntry("since", since);
	}

	@Test
	void shouldNotRefillALimitThatStaysTheSame() {
		SwitchableSampler sampler = sampler("rate-limit=2", "rules[0].name=a", "rules[0].route=/a",
				"rules[0].rate-limit=1");
		assertThat(count(10, () -> root(sampler))).isEqualTo(2);
		sampler.change("rate-limit=2.0");
		assertThat(root(sampler)).isFalse();
		assertThat(decide(sampler, Context.root(), "http get", SpanKind.SERVER, path("/a"))).isTrue();
		sampler.changeRule("a configured");
		assertThat(decide(sampler, Context.root(), "http get", SpanKind.SERVER, path("/a"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void shouldFollowParentsOrNotThroughAllChanges(boolean parentBased) {
		SwitchableSampler sampler = sampler(new Fallback(Base.ALWAYS, Rates.NONE, parentBased));
		for (String value : List.of("probability=0.5", "remote", "never", "rate-limit=1", "configured", "always")) {
			sampler.change(value);
			assertThat(sampler.getDescription().startsWith("ParentBased")).isEqualTo(parentBased);
			assertThat(sampler.change(value)).isEqualTo(sampler.written());
		}
	}

	@Test
	void shouldLetJaegerDecideWhenItsEndpointIsSet() {
		assertThat(sampler("remote.endpoint=http://jaeger:5779").written()).isEqualTo("remote");
	}

	@Test
	void shouldDecideAlikeAboutOneTraceOfACaller() {
		SwitchableSampler sampler = sampler("probability=0.5", "caller.sampled=decide");
		for (int i = 0; i < 1000; i++) {
			Context parent = parent(traceId(), true, true);
			assertThat(decide(sampler, parent)).isEqualTo(decide(sampler, parent));
		}
	}

	@Test
	void shouldLetTheFirstRuleThatMatchesDecide() {
		SwitchableSampler sampler = sampler("sampler=never", "rules[0].name=health", "rules[0].route=/health/**",
				"rules[0].probability=0", "rules[1].name=all get", "rules[1].span-name=http get",
				"rules[1].kind=server", "rules[1].probability=1", "rules[2].tenant=acme-*", "rules[2].probability=0.5",
				"rules[3].agent=zeus", "rules[3].rate-limit=2", "rules[4].attributes.http.request.method=POST",
				"rules[4].attributes.[retry]=3", "rules[4].probability=1", "rules[5].service=order*",
				"rules[5].kind=consumer", "rules[5].probability=1", "rules[6].service=payments", "rules[6].span-name=*",
				"rules[6].probability=1");
		Context root = Context.root();
		Attributes post = Attributes.builder().put("http.request.method", "POST").put("retry", 3).build();
		assertThat(decide(sampler, root, "http get", SpanKind.SERVER, path("/health/live"))).isFalse();
		assertThat(decide(sampler, root, "http get", SpanKind.SERVER, path("/orders/1"))).isTrue();
		assertThat(decide(sampler, root, "http get", SpanKind.CLIENT, path("/orders/1"))).isFalse();
		assertThat(decide(sampler, root, "x", SpanKind.INTERNAL, post)).isTrue();
		assertThat(decide(sampler, root, "x", SpanKind.INTERNAL, path("/x"))).isFalse();
		assertThat(decide(sampler, root, "x", SpanKind.CONSUMER, Attributes.empty())).isTrue();
		Context acme = new RequestIds("acme-north", null, null, null).storeInContext(root);
		assertThat(count(10_000, () -> decide(sampler, acme))).isCloseTo(5000, Percentage.withPercentage(5));
		assertThat(decide(sampler, new RequestIds("other", null, null, null).storeInContext(root))).isFalse();
		for (String key : List.of("kosmos.agent.name", "gen_ai.agent.name")) {
			assertThat(decide(sampler, root, "invoke_agent zeus", SpanKind.INTERNAL,
					Attributes.of(AttributeKey.stringKey(key), "zeus")))
				.isTrue();
		}
		assertThat(decide(sampler, root, "invoke_agent zeus", SpanKind.INTERNAL,
				Attributes.of(AttributeKey.stringKey("kosmos.agent.name"), "zeus")))
			.isFalse();
		assertThat(sampler.state()).extracting("rules", InstanceOfAssertFactories.list(Map.class))
			.extracting((rule) -> rule.get("name") + " " + rule.get("matched") + " " + rule.get("sampled"))
			.satisfies((rules) -> assertThat(rules.get(2)).asString().startsWith("rules[2] 10000 "))
			.contains("health 1 0", "all get 1 1", "rules[3] 3 2", "rules[4] 1 1", "rules[5] 1 1", "rules[6] 0 0");
	}

	@Test
	void shouldSampleTheShareAndTheRateOfRules() {
		SwitchableSampler sampler = sampler("sampler=never", "rules[0].route=/a", "rules[0].probability=0.2",
				"rules[1].route=/b", "rules[1].rate-limit=10");
		long[] sampled = new long[3];
		for (int i = 0; i < DECISIONS; i++) {
			this.now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
			int which = this.random.nextInt(3);
			if (decide(sampler, Context.root(), "http get", SpanKind.SERVER, path("/" + (char) ('a' + which)))) {
				sampled[which]++;
			}
		}
		assertThat(sampled[0]).isCloseTo(DECISIONS / 3 / 5, Percentage.withPercentage(1));
		assertThat(sampled[1]).isBetween(10_000L + 10 - 1, 10_000L + 10);
		assertThat(sampled[2]).isZero();
	}

	@Test
	void shouldChangeWhileItRuns() {
		SwitchableSampler sampler = sampler("probability=0.5", "strategies.file=classpath:any.json",
				"sampler=probability");
		assertThat(sampler.change("never")).isEqualTo("probability=0.5");
		assertThat(root(sampler)).isFalse();
		assertThat(sampler.change(" always ")).isEqualTo("never");
		assertThat(root(sampler)).isTrue();
		sampler.change("rate-limit=2");
		assertThat(count(10, () -> root(sampler))).isEqualTo(2);
		sampler.change("probability=0.25, rate-limit=1e3");
		assertThat(sampler.written()).isEqualTo("probability=0.25,rate-limit=1000.0");
		assertThat(this.sources).isEmpty();
		sampler.change("strategies");
		assertThat(this.sources).singleElement().extracting(ScriptedSource::closed).isEqualTo(false);
		assertThat(sampler.state()).containsEntry("source", Map.of("kind", "strategies"));
		sampler.change("remote");
		assertThat(this.sources).extracting(ScriptedSource::closed).containsExactly(true, false);
		assertThat(sampler.change("configured")).isEqualTo("remote");
		assertThat(this.sources).extracting(ScriptedSource::closed).containsExactly(true, true);
		assertThat(sampler.written()).isEqualTo("probability=0.5");
		assertThat(sampler.state()).containsEntry("configured", "probability=0.5").doesNotContainKey("source");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sometimes", "probability", "probability=", "probability=1.1", "probability=-0.1",
			"probability=NaN", "rate-limit=-1", "rate-limit=Infinity", "rate-limit=NaN", "probability=1,probability=1",
			"probability=1,,rate-limit=1", "always,never", "strategies", "ALWAYS" })
	void shouldRefuseWhatIsNotAllowed(String value) {
		SwitchableSampler sampler = sampler("probability=1.0");
		assertThatIllegalArgumentException().isThrownBy(() -> sampler.change(value))
			.withMessageMatching("(?s)The value must be always, never, .*, not '.*'\\.|For strategies, .*");
		assertThat(sampler.written()).isEqualTo("probability=1.0");
	}

	@Test
	void shouldChangeARule() {
		SwitchableSampler sampler = sampler("sampler=never", "rules[0].name=all orders", "rules[0].route=/orders/**",
				"rules[0].probability=0");
		assertThat(orders(sampler)).isFalse();
		assertThat(sampler.changeRule("all orders probability=1"))
			.isEqualTo(Map.of("rule", "all orders", "was", "probability=0.0", "is", "probability=1.0"));
		assertThat(orders(sampler)).isTrue();
		sampler.changeRule("all orders rate-limit=1");
		assertThat(orders(sampler)).isTrue();
		assertThat(orders(sampler)).isFalse();
		assertThat(sampler.changeRule("all orders configured")).containsEntry("is", "probability=0.0");
		assertThatIllegalArgumentException().isThrownBy(() -> sampler.changeRule("orders probability=1"))
			.withMessageContaining("one of [all orders]");
		assertThatIllegalArgumentException().isThrownBy(() -> sampler.changeRule("all orders probability=2"))
			.withMessageContaining("After the name there must be configured, probability=P");
		assertThatIllegalArgumentException().isThrownBy(() -> sampler.changeRule(""));
	}

	@Test
	void shouldNeverThrowIntoTheCodeThatStartsASpan() {
		SwitchableSampler sampler = sampler("sampler=remote");
		this.sources.get(0).failure = new IllegalStateException("broken");
		assertThat(root(sampler)).isFalse();
		assertThat(this.failures).hasSize(1);
	}

	@Test
	void shouldCloseWhatLooksForChanges() {
		SwitchableSampler sampler = sampler("sampler=remote", "probability=0.5");
		assertThat(this.sources.get(0).initial).hasToString("TraceIdRatioBased{0.500000}");
		sampler.close();
		assertThat(this.sources).extracting(ScriptedSource::closed).containsExactly(true);
	}

	private boolean orders(Sampler sampler) {
		return decide(sampler, Context.root(), "http get", SpanKind.SERVER, path("/orders/7"));
	}

	private static Offset<Long> within(double share) {
		// One per cent; of so few that chance alone makes more of it, three deviations.
		double deviation = Math.sqrt(DECISIONS * share * (1 - share));
		return Offset.offset((long) Math.max(share * DECISIONS / 100, 3 * deviation));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Long> decisions(SwitchableSampler sampler, String what) {
		return ((Map<String, Map<String, Long>>) sampler.state().get("decisions")).get(what);
	}

	private SwitchableSampler sampler(String... properties) {
		return sampler(new Fallback(Base.ALWAYS, Rates.NONE, true), properties);
	}

	private SwitchableSampler sampler(Fallback fallback, String... properties) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		for (String property : properties) {
			int equals = property.indexOf('=');
			source.put("kosmos.tracing.sampling." + property.substring(0, equals), property.substring(equals + 1));
		}
		SamplingProperties bound = new Binder(source).bindOrCreate("kosmos.tracing.sampling",
				Bindable.of(SamplingProperties.class));
		return new SwitchableSampler(bound, fallback, "orders",
				new Sources(() -> source("strategies", null), (initial) -> source("remote", initial)),
				(site, failure) -> this.failures.add(failure), this.now::get);
	}

	private ScriptedSource source(String kind, Sampler initial) {
		ScriptedSource source = new ScriptedSource(kind, initial);
		this.sources.add(source);
		return source;
	}

	private static long count(int times, BooleanSupplier decision) {
		return IntStream.range(0, times).filter((i) -> decision.getAsBoolean()).count();
	}

	private boolean root(Sampler sampler) {
		return decide(sampler, Context.root());
	}

	private boolean decide(Sampler sampler, Context parent) {
		return decide(sampler, parent, "work", SpanKind.SERVER, Attributes.empty());
	}

	private boolean decide(Sampler sampler, Context parent, String name, SpanKind kind, Attributes attributes) {
		SpanContext caller = Span.fromContext(parent).getSpanContext();
		return sampler
			.shouldSample(parent, (caller.isValid()) ? caller.getTraceId() : traceId(), name, kind, attributes,
					List.of())
			.getDecision() == SamplingDecision.RECORD_AND_SAMPLE;
	}

	private String traceId() {
		return HexFormat.of().toHexDigits(this.random.nextLong()) + HexFormat.of().toHexDigits(this.random.nextLong());
	}

	private static Attributes path(String path) {
		return Attributes.of(AttributeKey.stringKey("url.path"), path);
	}

	private static Context parent(String traceId, boolean sampled, boolean remote) {
		TraceFlags flags = (sampled) ? TraceFlags.getSampled() : TraceFlags.getDefault();
		return Context.root()
			.with(Span
				.wrap((remote) ? SpanContext.createFromRemoteParent(traceId, SPAN_ID, flags, TraceState.getDefault())
						: SpanContext.create(traceId, SPAN_ID, flags, TraceState.getDefault())));
	}

	private static final class ScriptedSource implements StrategySource {

		private final String kind;

		private final Sampler initial;

		private RuntimeException failure;

		private boolean closed;

		ScriptedSource(String kind, Sampler initial) {
			this.kind = kind;
			this.initial = initial;
		}

		boolean closed() {
			return this.closed;
		}

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			if (this.failure != null) {
				throw this.failure;
			}
			return SamplingResult.recordAndSample();
		}

		@Override
		public Map<String, Object> state() {
			return Map.of("kind", this.kind);
		}

		@Override
		public String getDescription() {
			return this.kind;
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
