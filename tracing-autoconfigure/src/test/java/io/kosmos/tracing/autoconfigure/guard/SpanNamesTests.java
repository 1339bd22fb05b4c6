package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class SpanNamesTests {

	private final AtomicLong time = new AtomicLong();

	private final SpanNames names = new SpanNames(100, 1000, this.time::get,
			(text) -> text.replace("hunter", "[redacted]"));

	@Test
	void shouldNameSpansByTheirTemplateFromTheOneThatIsTooMany(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			SpanData span = span("GET /orders/" + i);
			assertThat(this.names.apply(span)).isSameAs(span);
		}
		SpanData renamed = this.names.apply(span("GET /orders/100"));
		assertThat(renamed.getName()).isEqualTo("GET /orders/{}");
		assertThat(renamed.getAttributes().get(KosmosAttributes.SPAN_NAME)).isEqualTo("GET /orders/100");
		assertThat(renamed.getTotalAttributeCount()).isEqualTo(renamed.getAttributes().size());
		assertThat(name("GET /orders/5")).isEqualTo("GET /orders/{}");
		assertThat(name("GET /orders/{id}")).isEqualTo("GET /orders/{id}");
		assertThat(name("GET /users/5")).isEqualTo("GET /users/5");
		this.time.addAndGet(Duration.ofHours(1).toNanos());
		assertThat(name("GET /orders/7000")).isEqualTo("GET /orders/{}");
		assertThat(output).containsOnlyOnce("Spans are named 'GET /orders/{}' from now on");
		assertThat(this.names.told()).singleElement().satisfies((collapsed) -> {
			assertThat(collapsed.name()).isEqualTo("GET /orders/{}");
			assertThat(collapsed.library()).isEqualTo("library");
			assertThat(collapsed.spans()).isEqualTo(3);
		});
		assertThat(this.names.renamed()).isEqualTo(3);
	}

	@Test
	void shouldCountNamesOfAMinuteOnce() {
		for (int minute = 0; minute < 10; minute++) {
			for (int i = 0; i < 100; i++) {
				name("order " + (100 * minute + i));
				name("order " + (100 * minute + i));
			}
			this.time.addAndGet(Duration.ofSeconds(60).toNanos());
		}
		assertThat(this.names.collapsed()).isZero();
	}

	@Test
	void shouldKeepTheNamesThatALibraryHadAndTheFirstWordOfEveryOther() {
		IntStream.range(0, 999).forEach((i) -> name("task " + letters(i)));
		assertThat(name("Orders.find")).isEqualTo("Orders.find");
		assertThat(name("search " + letters(5000))).isEqualTo("search {}");
		assertThat(name(letters(5001))).isEqualTo("{}");
		assertThat(name("search " + letters(5002))).isEqualTo("search {}");
		assertThat(name("Orders.find")).isEqualTo("Orders.find");
		assertThat(this.names.apply(span("task other", "another library", SpanKind.INTERNAL)).getName())
			.isEqualTo("task other");
		assertThat(this.names.apply(span("task other", "library", SpanKind.CLIENT)).getName()).isEqualTo("task other");
		this.time.addAndGet(Duration.ofHours(1).toNanos());
		assertThat(name("Orders.find")).isEqualTo("Orders.find");
		assertThat(name("task " + letters(7))).isEqualTo("task " + letters(7));
		assertThat(name("task " + letters(6000))).isEqualTo("task {}");
		assertThat(this.names.collapsed()).isEqualTo(3);
	}

	@Test
	void shouldCutLongNames() {
		String name = "a".repeat(255) + "\uD83D\uDE00" + "b";
		assertThat(name(name)).isEqualTo("a".repeat(255));
	}

	@Test
	void shouldHoldLittleWhateverComes() {
		Random random = new Random(99);
		Set<String> seen = new HashSet<>();
		for (int i = 0; i < 300_000; i++) {
			StringBuilder name = new StringBuilder();
			for (int j = random.nextInt(1, 20); j > 0; j--) {
				name.append((char) random.nextInt(32, 0x3000));
			}
			SpanData span = span(name.toString(), "library " + random.nextInt(1000),
					SpanKind.values()[random.nextInt(5)]);
			seen.add(this.names.apply(span).getName());
		}
		assertThat(seen).hasSizeLessThan(3 * SpanNames.MAX_NAMES);
		assertThat(this.names.told()).hasSizeLessThanOrEqualTo(100);
	}

	@Test
	void shouldNotForgeALineOfTheLog(CapturedOutput output) {
		for (int i = 0; i <= 100; i++) {
			name("a\r\n2026 INFO forged \u001b[31m\u2028 " + i);
		}
		assertThat(output).contains("'a__{} INFO forged _[").doesNotContain("\n2026 INFO forged");
	}

	@Test
	void shouldShowOfNamesWhatMayLeave(CapturedOutput output) {
		for (int i = 0; i <= 100; i++) {
			this.names.apply(span("login " + i + " password=hunter", "library of hunter", SpanKind.INTERNAL));
		}
		assertThat(output).contains("'login {} password=[redacted]'", "library of [redacted]").doesNotContain("hunter");
		assertThat(this.names.told()).singleElement().satisfies((collapsed) -> {
			assertThat(collapsed.name()).isEqualTo("login {} password=[redacted]");
			assertThat(collapsed.library()).isEqualTo("library of [redacted]");
		});
	}

	@Test
	void shouldKeepANameThatComesOftenAlsoWhenItHoldsNoMoreNames() {
		for (int i = 0; i < SpanNames.MAX_NAMES; i++) {
			name("task " + letters(i / 100) + " " + i % 100);
		}
		for (int i = 0; i < 500; i++) {
			assertThat(name("step 2")).isEqualTo("step 2");
		}
		assertThat(this.names.collapsed()).isZero();
	}

	private String name(String name) {
		return this.names.apply(span(name)).getName();
	}

	private static String letters(int number) {
		StringBuilder letters = new StringBuilder("x");
		for (int rest = number; rest > 0; rest /= 26) {
			letters.append((char) ('a' + rest % 26));
		}
		return letters.toString();
	}

	private static SpanData span(String name) {
		return span(name, "library", SpanKind.INTERNAL);
	}

	private static SpanData span(String name, String library, SpanKind kind) {
		return TestSpanData.builder()
			.setName(name)
			.setKind(kind)
			.setInstrumentationScopeInfo(InstrumentationScopeInfo.create(library))
			.setStatus(StatusData.unset())
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true)
			.setEvents(List.of())
			.build();
	}

}
