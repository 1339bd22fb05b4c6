package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageEntry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sets of headers from a random number generator with a seed. Their number is 100,000
 * unless the system property {@code kosmos.fuzz.rounds} says otherwise.
 */
class PropagationFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String SPAN = "b7ad6b7169203331";

	private static final String[][] HEADERS = { { "traceparent", "00-" + TRACE + "-" + SPAN + "-01" },
			{ "tracestate", "kosmos=agent:zeus,t@system=1,other=a b" },
			{ "baggage", "region=n%C3%B6rdlich;p=1;q,kosmos.tenant.id=acme , other=%0d%0a,e=" },
			{ "b3", TRACE + "-" + SPAN + "-1" }, { "X-B3-TraceId", TRACE }, { "X-B3-SpanId", SPAN },
			{ "X-B3-Sampled", "1" }, { "X-B3-Flags", "1" }, { "uber-trace-id", TRACE + ":" + SPAN + ":0:1" },
			{ "uberctx-region", "a%20b" }, { "x-legacy", "value" } };

	private static final String[] PIECES = { ",", ";", "=", "%", "%0a", "%zz", "%F0%9F%98%80", "%ff", "\"", "\\", " ",
			"\t", "\r\nFORGED", "\u0000", "\u0085", "\u2028", "\u00fc", "\ud83d", "\ud83d\ude00", "-", "00", "ff", ":",
			"a=1,", "@", "0".repeat(32), "region=", "kosmos.tenant.id=" };

	private static final Pattern HEADER_VALUE = Pattern.compile("[\\t -~]*");

	@Test
	void noHeadersThrowOrBreakALineOrGrowBeyondTheLimits() {
		BootTracing.runner()
			.withPropertyValues("kosmos.tracing.propagation.type=w3c,b3,b3-multi,jaeger",
					"kosmos.tracing.baggage.keys=region,other,kosmos.tenant.id,x-legacy",
					"kosmos.tracing.baggage.hosts=called", "management.tracing.baggage.remote-fields=x-legacy")
			.withBean(TracingFailures.class, () -> (site, failure) -> {
				throw new AssertionError(site, failure);
			}, (bean) -> bean.setPrimary(true))
			.run((context) -> {
				TextMapPropagator propagator = context.getBean(ContextPropagators.class).getTextMapPropagator();
				Random random = new Random(2026);
				int traces = 0;
				int entries = 0;
				for (int i = 0; i < ROUNDS; i++) {
					ManyHeaders headers = headers(random);
					try {
						Context extracted = propagator.extract(Context.root(), headers, ManyHeaders.GETTER);
						check(extracted);
						checkSent(propagator, extracted);
						traces += Span.fromContext(extracted).getSpanContext().isValid() ? 1 : 0;
						entries += Baggage.fromContext(extracted).size();
					}
					catch (Throwable ex) {
						throw new AssertionError(ex.getMessage() + " in round " + i + ": " + headers, ex);
					}
				}
				assertThat(traces).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
				assertThat(entries).isGreaterThan(ROUNDS / 10);
			});
	}

	@Test
	void nothingOfAnUntrustedCallerIsTakenOver() {
		BootTracing.runner()
			.withPropertyValues("kosmos.tracing.propagation.type=w3c,b3,b3-multi,jaeger",
					"kosmos.tracing.propagation.trust.networks=10.0.0.0/8",
					"kosmos.tracing.baggage.keys=kosmos.tenant.id")
			.run((context) -> {
				TextMapPropagator propagator = context.getBean(ContextPropagators.class).getTextMapPropagator();
				Random random = new Random(2027);
				for (int i = 0; i < ROUNDS / 10; i++) {
					Context extracted = propagator.extract(Context.root(), headers(random), ManyHeaders.GETTER);
					require(!Span.fromContext(extracted).getSpanContext().isValid(), "trace");
					require(Baggage.fromContext(extracted).isEmpty(), "baggage");
					require(RequestIds.fromContext(extracted).equals(RequestIds.NONE), "ids");
				}
			});
	}

	private static void check(Context extracted) {
		SpanContext caller = Span.fromContext(extracted).getSpanContext();
		require(!caller.isValid() || caller.isRemote(), "remote");
		require(caller.getTraceState().size() <= 32, "members of tracestate");
		caller.getTraceState().forEach((key, value) -> require(isHeaderValue(key + value), "tracestate"));
		Baggage baggage = Baggage.fromContext(extracted);
		require(baggage.size() <= 64, "members of baggage");
		baggage.forEach((key, entry) -> {
			require(isHeaderValue(key), "key");
			require(entry.getValue().codePoints().noneMatch(PropagationFuzzTests::breaksLine), "value");
			require(isHeaderValue(entry.getMetadata().getValue()), "properties");
		});
	}

	private static void checkSent(TextMapPropagator propagator, Context extracted) {
		ManyHeaders sent = ManyHeaders.to("called");
		propagator.inject(extracted, sent, ManyHeaders.SETTER);
		sent.values().forEach((name, values) -> require(isHeaderValue(values.get(0)), name));
		List<String> baggage = sent.values().getOrDefault("baggage", List.of());
		require(baggage.isEmpty() || baggage.get(0).length() <= 8192, "length of baggage");
		Context again = propagator.extract(Context.root(), sent, ManyHeaders.GETTER);
		require(Span.fromContext(again).getSpanContext().equals(Span.fromContext(extracted).getSpanContext()),
				"the same trace");
		Baggage.fromContext(again).forEach((key, entry) -> {
			BaggageEntry first = Baggage.fromContext(extracted).getEntry(key);
			require(first != null && first.getValue().equals(entry.getValue()), "the same value");
		});
	}

	private static boolean isHeaderValue(String value) {
		return HEADER_VALUE.matcher(value).matches();
	}

	private static boolean breaksLine(int character) {
		return Character.isISOControl(character) || character == 0x2028 || character == 0x2029;
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what);
		}
	}

	private static ManyHeaders headers(Random random) {
		ManyHeaders headers = ManyHeaders.from("192.168.1.1", null);
		int count = random.nextInt(6);
		for (int i = 0; i <= count; i++) {
			String[] header = HEADERS[random.nextInt(HEADERS.length)];
			headers.add(header[0], (random.nextInt(3) == 0) ? header[1] : changed(random, header[1]));
		}
		return headers;
	}

	private static String changed(Random random, String value) {
		StringBuilder changed = new StringBuilder(value);
		for (int changes = random.nextInt(4); changes >= 0; changes--) {
			int index = random.nextInt(changed.length() + 1);
			switch (random.nextInt(6)) {
				case 0 -> changed.setLength(index);
				case 1 -> changed.insert(index, PIECES[random.nextInt(PIECES.length)]);
				case 2 -> changed.insert(index, (char) random.nextInt(0x10000));
				case 3 -> changed.insert(index, value);
				case 4 -> {
					if (random.nextInt(20) == 0) {
						changed.insert(index, PIECES[random.nextInt(PIECES.length)].repeat(random.nextInt(2000)));
					}
				}
				default -> {
					if (index < changed.length()) {
						changed.setCharAt(index, (char) random.nextInt(0x100));
					}
				}
			}
		}
		return changed.toString();
	}

}
