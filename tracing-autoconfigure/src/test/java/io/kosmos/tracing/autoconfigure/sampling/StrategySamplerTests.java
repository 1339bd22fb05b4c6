package io.kosmos.tracing.autoconfigure.sampling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StrategySamplerTests {

	private static final int DECISIONS = 1_000_000;

	private static final long SECOND = 1_000_000_000;

	private final SplittableRandom random = new SplittableRandom(2026);

	private final AtomicLong now = new AtomicLong(-42);

	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.05, 0.5, 0.9, 1 })
	void shouldSampleTheShareOfEachOperationAndOfTheRest(double probability) {
		Sampler sampler = sampler(new ServiceStrategies(Strategy.probabilistic(1 - probability),
				Map.of("op", Strategy.probabilistic(probability))), null);
		int named = 0;
		int rest = 0;
		for (int i = 0; i < DECISIONS; i++) {
			named += isSampled(decide(sampler, "op")) ? 1 : 0;
			rest += isSampled(decide(sampler, "other" + i)) ? 1 : 0;
		}
		assertThat(named / (double) DECISIONS).isEqualTo(probability, within(0.01 * probability));
		assertThat(rest / (double) DECISIONS).isEqualTo(1 - probability, within(0.01 * (1 - probability)));
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.1, 1, 2.5, 100 })
	void shouldLimitTheRateToOneTokenAlsoBesideOperations(double perSecond) {
		Sampler sampler = sampler(
				new ServiceStrategies(Strategy.rateLimiting(perSecond),
						Map.of("all", Strategy.probabilistic(1), "limited", Strategy.rateLimiting(2 * perSecond))),
				null);
		int seconds = 1000;
		int rest = 0;
		int limited = 0;
		for (int i = 0; i < DECISIONS; i++) {
			this.now.set(-42 + i * (seconds * SECOND / DECISIONS));
			rest += isSampled(decide(sampler, "other" + i % 7)) ? 1 : 0;
			limited += isSampled(decide(sampler, "limited")) ? 1 : 0;
			if (i % 100 == 0) {
				assertThat(isSampled(decide(sampler, "all"))).isTrue();
			}
		}
		assertThat((double) rest).isEqualTo(expected(perSecond, seconds), within(1.0));
		assertThat((double) limited).isEqualTo(expected(2 * perSecond, seconds), within(1.0));
	}

	private static double expected(double perSecond, int seconds) {
		return (perSecond > 0) ? Math.max(perSecond, 1) + perSecond * seconds : 0;
	}

	@Test
	void shouldSampleEachOperationAtLeastAtItsLowerBoundAndNoneForIt() {
		double share = 0.1;
		Sampler sampler = sampler(new ServiceStrategies(new Strategy(Strategy.Type.PROBABILISTIC, 0, 0.5),
				Map.of("named", new Strategy(Strategy.Type.PROBABILISTIC, 0, 0.5), "busy",
						new Strategy(Strategy.Type.PROBABILISTIC, share, 0.5))),
				null);
		int seconds = 1000;
		int named = 0;
		int other = 0;
		int chosen = 0;
		int onTop = 0;
		for (int i = 0; i < DECISIONS; i++) {
			this.now.set(-42 + i * (seconds * SECOND / DECISIONS));
			named += isSampled(decide(sampler, "named")) ? 1 : 0;
			other += isSampled(decide(sampler, "other")) ? 1 : 0;
			SamplingResult busy = decide(sampler, "busy");
			chosen += "probabilistic".equals(type(busy)) ? 1 : 0;
			onTop += "lowerbound".equals(type(busy)) ? 1 : 0;
		}
		assertThat((double) named).isEqualTo(expected(0.5, seconds), within(1.0));
		assertThat((double) other).isEqualTo(expected(0.5, seconds), within(1.0));
		assertThat((double) chosen).isEqualTo(share * DECISIONS, within(0.01 * share * DECISIONS));
		assertThat(onTop).isLessThan(named);
	}

	@Test
	void shouldSayWhatDecided() {
		Sampler sampler = sampler(new ServiceStrategies(Strategy.rateLimiting(3),
				Map.of("share", Strategy.probabilistic(1), "bound", new Strategy(Strategy.Type.PROBABILISTIC, 0, 2))),
				null);
		assertThat(decide(sampler, "share").getAttributes()).isEqualTo(tags("probabilistic", 1));
		assertThat(decide(sampler, "other").getAttributes()).isEqualTo(tags("ratelimiting", 3));
		assertThat(decide(sampler, "bound").getAttributes()).isEqualTo(tags("lowerbound", 0));
		assertThat(decide(sampler, "bound").getDecision()).isEqualTo(SamplingDecision.RECORD_AND_SAMPLE);
		assertThat(decide(sampler, "bound").getDecision()).isEqualTo(SamplingDecision.DROP);
		assertThat(decide(sampler, "bound").getAttributes()).isEqualTo(Attributes.empty());
	}

	@Test
	void shouldKnowAnOperationOfHttpByMethodAndPath() {
		Sampler sampler = sampler(new ServiceStrategies(Strategy.probabilistic(0),
				Map.of("http get /orders/{id}", Strategy.probabilistic(1), "http get", Strategy.rateLimiting(1))),
				null);
		Attributes orders = request("GET", "/orders/17");
		assertThat(type(decide(sampler, "http get", SpanKind.SERVER, orders))).isEqualTo("probabilistic");
		assertThat(type(decide(sampler, "http get", SpanKind.SERVER, request("GET", "/")))).isEqualTo("ratelimiting");
		assertThat(isSampled(decide(sampler, "http put", SpanKind.SERVER, request("PUT", "/orders/17")))).isFalse();
		assertThat(isSampled(decide(sampler, "http get", SpanKind.CLIENT, orders))).isFalse();
		assertThat(type(decide(sampler, "http get /orders/{id}"))).isEqualTo("probabilistic");
	}

	@Test
	void shouldGoOnWithWhatWasLetThroughWhereTheRateIsTheSame() {
		Strategy bounded = new Strategy(Strategy.Type.PROBABILISTIC, 0, 1);
		Map<String, Strategy> operations = Map.of("same", Strategy.rateLimiting(1), "other", Strategy.rateLimiting(1),
				"bound", bounded);
		StrategySampler before = sampler(new ServiceStrategies(bounded, operations), null);
		for (String operation : new String[] { "same", "other", "bound", "unknown" }) {
			assertThat(isSampled(decide(before, operation))).as(operation).isTrue();
		}
		StrategySampler after = sampler(new ServiceStrategies(bounded, Map.of("same", Strategy.rateLimiting(1), "other",
				Strategy.rateLimiting(2), "unknown", new Strategy(Strategy.Type.PROBABILISTIC, 0, 1))), before);
		assertThat(isSampled(decide(after, "same"))).isFalse();
		assertThat(isSampled(decide(after, "other"))).isTrue();
		assertThat(isSampled(decide(after, "bound"))).isFalse();
		assertThat(isSampled(decide(after, "unknown"))).isFalse();
		assertThat(isSampled(decide(after, "new"))).isTrue();
	}

	@Test
	void shouldKeepABoundedNumberOfUnknownOperationsApart() {
		Sampler sampler = sampler(new ServiceStrategies(new Strategy(Strategy.Type.PROBABILISTIC, 0, 1), Map.of()),
				null);
		int sampled = 0;
		for (int i = 0; i < 10 * StrategySampler.MAX_OTHERS; i++) {
			sampled += isSampled(decide(sampler, "operation" + i)) ? 1 : 0;
		}
		assertThat(sampled).isEqualTo(StrategySampler.MAX_OTHERS);
	}

	@Test
	void shouldNotKeepApartWhatHasAStrategyNowOrIsNoNameOfASpan() {
		Strategy bounded = new Strategy(Strategy.Type.PROBABILISTIC, 0, 1);
		Map<String, Strategy> paths = new HashMap<>();
		for (int i = 0; i < 2 * StrategySampler.MAX_OTHERS; i++) {
			paths.put("http get /orders/" + i, bounded);
		}
		StrategySampler sampler = sampler(new ServiceStrategies(bounded, paths), null);
		Map<String, Strategy> named = new HashMap<>();
		for (int i = 0; i < StrategySampler.MAX_OTHERS; i++) {
			decide(sampler, "operation" + i);
			named.put("operation" + i, bounded);
		}
		sampler = sampler(new ServiceStrategies(bounded, named), sampler);
		int sampled = 0;
		for (int i = 0; i < 10 * StrategySampler.MAX_OTHERS; i++) {
			sampled += isSampled(decide(sampler, "new" + i)) ? 1 : 0;
		}
		assertThat(sampled).isEqualTo(StrategySampler.MAX_OTHERS);
	}

	private StrategySampler sampler(ServiceStrategies strategies, StrategySampler before) {
		return new StrategySampler(strategies, before, this.now::get);
	}

	private SamplingResult decide(Sampler sampler, String name) {
		return decide(sampler, name, SpanKind.INTERNAL, Attributes.empty());
	}

	private SamplingResult decide(Sampler sampler, String name, SpanKind kind, Attributes attributes) {
		String traceId = TraceId.fromLongs(this.random.nextLong(), this.random.nextLong());
		return sampler.shouldSample(Context.root(), traceId, name, kind, attributes, List.of());
	}

	private static boolean isSampled(SamplingResult result) {
		return result.getDecision() == SamplingDecision.RECORD_AND_SAMPLE;
	}

	private static String type(SamplingResult result) {
		return result.getAttributes().get(AttributeKey.stringKey("sampler.type"));
	}

	private static Attributes tags(String type, double param) {
		return Attributes.of(AttributeKey.stringKey("sampler.type"), type, AttributeKey.doubleKey("sampler.param"),
				param);
	}

	private static Attributes request(String method, String path) {
		return Attributes.of(AttributeKey.stringKey("http.request.method"), method, AttributeKey.stringKey("url.path"),
				path);
	}

}
