package io.kosmos.tracing.autoconfigure.cost;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.TokenUsage;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table that is bundled, line by line.
 */
class BundledPricesTests {

	private static final Pattern SOURCE = Pattern.compile("# (\\S+): https://\\S+, (\\d{4}-\\d{2}-\\d{2})");

	private final ClassPathResource resource = new ClassPathResource("model-prices.csv", PriceTableFile.class);

	private final PriceTable table = new PriceTableFile(this.resource).read();

	@Test
	void shouldFindEachEntryWithAPlausiblePrice() throws IOException {
		List<String[]> entries = entries();
		assertThat(entries).hasSizeGreaterThan(50).allSatisfy((entry) -> {
			ModelPrice price = this.table.find(entry[0], entry[1]);
			assertThat(price).isNotNull();
			assertThat(price.input()).isPositive().isLessThan(BigDecimal.valueOf(1000));
			assertThat(price.output()).isLessThan(BigDecimal.valueOf(1000));
			if (price.cachedInput() != null) {
				assertThat(price.cachedInput()).isPositive().isLessThan(price.input());
			}
			assertThat(price.cost(TokenUsage.of(1_000_000, 1_000_000)))
				.isEqualTo(new Cost(price.input().add(price.output()), "USD"));
		});
		assertThat(entries).filteredOn((entry) -> this.table.find(entry[0], entry[1]).output().signum() == 0)
			.isNotEmpty()
			.allSatisfy((entry) -> assertThat(entry[1]).startsWith("text-embedding"));
	}

	@Test
	void shouldNameSourceAndDayOfEachEntry() throws IOException {
		String provider = null;
		List<String> sources = new ArrayList<>();
		boolean header = false;
		for (String line : lines()) {
			Matcher source = SOURCE.matcher(line);
			if (source.matches()) {
				provider = source.group(1);
				assertThat(LocalDate.parse(source.group(2))).isAfter("2025-01-01").isBeforeOrEqualTo(LocalDate.now());
				sources.add(provider);
			}
			else if (line.isEmpty()) {
				provider = null;
			}
			else if (!line.startsWith("#")) {
				if (header) {
					assertThat(line.split(",")[0]).as(line).isEqualTo(provider);
				}
				header = true;
			}
		}
		assertThat(sources).contains("openai", "anthropic", "gcp.gemini", "mistral_ai", "deepseek");
	}

	private List<String[]> entries() throws IOException {
		return lines().stream()
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.skip(1)
			.map((line) -> line.split("\\s*,\\s*"))
			.toList();
	}

	private List<String> lines() throws IOException {
		return this.resource.getContentAsString(StandardCharsets.UTF_8).lines().toList();
	}

}
