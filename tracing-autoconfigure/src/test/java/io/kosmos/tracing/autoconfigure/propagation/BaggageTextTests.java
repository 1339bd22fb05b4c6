package io.kosmos.tracing.autoconfigure.propagation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntry;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BaggageTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			a=1                    | 1
			a = 1                  | 1
			` a\t=\t1 `            | 1
			a=                     | ``
			a=b=c                  | b=c
			a=n%C3%B6rdlich        | nördlich
			a=n%c3%b6rdlich        | nördlich
			a=1+1                  | 1+1
			a=100%                 | 100%
			a=%zz%4                | %zz%4
			a=%FF%41               | \ufffdA
			a=%F0%9F%98%80         | \ud83d\ude00
			a=1;p=2                | 1
			a=1,b=2                | 1
			b=2,a=1                | 1
			=;,a=1                 | 1
			a=0,a=1                | 1
			a=1 2                  |
			a="1"                  |
			a=1\\2                 |
			a=\u00f6               |
			a=x%0d%0ay             |
			a=x%C2%85y             |
			a=x%E2%80%A8y          |
			a;p=1                  |
			a b=1                  |
			\u00e4a=1              |
			a                      |
			=1                     |
			""")
	void shouldReadWhatIsWrittenAsSpecifiedAndSkipWhatIsNot(String header, @Nullable String value) {
		assertThat(read(header).getEntryValue("a")).isEqualTo(value);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			a=1;p=1                   | a=1;p=1
			a=1 ; p = 1 ; q           | a=1;p = 1 ; q
			a=n%C3%B6;p=%20           | a=n%C3%B6;p=%20
			a=1;p=\u00f6              | a=1
			a=1;p="x"                 | a=1
			""")
	void shouldKeepPropertiesAsTheyAre(String header, String written) {
		BaggageEntry entry = read(header).getEntry("a");
		assertThat(entry).isNotNull();
		assertThat(BaggageText.write("a", entry)).isEqualTo(written);
	}

	@Test
	void shouldWriteNothingThatWouldEndTheMemberOrTheHeader() {
		assertThat(write("a", "1,b=2;p=1 \"x\"\\\r\n%41+\u00f6", "p=1\r\nX: y"))
			.isEqualTo("a=1%2Cb%3D2%3Bp%3D1%20%22x%22%5C%0D%0A%2541%2B%C3%B6");
		assertThat(write("a b", "1", "")).isNull();
		assertThat(write("", "1", "")).isNull();
		assertThat(write("a=b", "1", "")).isNull();
		assertThat(write("\u00e4", "1", "")).isNull();
	}

	private static @Nullable String write(String key, String value, String properties) {
		BaggageEntry entry = Baggage.builder()
			.put("a", value, BaggageEntryMetadata.create(properties))
			.build()
			.getEntry("a");
		assertThat(entry).isNotNull();
		return BaggageText.write(key, entry);
	}

	@Test
	void shouldKeepTheFirst64MembersOverAllHeaders() {
		BaggageBuilder baggage = Baggage.builder();
		BaggageLimits limits = new BaggageLimits();
		for (int i = 0; i < 70; i++) {
			BaggageText.read("k" + i + "=1,,;,", baggage, limits);
		}
		assertThat(baggage.build().asMap()).hasSize(64).containsKey("k63").doesNotContainKey("k64");
	}

	@Test
	void shouldKeepWhatFitsInto8192Bytes() {
		assertThat(read("a=" + "x".repeat(8190)).size()).isEqualTo(1);
		assertThat(read("a=" + "x".repeat(8191)).size()).isZero();
		assertThat(read("a=" + "x".repeat(8000) + ",b=" + "x".repeat(187)).size()).isEqualTo(2);
		assertThat(read("a=" + "x".repeat(8000) + ",b=" + "x".repeat(188) + ",c=1").asMap()).containsOnlyKeys("a", "c");
	}

	private static Baggage read(String header) {
		BaggageBuilder baggage = Baggage.builder();
		BaggageText.read(header, baggage, new BaggageLimits());
		return baggage.build();
	}

}
