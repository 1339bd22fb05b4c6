package io.kosmos.tracing.autoconfigure.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

class SpanSizeTests {

	private static final int MAX = 64 * 1024;

	private final SpanSize size = new SpanSize(MAX);

	@Test
	void shouldLeaveASpanThatFitsAlone() {
		SpanData span = span(Attributes.of(stringKey("a"), "é".repeat(MAX / 2 - 100)), List.of(), StatusData.ok());
		assertThat(this.size.apply(span)).isSameAs(span);
		assertThat(this.size.spans()).isZero();
	}

	@Test
	void shouldCutTheLongestValuesToTheSameLength() {
		SpanData span = span(Attributes.builder()
			.put("short", "s".repeat(20_000))
			.put("long", "l".repeat(100_000))
			.put("longer", "\uD83D\uDE00".repeat(100_000))
			.put("number", 42)
			.build(), List.of(event("event", 300)), StatusData.ok());
		SpanData trimmed = this.size.apply(span);
		Attributes attributes = trimmed.getAttributes();
		assertThat(attributes.get(stringKey("short"))).hasSize(20_000);
		assertThat(attributes.get(stringKey("long"))).hasSizeBetween(20_001, 25_000);
		assertThat(attributes.get(stringKey("longer")).getBytes(java.nio.charset.StandardCharsets.UTF_8).length)
			.isBetween(attributes.get(stringKey("long")).length() - 4, attributes.get(stringKey("long")).length());
		assertThat(attributes.get(stringKey("longer"))).endsWith("\uD83D\uDE00");
		assertThat(attributes.get(longKey("number"))).isEqualTo(42);
		assertThat(attributes.get(KosmosAttributes.TRIMMED)).isTrue();
		assertThat(trimmed.getEvents()).isEqualTo(span.getEvents());
		assertThat(SpanSize.size(trimmed, 0)).isBetween(MAX - 100L, (long) MAX);
		assertThat(this.size.spans()).isOne();
		assertThat(this.size.bytes()).isGreaterThan(400_000);
	}

	@Test
	void shouldCutTheElementOfAListThatIsTooMuch() {
		SpanData span = span(Attributes.of(stringArrayKey("one"), List.of("l".repeat(100_000)), stringArrayKey("some"),
				Arrays.asList("first", null, "s".repeat(100_000), "last")), List.of(), StatusData.ok());
		SpanData trimmed = this.size.apply(span);
		assertThat(trimmed.getAttributes().get(stringArrayKey("one"))).singleElement()
			.asString()
			.hasSizeBetween(30_000, 34_000);
		assertThat(trimmed.getAttributes().get(stringArrayKey("some"))).hasSize(3)
			.startsWith("first", null)
			.last()
			.asString()
			.hasSizeBetween(30_000, 34_000);
		assertThat(SpanSize.size(trimmed, 0)).isBetween(MAX - 100L, (long) MAX);
	}

	@Test
	void shouldKeepWhatAnErrorIs() {
		List<EventData> events = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			events.add(event("event " + i, 1000));
		}
		events.add(EventData.create(3, "exception",
				Attributes.of(stringKey("exception.type"), "java.io.IOException", stringKey("exception.message"),
						"m".repeat(900), stringKey("exception.stacktrace"), "s".repeat(200_000))));
		AttributesBuilder attributes = Attributes.builder().put("error.type", "java.io.IOException");
		for (int i = 0; i < 1000; i++) {
			attributes.put("key " + i, "v".repeat(200));
		}
		SpanData trimmed = this.size.apply(span(attributes.build(), events,
				StatusData.create(StatusData.error().getStatusCode(), "d".repeat(2000))));
		assertThat(SpanSize.size(trimmed, 0)).isLessThanOrEqualTo(MAX);
		assertThat(trimmed.getStatus().getDescription()).hasSize(1024);
		assertThat(trimmed.getAttributes().get(stringKey("error.type"))).isEqualTo("java.io.IOException");
		assertThat(trimmed.getEvents()).singleElement().satisfies((event) -> {
			assertThat(event.getAttributes().get(stringKey("exception.type"))).isEqualTo("java.io.IOException");
			assertThat(event.getAttributes().get(stringKey("exception.message"))).hasSize(900);
			assertThat(event.getAttributes().get(stringKey("exception.stacktrace"))).hasSize(256);
		});
		assertThat(trimmed.getTotalRecordedEvents() - trimmed.getEvents().size()).isEqualTo(200);
		assertThat(trimmed.getTotalAttributeCount() - trimmed.getAttributes().size()).isPositive();
	}

	@Test
	void shouldBringEverySpanBelowTheLimit() {
		Random random = new Random(7);
		for (int round = 0; round < 3000; round++) {
			AttributesBuilder attributes = Attributes.builder();
			for (int i = random.nextInt(200); i > 0; i--) {
				put(attributes, random, i);
			}
			List<EventData> events = new ArrayList<>();
			for (int i = random.nextInt(20); i > 0; i--) {
				AttributesBuilder each = Attributes.builder();
				if (random.nextInt(5) == 0) {
					each.put("exception.type", "T".repeat(random.nextInt(100)));
					each.put("exception.message", "m".repeat(random.nextInt(20_000)));
				}
				put(each, random, i);
				events.add(EventData.create(i, "e".repeat(random.nextInt(200)), each.build()));
			}
			SpanData span = span(attributes.build(), events,
					StatusData.create(StatusData.error().getStatusCode(), "é".repeat(random.nextInt(3000))));
			SpanData trimmed = this.size.apply(span);
			if (SpanSize.size(span, 0) <= MAX) {
				assertThat(trimmed).isSameAs(span);
			}
			else {
				assertThat(SpanSize.size(trimmed, 0)).as("round " + round).isLessThanOrEqualTo(MAX);
				assertThat(trimmed.getAttributes().get(KosmosAttributes.TRIMMED)).isTrue();
				assertThat(trimmed.getTotalAttributeCount()).isGreaterThanOrEqualTo(trimmed.getAttributes().size());
				assertThat(trimmed.getEvents().stream().anyMatch(SpanSizeTests::isException))
					.isEqualTo(events.stream().anyMatch(SpanSizeTests::isException));
			}
		}
		assertThat(this.size.spans()).isBetween(1000L, 2999L);
	}

	private static boolean isException(EventData event) {
		return event.getAttributes().get(stringKey("exception.type")) != null;
	}

	private static void put(AttributesBuilder attributes, Random random, int number) {
		String text = "xé\u20ac".substring(random.nextInt(3)).repeat(random.nextInt(1, 1 << random.nextInt(1, 14)));
		switch (random.nextInt(4)) {
			case 0 -> attributes.put(stringArrayKey("list " + number), List.of(text, "short", text));
			case 1 -> attributes.put(AttributeKey.longArrayKey("numbers " + number), List.of(1L, 2L, 3L));
			default -> attributes.put("text " + number, text);
		}
	}

	private static EventData event(String name, int length) {
		return EventData.create(1, name, Attributes.of(stringKey("value"), "v".repeat(length)));
	}

	private static SpanData span(Attributes attributes, List<EventData> events, StatusData status) {
		return TestSpanData.builder()
			.setName("span")
			.setKind(SpanKind.INTERNAL)
			.setAttributes(attributes)
			.setTotalAttributeCount(attributes.size())
			.setEvents(events)
			.setTotalRecordedEvents(events.size())
			.setLinks(List.of(LinkData.create(SpanContext.getInvalid())))
			.setTotalRecordedLinks(1)
			.setStatus(status)
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true)
			.build();
	}

}
